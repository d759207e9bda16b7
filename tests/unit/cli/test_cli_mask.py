"""``smilecascade mask`` with a cascade that needs no weights: places, refusals, resuming, reviews, codes."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import smilecascade
from painted import BLUE, GREEN, RED, PaintedCascade, painted
from smilecascade.cli import run
from smilecascade.images import read, save

Captured = pytest.CaptureFixture[str]

LEFT, RIGHT = (20, 30, 46, 64), (110, 30, 136, 64)


@pytest.fixture(autouse=True)
def cascade(monkeypatch: pytest.MonkeyPatch) -> PaintedCascade:
    fake = PaintedCascade()
    monkeypatch.setattr(smilecascade, "load", lambda path=None, *, threads=None: fake)
    return fake


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of three photos: one face, one and a half, none; and where they are run from."""
    folder = tmp_path / "photos"
    (folder / "below").mkdir(parents=True)
    save(painted((RED, LEFT)), folder / "a.png")
    save(painted((RED, LEFT), (BLUE, RIGHT)), folder / "below" / "b.png")
    save(painted(), folder / "c.jpg")
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def record(out: Path) -> dict[str, Any]:
    copies = json.loads(out.with_name("out.record.json").read_text("utf-8"))["copies"]
    return {copy["target"]: copy for copy in copies}


def is_covered(photo: Path, box: tuple[int, int, int, int] = LEFT) -> bool:
    x1, y1, x2, y2 = box
    pixels = read(photo)[y1:y2, x1:x2].astype(int)
    return not any((np.abs(pixels - colour).max(axis=2) < 60).any() for colour in (RED, GREEN, BLUE))


def test_a_folder_keeps_its_order(photos: Path, out: Path, capsys: Captured) -> None:
    assert run(["mask", str(photos), "--out", str(out)]) == 0
    assert sorted(str(path.relative_to(out)) for path in out.rglob("*.*")) == [
        "a.png",
        "below/b.png",
        "c.jpg",
    ]
    assert is_covered(out / "a.png")
    assert is_covered(out / "below" / "b.png")
    assert not is_covered(out / "below" / "b.png", RIGHT)
    assert not is_covered(photos / "a.png")
    assert capsys.readouterr() == (f"2 faces covered in 3 photos, in {out}\n", "")


def test_what_was_covered_is_recorded_beside_the_folder(photos: Path, out: Path) -> None:
    assert run(["mask", str(photos), "--out", str(out), "--with", "blur"]) == 0
    copy = record(out)["below/b.png"]
    assert copy["source"] == str(photos / "below" / "b.png")
    assert copy["covers"][0]["box"] == pytest.approx(LEFT, abs=1)
    assert copy["settings"]["with"] == "blur"
    assert sorted(path.name for path in out.parent.iterdir()) == ["out", "out.record.json", "photos"]


def test_names_that_meet_are_numbered(photos: Path, out: Path, tmp_path: Path) -> None:
    save(painted(), tmp_path / "a.png")
    save(painted((RED, LEFT)), photos / "a.bmp.png")
    (photos / "c.png").write_bytes((photos / "a.png").read_bytes())
    paths = [photos / "a.png", tmp_path / "a.png", photos / "c.jpg", photos / "c.png"]
    assert run(["mask", *map(str, paths), "--out", str(out)]) == 0
    assert sorted(path.name for path in out.iterdir()) == ["a-2.png", "a.png", "c.jpg", "c.png"]


def test_each_style_is_another(photos: Path, tmp_path: Path) -> None:
    styles = ("smiley", "blur", "pixels", "solid")
    for style in styles:
        assert run(["mask", str(photos / "a.png"), "--out", str(tmp_path / style), "--with", style]) == 0
    copies = [read(tmp_path / style / "a.png").astype(int) for style in styles] + [read(photos / "a.png")]
    for index, copy in enumerate(copies):
        assert all(np.abs(copy - other).max() > 40 for other in copies[:index])


@pytest.mark.parametrize("target", ["photos", "photos/below/.."])
@pytest.mark.parametrize("more", [[], ["--force"], ["--resume"]])
def test_what_is_masked_is_never_replaced(
    photos: Path, tmp_path: Path, target: str, more: list[str], capsys: Captured
) -> None:
    before = (photos / "a.png").read_bytes()
    assert run(["mask", str(photos), "--out", str(tmp_path / target), *more]) == 2
    assert (
        "a.png: is to be masked itself and never replaced; give --out another folder"
        in capsys.readouterr().err
    )
    assert (photos / "a.png").read_bytes() == before


def test_not_even_through_a_link(photos: Path, out: Path, capsys: Captured) -> None:
    out.mkdir()
    (out / "a.png").symlink_to(photos / "a.png")
    assert run(["mask", str(photos), "--out", str(out), "--force"]) == 2
    assert "is to be masked itself" in capsys.readouterr().err


