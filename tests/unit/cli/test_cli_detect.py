"""``smilecascade detect`` with a cascade that needs no weights: options, formats, targets, codes."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from smilecascade.cli import looking, run
from smilecascade.cli.videos import Reel
from smilecascade.errors import ImageError
from smilecascade.export import FoundFrame
from smilecascade.images import read, save
from smilecascade.records import Face

Captured = pytest.CaptureFixture[str]


def test_a_table_is_printed(photos: Path, cascade: object, capsys: Captured) -> None:
    assert run(["detect", str(photos)]) == 0
    out, err = capsys.readouterr()
    width = len(f"{photos}/below/b.jpg")
    assert out.splitlines() == [
        f"{'photo':<{width}}         size  faces  score      x1     y1     x2     y2",
        f"{f'{photos}/a.png':<{width}}          8x6      1  0.988       1      2      5      7",
        f"{photos}/below/b.jpg          7x5      0",
        "1 face in 2 photos",
    ]
    assert err == ""


def test_json_lines_go_to_standard_output(photos: Path, cascade: object, capsys: Captured) -> None:
    assert run(["detect", str(photos), "--out", "-"]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first == {
        "path": f"{photos}/a.png",
        "width": 8,
        "height": 6,
        "faces": [{"box": [1.0, 2.0, 5.4, 6.6], "score": 0.9876, "points": None}],
    }
    assert second == {"path": f"{photos}/below/b.jpg", "width": 7, "height": 5, "faces": []}


@pytest.mark.parametrize("name", ["faces.json", "faces.jsonl"])
def test_a_file_is_written_and_nothing_printed(
    photos: Path, cascade: object, capsys: Captured, tmp_path: Path, name: str
) -> None:
    assert run(["detect", str(photos), "--out", str(tmp_path / name)]) == 0
    text = (tmp_path / name).read_text("utf-8")
    records = json.loads(text) if name == "faces.json" else [json.loads(line) for line in text.splitlines()]
    assert [len(record["faces"]) for record in records] == [1, 0]
    assert capsys.readouterr() == ("", "")


def test_options_reach_the_cascade(photos: Path, cascade, capsys: Captured) -> None:
    options = ["--min-face", "24.5", "--min-score", "0.25", "--threads", "3", "--bundle", "weights"]
    assert run(["detect", str(photos / "a.png"), *options]) == 0
    assert cascade.loaded == [(Path("weights"), 3)]
    assert cascade.asked == [((6, 8, 3), 24.5, 0.25)]


def test_defaults(photos: Path, cascade, capsys: Captured) -> None:
    assert run(["detect", str(photos / "a.png")]) == 0
    assert cascade.loaded == [(None, None)]
    assert cascade.asked == [((6, 8, 3), 40, None)]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--out", "faces.txt"], "faces.txt: the name does not say which format to write"),
        (
            ["--out", "faces"],
            "ends in .jsonl, .json, .csv or .parquet, or - for JSON lines on standard output",
        ),
        (["--min-face", "7"], "'--min-face': 7.0 is not in the range x>=8"),
        (["--min-face", "nan"], "'--min-face': 'nan' is not a number"),
        (["--min-score", "1.5"], "'--min-score': 1.5 is not in the range 0<=x<=1"),
        (["--min-score", "nan"], "'--min-score': 'nan' is not a number"),
        (["--threads", "0"], "'--threads': 0 is not in the range 1<=x<=1024"),
        (["--threads", "1.5"], "'--threads': '1.5' is not a valid integer"),
        (["--workers", "0"], "'--workers': 0 is not in the range 1<=x<=1024"),
        (
            ["--resume"],
            "--resume goes on with a file: give --out FILE, too. See 'smilecascade detect --help'",
        ),
        (["--resume", "--out", "-"], "--resume goes on with a file"),
    ],
)
def test_wrong_options_are_one_line_and_no_work(
    photos: Path, cascade, capsys: Captured, options: list[str], words: str
) -> None:
    assert run(["detect", str(photos), *options]) == 2
    out, err = capsys.readouterr()
    assert words in err
    assert err.count("\n") == 1
    assert (out, cascade.asked) == ("", [])


def test_what_cannot_be_read_costs_only_itself(
    photos: Path, cascade: object, capsys: Captured, tmp_path: Path
) -> None:
    (photos / "broken.jpg").write_text("text")
    missing, video = tmp_path / "missing.jpg", tmp_path / "clip.MP4"
    assert run(["detect", str(missing), str(video), str(photos), "--out", "-"]) == 1
    out, err = capsys.readouterr()
    records = [json.loads(line) for line in out.splitlines()]
    assert [Path(record["path"]).name for record in records] == [
        "missing.jpg",
        "clip.MP4",
        "a.png",
        "b.jpg",
        "broken.jpg",
    ]
    assert records[0] == {"path": str(missing), "error": "there is no such file; check the path"}
    assert err.splitlines() == [f"error: {r['path']}: {r['error']}" for r in records if "error" in r]


def test_the_table_shows_what_was_not_read(
    photos: Path, cascade: object, capsys: Captured, tmp_path: Path
) -> None:
    assert run(["detect", str(tmp_path / "no.jpg"), str(photos / "a.png")]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == [str(tmp_path / "no.jpg"), "not", "read"]
    assert lines[-1] == "1 face in 1 photo; 1 could not be read"


def test_a_folder_without_photos_is_a_warning(cascade: object, capsys: Captured, tmp_path: Path) -> None:
    assert run(["detect", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"warning: {tmp_path}: no photos in this folder (looked for .apng ")
    assert err.count("\n") == 1


def test_no_photos_are_an_empty_array(cascade: object, capsys: Captured, tmp_path: Path) -> None:
    assert run(["detect", str(tmp_path), "--out", str(tmp_path / "faces.json")]) == 0
    assert json.loads((tmp_path / "faces.json").read_text()) == []


def test_annotated_copies_are_drawn(photos: Path, cascade: object, capsys: Captured, tmp_path: Path) -> None:
    drawn = tmp_path / "new" / "drawn"
    assert run(["detect", str(photos), "--draw", str(drawn)]) == 0
    assert sorted(path.name for path in drawn.iterdir()) == ["a.png", "b.jpg"]
    assert read(drawn / "a.png").any()
    assert not read(photos / "a.png").any()


def test_copies_of_one_name_do_not_replace_each_other(
    cascade: object, capsys: Captured, tmp_path: Path
) -> None:
    for folder, level in (("one", 0), ("two", 255)):
        (tmp_path / folder).mkdir()
        save(np.full((6, 7, 3), level, np.uint8), tmp_path / folder / "a.png")
    drawn = tmp_path / "drawn"
    assert run(["detect", str(tmp_path / "one"), str(tmp_path / "two"), "--draw", str(drawn)]) == 0
    assert [read(drawn / name).max() for name in ("a.png", "a-2.png")] == [0, 255]


def test_drawing_never_replaces_a_photo(photos: Path, cascade, capsys: Captured) -> None:
    assert run(["detect", str(photos), "--draw", str(photos)]) == 2
    assert "holds a.png, which drawing would replace; give --draw another folder" in capsys.readouterr().err
    assert cascade.asked == []


def test_copies_of_an_earlier_run_are_not_searched(photos: Path, cascade, capsys: Captured) -> None:
    for _ in range(2):
        assert run(["detect", str(photos), "--draw", str(photos / "drawn")]) == 0
    assert len(cascade.asked) == 4


@pytest.mark.parametrize("option", ["--out", "--draw"])
def test_an_unwritable_target_stops_before_any_work(
    photos: Path, cascade, capsys: Captured, option: str
) -> None:
    target = photos / "a.png" / "faces.json"
    assert run(["detect", str(photos), option, str(target)]) == 2
    out, err = capsys.readouterr()
    assert err.startswith(f"error: {target}: ")
    assert err.count("\n") == 1
    assert (out, cascade.asked, cascade.loaded) == ("", [], [])


def test_a_folder_as_out_is_refused(photos: Path, cascade, capsys: Captured, tmp_path: Path) -> None:
    (tmp_path / "faces.json").mkdir()
    assert run(["detect", str(photos), "--out", str(tmp_path / "faces.json")]) == 2
    assert capsys.readouterr().err.endswith("faces.json: is a folder; give --out the name of a file\n")


def test_a_photo_that_the_cascade_refuses_costs_only_itself(
    photos: Path, cascade, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ImageError("too large")

    monkeypatch.setattr(cascade, "detect", refuse)
    assert run(["detect", str(photos)]) == 1
    assert capsys.readouterr().err.count("too large") == 2


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "out of memory; close other programs, or give smaller photos"),
        (KeyError("size"), "internal error: KeyError: 'size'; run again with --debug"),
    ],
)
def test_an_error_of_the_program_costs_one_photo(
    photos: Path, cascade, capsys: Captured, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    found = cascade.detect

    def fail_once(image: NDArray[np.uint8], **how: Any) -> Sequence[Face]:
        if image.shape[1] == 7:
            raise error
        return found(image, **how)

    monkeypatch.setattr(cascade, "detect", fail_once)
    assert run(["detect", str(photos), "--out", "-"]) == 1
    out, err = capsys.readouterr()
    assert words in err
    assert [len(json.loads(line).get("faces", [])) for line in out.splitlines()] == [1, 0]
    assert run(["detect", str(photos), "--debug"]) == 2
    assert "in fail_once" in capsys.readouterr().err


def test_videos_are_looked_through_in_their_turn(
    photos: Path, cascade: object, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    reels: list[Reel] = []

    def look_through(path: Path, cascade: object, reel: Reel, *_: object) -> Iterator[FoundFrame]:
        reels.append(reel)
        for frame in range(0, 2 * reel.every, reel.every):
            yield FoundFrame(path=str(path), frame=frame, time_s=0.0, faces=())

    monkeypatch.setattr(looking, "look_through", look_through)
    options = ["--every", "5", "--min-face", "30", "--min-score", "0.5", "--threads", "2", "--out", "-"]
    assert run(["detect", str(photos / "a.png"), "b.MP4", str(photos / "below"), *options]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(Path(record["path"]).name, record.get("frame")) for record in records] == [
        ("a.png", None),
        ("b.MP4", 0),
        ("b.MP4", 5),
        ("b.jpg", None),
    ]
    assert reels == [Reel(every=5, threads=2, min_face=30, min_score=0.5)]
