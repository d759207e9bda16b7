"""``smilecascade finetune`` and the commands of docs/finetune.md, on drawn photos, in a few steps."""

import json
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from drawn_sets import PLACE, write_sets
from PIL import Image

from smilecascade.bundle import open_bundle
from smilecascade.datasets import own

#: Two steps or three a level: enough to go through all of it.
QUICK = ("--steps-scale", "0.0015", "--threads", "1")

Run = subprocess.CompletedProcess


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sets(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def labelled(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with labels.json and the photos, sixteen with the same face and four without any."""
    folder = tmp_path_factory.mktemp("labelled")
    (folder / "photos").mkdir()
    faces = [path for path in sorted(data.rglob("*.png")) if path.parent.name != "backgrounds"]
    empty = sorted((data / "backgrounds").iterdir())[:4]
    (folder / "labels.json").write_text(json.dumps(coco(folder / "photos", faces[:16], empty)))
    return folder


@pytest.fixture(scope="module")
def whole(labelled: Path, data: Path) -> Run:
    """A training that nothing disturbed, with everything that can be asked of it."""
    more = ("--data", data, "--validation", data / "caltech_webfaces_val", "--force")
    return finetune(labelled, "--out", "whole", *more)


def coco(folder: Path, faces: list[Path], empty: list[Path]) -> dict[str, Any]:
    """Copies the photos to a folder, as 0001.png and so on, and labels them."""
    photos = [*faces, *empty]
    for number, photo in enumerate(photos, start=1):
        shutil.copy(photo, folder / f"{number:04}.png")
    x, y, side = PLACE
    box = {"category_id": 1, "bbox": [x, y, side, side]}
    return {
        "images": [{"id": k, "file_name": f"{k:04}.png"} for k in range(1, len(photos) + 1)],
        "categories": [{"id": 1, "name": "face"}],
        "annotations": [{"id": k, "image_id": k, **box} for k in range(1, len(faces) + 1)],
    }


def command(*arguments: object) -> list[str]:
    options = ("--labels", "labels.json", "--images", "photos", *QUICK)
    return [sys.executable, "-m", "smilecascade", "finetune", *map(str, (*options, *arguments))]


def finetune(folder: Path, *arguments: object) -> Run:
    return subprocess.run(
        command(*arguments), cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=200
    )


def test_the_new_bundle_says_how_it_came_about(whole: Run, labelled: Path) -> None:
    assert whole.returncode == 0, whole.stderr
    manifest = open_bundle(labelled / "whole").manifest
    made = manifest["retrained"]
    assert made["base"] == open_bundle().digest
    assert {name: made["labels"][name] for name in ("format", "photos", "faces", "ignored")} == {
        "format": "coco",
        "photos": 20,
        "faces": 16,
        "ignored": 0,
    }
    assert made["split"] == {"seed": 1, "train": 14, "choose": 2, "held_back": 4}
    assert made["held_back"].keys() == made["validation"].keys() == {"base", "new"}
    assert manifest["figures"] == made["validation"]["new"]
    assert manifest["figures"]["set"] == "caltech_webfaces_val"
    assert len(manifest["training"]) == 3
    assert "own labels" in manifest["data"]


def test_old_and_new_are_printed_side_by_side(whole: Run) -> None:
    _, held_back, validation = whole.stdout.split("wanted faces")
    for table in (held_back, validation):
        rows = [line.split()[1] for line in table.splitlines() if line.startswith("| ")]
        assert [row for row in rows if row.strip("-")] == ["detector", "base", "new"]
    assert re.search(r"whole: 3 levels, [0-9a-f]{12}$", whole.stdout.strip())


def test_the_labelled_faces_are_drawn_and_the_trainings_recorded(whole: Run, labelled: Path) -> None:
    assert (labelled / "whole.work" / "labels.png").stat().st_size > 1000
    run = subprocess.run(
        [sys.executable, "-m", "smilecascade", "runs", "list"],
        cwd=labelled, capture_output=True, text=True, encoding="utf-8", timeout=60, check=True,
    )  # fmt: skip
    assert all(f"finetune-level{number}" in run.stdout for number in (1, 2, 3))


def test_all_levels_are_new_but_close_to_the_old(whole: Run, labelled: Path) -> None:
    new, base = open_bundle(labelled / "whole"), open_bundle()
    assert all(mine != theirs for mine, theirs in zip(new.nets, base.nets, strict=True))
    assert [level.net for level in new.spec.levels] == [level.net for level in base.spec.levels]
    assert new.spec.face_width == base.spec.face_width


def test_a_stopped_training_goes_on_to_the_same_weights(whole: Run, labelled: Path, data: Path) -> None:
    more = ("--data", data, "--out", "stopped", "--force")
    process = subprocess.Popen(
        command(*more), cwd=labelled, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    wait_for(labelled / "stopped.work" / "level2" / "negatives-1", process)
    process.kill()
    process.wait()
    refused = finetune(labelled, *more)
    assert refused.returncode == 2
    assert "holds the work of a retraining; go on with it with --resume" in refused.stderr
    done = finetune(labelled, *more, "--resume")
    assert done.returncode == 0, done.stderr
    assert open_bundle(labelled / "stopped").nets == open_bundle(labelled / "whole").nets


def wait_for(path: Path, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 100
    while not path.exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_work_of_other_labels_is_not_taken(whole: Run, labelled: Path, data: Path) -> None:
    other = finetune(labelled, "--data", data, "--out", "whole", "--seed", 2, "--resume")
    assert other.returncode == 2
    assert "whole.work: was made with seed 1, now it is 2" in other.stderr.splitlines()[-1]


def document(root: Path, language: str) -> list[str]:
    """The blocks of a language in docs/finetune.md."""
    text = (root / "docs" / "finetune.md").read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def followed(labelled: Path, root: Path) -> list[tuple[str, Run]]:
    """Every command of the document with what came of it, run in its order."""
    return list(_followed(labelled, root))


def _followed(folder: Path, root: Path) -> Iterator[tuple[str, Run]]:
    for line in "".join(document(root, "sh")).splitlines():
        if line.startswith("smilecascade "):
            quick = QUICK if "finetune" in line else ()
            words = [sys.executable, "-m", *shlex.split(line), *quick]
            yield (
                line,
                subprocess.run(
                    words, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=200
                ),
            )


def test_the_commands_of_the_document_work(followed: list[tuple[str, Run]], labelled: Path) -> None:
    first, resumed, forced, *used = [run.returncode for _, run in followed]
    # Whether drawn faces are found better after a few steps is chance, but the same twice.
    assert first == resumed
    assert first in (0, 1)
    assert [forced, *used] == [0, 0, 0]
    found = [json.loads(line) for line in (labelled / "faces.jsonl").read_text().splitlines()]
    assert len(found) == 20
    assert (labelled / "stages.png").stat().st_size > 1000


def test_what_is_put_in_its_place_is_the_candidate(followed: list[tuple[str, Run]], labelled: Path) -> None:
    made, placed = open_bundle(labelled / "mine.work" / "candidate"), open_bundle(labelled / "mine")
    assert (placed.digest, placed.aligner) == (made.digest, open_bundle().aligner)


def test_a_retrained_bundle_can_be_retrained(followed: list[tuple[str, Run]], labelled: Path) -> None:
    run = finetune(labelled, "--base", "mine", "--out", "again", "--force")
    assert run.returncode == 0, run.stderr
    assert (
        open_bundle(labelled / "again").manifest["retrained"]["base"] == open_bundle(labelled / "mine").digest
    )


def test_the_labels_in_the_document_are_labels(root: Path, tmp_path: Path, astronaut: Path) -> None:
    (example,) = document(root, "json")
    (listed,) = json.loads(example)["images"]
    (tmp_path / "labels.json").write_text(example)
    (tmp_path / listed["file_name"]).parent.mkdir()
    Image.open(astronaut).resize((listed["width"], listed["height"])).save(tmp_path / listed["file_name"])
    read = own.read(tmp_path / "labels.json", tmp_path)
    assert (read.faults, read.groups) == ((), {"face": 1})