def test_copies_below_the_photos_are_not_masked_again(photos: Path) -> None:
    out = photos / "masked"
    for more in ([], ["--force"]):
        assert run(["mask", str(photos), "--out", str(out), *more]) == 0
    assert sorted(path.name for path in out.rglob("*.*")) == ["a.png", "b.png", "c.jpg"]


def test_copies_that_are_there_are_left_alone(photos: Path, out: Path, capsys: Captured) -> None:
    assert run(["mask", str(photos), "--out", str(out)]) == 0
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*.*")}
    assert run(["mask", str(photos), "--out", str(out), "--with", "solid"]) == 2
    assert "a.png: is there already, and so are 2 others; give --resume to do" in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*.*")} == before
    assert run(["mask", str(photos), "--out", str(out), "--with", "solid", "--force"]) == 0
    assert record(out)["a.png"]["settings"]["with"] == "solid"


def test_an_interrupted_run_goes_on(
    photos: Path, out: Path, cascade: PaintedCascade, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    from smilecascade.cli import masking

    def interrupted(image: object, covers: object, style: object, target: Path) -> None:
        if target.name == "b.png":
            raise KeyboardInterrupt
        written(image, covers, style, target)

    written = masking.write_photo
    monkeypatch.setattr(masking, "write_photo", interrupted)
    assert run(["mask", str(photos), "--out", str(out)]) == 130
    assert capsys.readouterr().err == "error: interrupted; the same command with --resume goes on\n"
    assert list(record(out)) == ["a.png"]
    monkeypatch.setattr(masking, "write_photo", written)
    before, cascade.looks = (out / "a.png").stat().st_mtime_ns, 0
    assert run(["mask", str(photos), "--out", str(out), "--resume"]) == 0
    assert (out / "a.png").stat().st_mtime_ns == before
    assert cascade.looks == 2 * 6
    assert capsys.readouterr().out == f"2 faces covered in 3 photos, in {out}\n"


def test_resuming_in_another_way_makes_copies_anew(photos: Path, out: Path, cascade: PaintedCascade) -> None:
    assert run(["mask", str(photos / "a.png"), "--out", str(out)]) == 0
    cascade.looks = 0
    assert run(["mask", str(photos / "a.png"), "--out", str(out), "--resume", "--with", "solid"]) == 0
    assert cascade.looks == 6
    assert record(out)["a.png"]["settings"]["with"] == "solid"


def test_resuming_never_takes_a_copy_for_that_of_another(
    photos: Path, out: Path, tmp_path: Path, capsys: Captured
) -> None:
    assert run(["mask", str(photos / "a.png"), "--out", str(out)]) == 0
    save(painted((RED, RIGHT)), tmp_path / "a.png")
    assert run(["mask", str(tmp_path / "a.png"), "--out", str(out), "--resume"]) == 2
    assert "a.png: is there already; give --resume" in capsys.readouterr().err


def test_what_cannot_be_read_costs_only_itself(photos: Path, out: Path, capsys: Captured) -> None:
    (photos / "broken.jpg").write_text("text")
    (photos / "film.mp4").write_text("text")
    paths = [photos, photos / "film.mp4", photos / "none.jpg"]
    assert run(["mask", *map(str, paths), "--out", str(out)]) == 1
    output, errors = capsys.readouterr()
    assert output == f"2 faces covered in 3 photos, in {out}\n"
    assert [line.split(": ")[1] for line in errors.splitlines()] == [
        str(photos / name) for name in ("broken.jpg", "film.mp4", "none.jpg")
    ]
    assert sorted(path.name for path in out.rglob("*.*")) == ["a.png", "b.png", "c.jpg"]


def test_a_copy_that_cannot_be_written_ends_it(photos: Path, out: Path, capsys: Captured) -> None:
    (out / "below" / "b.png" / "x").mkdir(parents=True)
    assert run(["mask", str(photos), "--out", str(out), "--force"]) == 2
    assert "b.png: cannot be written" in capsys.readouterr().err
    assert list(record(out)) == ["a.png"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--out", "out", "--with", "paint"], "'--with': 'paint' is not one of 'smiley', 'emoji', 'blur'"),
        (["--out", "out", "--min-face", "7"], "'--min-face': 7.0 is not in the range x>=8"),
        ([], "Missing option '--out'"),
        (["--out", "/"], "/: is no folder for copies alone; give --out another"),
        (["--out", "out", "--review", "none.json"], "none.json: cannot be read"),
    ],
)
def test_wrong_options_are_one_line_and_no_work(
    photos: Path, cascade: PaintedCascade, capsys: Captured, options: list[str], words: str
) -> None:
    assert run(["mask", str(photos), *options]) == 2
    errors = capsys.readouterr().err
    assert words in errors
    assert errors.count("\n") == 1
    assert cascade.looks == 0


