"""The protocols and the way to other formats, with the real cascade on one real photo."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

#: The face of examples/astronaut.jpg from brow to chin: an ellipse and a box.
ELLIPSE = "58 42 1.57 224 124 1"
LABEL = "186 74 76 96 0 0 0 0 0 0"


@pytest.fixture
def labelled(astronaut: Path, tmp_path: Path) -> Path:
    """A folder that is a set of FDDB and of WIDER FACE alike."""
    folder = tmp_path / "set"
    (folder / "images").mkdir(parents=True)
    shutil.copy(astronaut, folder / "images")
    (folder / "ellipseList.txt").write_text(f"{astronaut.stem}\n1\n{ELLIPSE}\n")
    (folder / "val_bbx_gt.txt").write_text(f"{astronaut.name}\n1\n{LABEL}\n")
    return folder


@pytest.mark.parametrize("protocol", ["fddb", "wider"])
def test_the_face_is_found_and_found_again_in_the_file(
    smilecascade: Callable, labelled: Path, tmp_path: Path, protocol: str
) -> None:
    out = tmp_path / "report"
    done = smilecascade("evaluate", "--protocol", protocol, labelled, "--min-face", "60", "--out", out)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1.0000 |" in done.stdout
    again = smilecascade("evaluate", "--protocol", protocol, labelled, "--detections", out / "smilecascade")
    assert again.stdout == done.stdout


def test_what_detect_writes_is_judged_after_it_is_converted(
    smilecascade: Callable, labelled: Path, tmp_path: Path
) -> None:
    found, results, ids = tmp_path / "faces.jsonl", tmp_path / "results", tmp_path / "ids.json"
    images = labelled / "images"
    assert smilecascade("detect", images, "--min-face", "60", "--out", found).returncode == 0
    done = smilecascade("convert", found, "--root", images, "--to", "wider-results", "--out", results)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    judged = smilecascade("evaluate", "--protocol", "wider", labelled, "--detections", results)
    assert "| results  | 1.0000 |" in judged.stdout
    labels = ("convert", labelled / "val_bbx_gt.txt", "--from", "wider", "--to", "coco", "--out", ids)
    assert smilecascade(*labels).returncode == 0
    options = ("--root", images, "--to", "coco-results", "--ids", ids, "--out", tmp_path / "found.json")
    assert smilecascade("convert", found, *options).returncode == 0
    (face,) = json.loads((tmp_path / "found.json").read_text())
    assert face["image_id"] == 1
