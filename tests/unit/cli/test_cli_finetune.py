"""Where a retrained bundle goes, and what is told before any work is done."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from smilecascade.bundle import Bundle, open_bundle, write_bundle
from smilecascade.cli import run, verdicts
from smilecascade.evaluate.boxfit import BoxFit
from smilecascade.evaluate.curves import Figure, Froc
from smilecascade.evaluate.measure import Performance
from smilecascade.train.finetune.retrain import Outcome

Write = Callable[..., Bundle]


def reached(name: str, ap: float) -> Performance:
    figure, nothing = Figure(value=ap, low=ap, high=ap), np.zeros(0)
    froc = Froc(thresholds=nothing.astype(np.float32), false_positives_a_photo=nothing, recall=nothing)
    return Performance(
        detector=name, photos=60, faces=90, froc=froc, fit=BoxFit(),
        ap=figure, ap_70=figure, recall_tenth=figure, recall_one=figure,
    )  # fmt: skip


@pytest.fixture
def write(tmp_path: Path, random_bundle: Path) -> Write:
    """Writes a bundle to a folder of this name, with a digest of its own."""
    one = open_bundle(random_bundle)

    def made(name: str) -> Bundle:
        facts = {"data": [name, random.random()]}
        return write_bundle(
            tmp_path / name, one.spec, one.nets, facts, aligner=b"aligner of " + name.encode()
        )

    return made


def outcome(candidate: Bundle, **ap: float) -> Outcome:
    found = {name.replace("_", " "): reached(name, value) for name, value in ap.items()}
    return Outcome(candidate=candidate, held_back=found, validation={})


def test_a_better_bundle_takes_the_place(write: Write, tmp_path: Path) -> None:
    candidate = write("candidate")
    for existing in (False, True):
        if existing:
            write("out")
        found = outcome(candidate, base=0.8, new=0.81, **({"there_now": 0.805} if existing else {}))
        assert verdicts.place(found, tmp_path / "out", force=False) == 0
        placed = open_bundle(tmp_path / "out")
        assert placed.digest == candidate.digest
        assert (placed.nets, placed.aligner) == (candidate.nets, b"aligner of candidate")


@pytest.mark.parametrize(
    ("ap", "reason"),
    [
        ({"base": 0.8, "new": 0.8}, "the new bundle is not better than the base (AP 0.800 against 0.800)"),
        ({"base": 0.8, "new": float("nan")}, "the new bundle is not better than the base"),
        (
            {"base": 0.8, "new": 0.9, "there_now": 0.91},
            "the bundle there is the better one (AP 0.910 against 0.900)",
        ),
    ],
)
def test_what_is_not_better_leaves_the_place_as_it_is(
    write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str], ap: dict[str, float], reason: str
) -> None:
    candidate, there = write("candidate"), write("out")
    assert verdicts.place(outcome(candidate, **ap), tmp_path / "out", force=False) == verdicts.NOT_BETTER
    assert open_bundle(tmp_path / "out").digest == there.digest
    said = capsys.readouterr().err
    assert reason in said
    assert f"lies in {candidate.path}, and --resume --force puts it there" in said
    assert verdicts.place(outcome(candidate, **ap), tmp_path / "out", force=True) == 0
    assert open_bundle(tmp_path / "out").digest == candidate.digest


@pytest.fixture
def words(tmp_path: Path, random_bundle: Path) -> list[str]:
    """Arguments of the command, without its labels."""
    paths = {"--labels": "labels.json", "--images": "photos", "--out": "out"}
    options = [word for option, name in paths.items() for word in (option, str(tmp_path / name))]
    return ["finetune", "--base", str(random_bundle), *options]


def label(folder: Path, *boxes: list[float]) -> None:
    """Labels a photo with these boxes."""
    (folder / "photos").mkdir()
    Image.new("RGB", (100, 80)).save(folder / "photos" / "a.png")
    annotations = [
        {"id": k, "image_id": 1, "category_id": 1, "bbox": box} for k, box in enumerate(boxes, start=1)
    ]
    content = {
        "images": [{"id": 1, "file_name": "a.png"}],
        "categories": [{"id": 1, "name": "face"}],
        "annotations": annotations,
    }
    (folder / "labels.json").write_text(json.dumps(content))


def test_faults_are_told_and_nothing_is_begun(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    label(tmp_path, *[[k, 0, 0, 0] for k in range(25)])
    assert run(words) == 2
    *told, last = capsys.readouterr().err.splitlines()
    assert len(told) == 20
    assert told[0].startswith("error: labels.json: annotation 1: expected a box of positive width and height")
    assert last.endswith("labels.json: 25 faults, the first 20 of which are told; mend them and run again")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["labels.json", "photos"]


def test_photos_that_are_broken_off_are_told(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    label(tmp_path)
    content = json.loads((tmp_path / "labels.json").read_text())
    noise = np.random.default_rng(0)
    for key in range(1, 13):
        name = f"{key}.png"
        Image.fromarray(noise.integers(0, 256, (80, 100, 3), np.uint8)).save(tmp_path / "photos" / name)
        content["images"].append({"id": key + 1, "file_name": name})
        content["annotations"].append(
            {"id": key, "image_id": key + 1, "category_id": 1, "bbox": [9, 9, 40, 40]}
        )
    whole = (tmp_path / "photos" / "3.png").read_bytes()
    (tmp_path / "photos" / "3.png").write_bytes(whole[:5000])
    (tmp_path / "labels.json").write_text(json.dumps(content))
    assert run(words) == 2
    first, last = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert "3.png: is truncated" in first
    assert last.endswith("1 fault; mend them and run again")
    assert not (tmp_path / "out.work").exists()


def test_a_few_photos_are_too_few(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    label(tmp_path, [0, 0, 40, 40])
    assert run(words) == 2
    assert (
        "photos that show a face of 20 px or more: 1; retraining needs at least 10" in capsys.readouterr().err
    )


def test_what_is_in_the_way_is_told_first(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    label(tmp_path, [0, 0, 0, 0])
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "wedding.jpg").touch()
    assert run(words) == 2
    assert "out: exists and is no bundle; give a new folder, or an empty one" in capsys.readouterr().err


def test_work_that_is_there_is_gone_on_with_only_if_that_is_wanted(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    label(tmp_path, [0, 0, 0, 0])
    (tmp_path / "out.work").mkdir()
    (tmp_path / "out.work" / "index.json").write_text("{}")
    assert run(words) == 2
    assert "out.work: holds the work of a retraining; go on with it with --resume" in capsys.readouterr().err
    assert run([*words, "--resume"]) == 2
    assert "annotation 1: expected a box of positive width" in capsys.readouterr().err