def test_an_empty_folder_is_a_warning(tmp_path: Path, out: Path, capsys: Captured) -> None:
    (tmp_path / "empty").mkdir()
    assert run(["mask", str(tmp_path / "empty"), "--out", str(out)]) == 0
    output, errors = capsys.readouterr()
    assert output == f"0 faces covered in 0 photos, in {out}\n"
    assert errors.startswith(f"warning: {tmp_path / 'empty'}: no photos")


def test_an_audit_with_nothing_left(photos: Path, out: Path, capsys: Captured) -> None:
    assert run(["mask", str(photos), "--out", str(out), "--audit"]) == 0
    page = out.with_name("out.audit.html")
    assert capsys.readouterr().out.splitlines()[1] == f"audit: 0 faces left uncovered, 1 doubtful: see {page}"
    assert "Copies looked at: 3;" in page.read_text("utf-8")


def test_an_audit_finds_what_masking_did_not(
    photos: Path, out: Path, cascade: PaintedCascade, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr(cascade, "_blind", lambda number: number < 6)
    assert run(["mask", str(photos / "a.png"), "--out", str(out), "--audit"]) == 3
    assert "audit: 1 face left uncovered, 0 doubtful" in capsys.readouterr().out


def test_a_review_covers_and_uncovers(
    photos: Path, out: Path, tmp_path: Path, cascade: PaintedCascade
) -> None:
    assert run(["mask", str(photos), "--out", str(out), "--with", "solid"]) == 0
    before, cascade.looks = (out / "a.png").stat().st_mtime_ns, 0
    source = str(photos / "below" / "b.png")
    changes = {source: {"add": [{"box": RIGHT}], "remove": [{"box": LEFT}]}}
    (tmp_path / "review.json").write_text(json.dumps(changes), "utf-8")
    command = ["mask", str(photos), "--out", str(out)]
    assert run([*command, "--review", str(tmp_path / "review.json")]) == 0
    assert is_covered(out / "below" / "b.png", RIGHT)
    assert not is_covered(out / "below" / "b.png", LEFT)
    assert read(out / "below" / "b.png")[47, 123].max() < 60  # as dark as it was, whatever --with says now
    assert (out / "a.png").stat().st_mtime_ns == before
    assert cascade.looks == 0
    assert run([*command, "--resume", "--with", "solid", "--audit"]) == 0
    assert is_covered(out / "below" / "b.png", RIGHT)


def test_what_another_cover_hid_is_covered_when_that_is_taken_away(
    out: Path, tmp_path: Path, capsys: Captured
) -> None:
    """A false alarm as large as a wall, and a face in the middle of it."""
    wall = (20, 5, 110, 118)
    save(painted((GREEN, wall), (RED, (50, 40, 76, 74))), tmp_path / "a.png")
    assert run(["mask", str(tmp_path / "a.png"), "--out", str(out), "--with", "solid"]) == 0
    assert capsys.readouterr().out == f"1 face covered in 1 photo, in {out}\n"
    changes = {str(tmp_path / "a.png"): {"remove": [{"box": wall}]}}
    (tmp_path / "review.json").write_text(json.dumps(changes), "utf-8")
    command = ["mask", str(tmp_path / "a.png"), "--out", str(out), "--review", str(tmp_path / "review.json")]
    assert run(command) == 0
    copy = read(out / "a.png")
    assert copy[40:74, 50:76].max() < 60
    assert (copy[20, 30] == GREEN).all()


def test_a_review_of_what_is_not_masked_yet(photos: Path, out: Path, tmp_path: Path) -> None:
    changes = {str(photos / "c.jpg"): {"add": [{"box": RIGHT}]}}
    (tmp_path / "review.json").write_text(json.dumps(changes), "utf-8")
    assert run(["mask", str(photos), "--out", str(out), "--review", str(tmp_path / "review.json")]) == 0
    assert [len(copy["covers"]) for copy in record(out).values()] == [1, 1, 1]


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("d.png", {}, "which is not among what is to be masked"),
        ("a.png", {"remove": [{"box": RIGHT}]}, "where no cover lies"),
        ("a.png", {"remove": [{"track": 1}]}, "removes track 1, which it has not"),
    ],
)
def test_a_wrong_review_changes_nothing(
    photos: Path, out: Path, tmp_path: Path, name: str, change: Any, words: str, capsys: Captured
) -> None:
    assert run(["mask", str(photos), "--out", str(out)]) == 0
    before = (out / "a.png").stat().st_mtime_ns
    changes = {str(photos / name): change, str(photos / "c.jpg"): {"add": [{"box": RIGHT}]}}
    (tmp_path / "review.json").write_text(json.dumps(changes), "utf-8")
    assert run(["mask", str(photos), "--out", str(out), "--review", str(tmp_path / "review.json")]) == 2
    assert words in capsys.readouterr().err
    assert (out / "a.png").stat().st_mtime_ns == before
