"""``smilecascade stages`` on real photos: from thousands of windows to one face, or to none."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from smilecascade.images import read

STEPS = ("classified", "calibrated", "filtered")


def _left(line: str) -> int:
    """How many windows a printed line says are left."""
    found = re.search(r"  ([\d,]+) (?:of [\d,]+ )?windows?  ", line)
    assert found, line
    return int(found[1].replace(",", ""))


@pytest.mark.parametrize(("name", "faces"), [("astronaut.jpg", 1), ("rocket.jpg", 0)])
def test_windows_become_faces(
    smilecascade: Callable, examples: Path, tmp_path: Path, name: str, faces: int
) -> None:
    done = smilecascade("stages", examples / name, "--out", tmp_path / "steps.png")
    assert (done.returncode, done.stderr) == (0, "")
    *lines, total = done.stdout.splitlines()
    titles = [f"level {level}: {step}" for level in (1, 2, 3) for step in STEPS]
    assert [line.split("  ")[0] for line in lines] == [*titles, "filtered over everything", "aligned"]
    left = list(map(_left, lines))
    assert left == sorted(left, reverse=True)
    assert left[-1] == _left(total) == faces
    assert read(tmp_path / "steps.png").shape[1] == 1504


def test_true_faces_are_white(smilecascade: Callable, astronaut: Path, tmp_path: Path) -> None:
    (tmp_path / "faces.txt").write_text("176 66 273 170\n")
    done = smilecascade(
        "stages", astronaut, "--out", tmp_path / "steps.png", "--labels", tmp_path / "faces.txt"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (read(tmp_path / "steps.png") == 255).all(axis=2).sum() > 2 * (97 + 104)


def test_a_broken_photo_is_one_line_and_no_picture(
    smilecascade: Callable, astronaut: Path, tmp_path: Path
) -> None:
    (tmp_path / "half.jpg").write_bytes(astronaut.read_bytes()[:20_000])
    done = smilecascade("stages", tmp_path / "half.jpg", "--out", tmp_path / "steps.png")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {tmp_path / 'half.jpg'}: ")
    assert done.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["half.jpg"]
