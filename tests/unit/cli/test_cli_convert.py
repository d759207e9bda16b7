"""``smilecascade convert``: formats told and guessed, what is left out, what is refused."""

import json
from pathlib import Path

import pytest

from smilecascade.cli import run

Captured = pytest.CaptureFixture[str]

#: A face, one of no width, and a photo without faces.
WIDER = "0--Parade/a.jpg\n2\n10 20 30 40 0 0 0 0 0 0\n5 5 0 9 0 0 0 0 0 0\nb.jpg\n0\n0 0 0 0 0 0 0 0 0 0\n"

FOUND = [
    {"path": "photos/a.jpg", "width": 320, "height": 240, "faces": [{"box": [1, 2, 31, 42], "score": 0.5}]},
    {"path": "photos/c.jpg", "error": "is empty"},
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("labels.txt").write_text(WIDER)
    Path("faces.jsonl").write_text("".join(f"{json.dumps(record)}\n" for record in FOUND))
    return tmp_path


def _convert(*arguments: str) -> int:
    return run(["convert", *arguments])


def test_labels_become_another_format(capsys: Captured) -> None:
    assert _convert("labels.txt", "--from", "wider", "--to", "coco", "--out", "labels.json") == 0
    content = json.loads(Path("labels.json").read_text())
    assert [image["file_name"] for image in content["images"]] == ["0--Parade/a.jpg", "b.jpg"]
    assert [annotation["bbox"] for annotation in content["annotations"]] == [[10, 20, 30, 40]]
    out, err = capsys.readouterr()
    assert (out, err) == ("", "warning: labels.txt: 1 boxes without width or height are left out\n")


def test_json_lines_need_no_format_and_unread_photos_are_told(capsys: Captured) -> None:
    options = ("--to", "wider-results", "--root", "photos", "--out", "results")
    assert _convert("faces.jsonl", *options) == 0
    assert Path("results/a.txt").read_text() == "a.jpg\n1\n1 2 30 40 0.5\n"
    assert not Path("results/c.txt").exists()
    assert capsys.readouterr().err == "warning: faces.jsonl: 1 unread photos are left out\n"


def test_results_and_back(capsys: Captured) -> None:
    assert _convert("faces.jsonl", "--to", "fddb-results", "--out", "found.txt") == 0
    assert _convert("found.txt", "--from", "fddb-results", "--out", "again.jsonl") == 0
    assert json.loads(Path("again.jsonl").read_text()) == {
        "path": "photos/a.jpg",
        "faces": [{"box": [1, 2, 31, 42], "score": 0.5, "points": None}],
    }


def test_coco_results_take_their_ids_from_the_instances(capsys: Captured) -> None:
    assert _convert("faces.jsonl", "--to", "coco", "--out", "ids.json") == 0
    assert _convert("faces.jsonl", "--to", "coco-results", "--ids", "ids.json", "--out", "found.json") == 0
    assert json.loads(Path("found.json").read_text()) == [
        {"image_id": 1, "category_id": 1, "bbox": [1, 2, 30, 40], "score": 0.5}
    ]
    assert _convert("found.json", "--from", "coco-results", "--ids", "ids.json", "--out", "again.jsonl") == 0
    assert json.loads(Path("again.jsonl").read_text())["width"] == 320


def test_a_file_takes_the_place_of_an_older_one_only_when_it_is_whole(capsys: Captured) -> None:
    Path("out.txt").write_text("older")
    Path("broken.jsonl").write_text('{"path": " a.jpg", "faces": []}\n')
    assert _convert("broken.jsonl", "--to", "wider", "--out", "out.txt") == 2
    assert "' a.jpg': this name does not fit a line of text" in capsys.readouterr().err
    assert Path("out.txt").read_text() == "older"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["labels.txt", "--to", "coco", "--out", "a.json"], "labels.txt: the name does not say which format"),
        (["faces.jsonl", "--out", "a.json"], "a.json: the name does not say which format it has; give --to."),
        (["faces.jsonl", "--to", "cocoa", "--out", "a.json"], "'cocoa' is not one of"),
        (["missing.jsonl", "--to", "coco", "--out", "a.json"], "Path 'missing.jsonl' does not exist"),
        (["faces.jsonl", "--to", "coco"], "Missing option '--out'"),
        (["faces.jsonl", "--to", "coco", "--out", "no/a.json"], "its folder does not exist"),
        (["faces.jsonl", "--to", "coco", "--out", "."], "is a folder; give --out the name of a file"),
        (["faces.jsonl", "--to", "voc", "--out", "."], "is not empty; give --out the name of a new folder"),
        (["faces.jsonl", "--to", "coco-results", "--out", "a.json"], "give the instances with --ids"),
        (
            ["faces.jsonl", "--to", "wider", "--root", "elsewhere", "--out", "a.txt"],
            "a photo below elsewhere",
        ),
        (
            ["labels.txt", "--from", "fddb", "--to", "coco", "--out", "a.json"],
            "labels.txt:3: expected 6 numbers",
        ),
        ([".", "--from", "coco", "--to", "voc", "--out", "new"], "coco is a file, and this is a folder"),
        (
            ["labels.txt", "--from", "voc", "--to", "coco", "--out", "a.json"],
            "voc is a folder, and this is a file",
        ),
    ],
)
def test_what_cannot_be_done_is_one_line(
    folder: Path, arguments: list[str], words: str, capsys: Captured
) -> None:
    before = sorted(folder.iterdir())
    assert _convert(*arguments) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert words in err
    assert sorted(folder.iterdir()) == before
