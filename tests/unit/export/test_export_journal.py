"""The journal: nothing is lost by an interruption, and nobody goes on by mistake."""

import json
import sys
from pathlib import Path

import pytest

from smilecascade.errors import ExportError
from smilecascade.export import SUFFIXES, FoundFaces, Journal, Outcome, Unread, to_json

SETTINGS = {"--min-face": 40.0, "--min-score": None, "bundle": "0123abcd"}


class Killed(BaseException):
    """The end of a process, as far as a context manager sees it."""


def _run(
    out: Path, *outcomes: Outcome, settings: dict = SETTINGS, resume: bool = False, dies: bool = False
) -> int:
    """Write outcomes, and tell how many were there before."""
    try:
        with Journal(out, settings, resume=resume) as journal:
            before = len(journal.recorded)
            for outcome in outcomes:
                journal.write(outcome)
            if dies:
                raise Killed
    except Killed:
        pass
    return before


def _lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _photo(path: str) -> FoundFaces:
    return FoundFaces(path=path, width=1, height=1, faces=())


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_is_put_in_its_place_when_it_is_whole(
    tmp_path: Path, outcomes: list[Outcome], suffix: str
) -> None:
    out = tmp_path / f"faces{suffix}"
    out.write_text("old")
    with Journal(out, SETTINGS) as journal:
        journal.write(outcomes[0])
        assert out.read_text() == "old"
    assert out.read_bytes()[:3] != b"old"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_run_that_was_interrupted_and_resumed_writes_what_one_run_writes(
    tmp_path: Path, outcomes: list[Outcome], suffix: str
) -> None:
    whole, broken = tmp_path / f"whole{suffix}", tmp_path / f"broken{suffix}"
    _run(whole, *outcomes)
    _run(broken, *outcomes[:2], dies=True)
    assert not broken.exists()
    assert _run(broken, *outcomes[2:], resume=True) == 2
    assert broken.read_bytes() == whole.read_bytes()
    assert sorted(tmp_path.iterdir()) == [broken, whole]


def test_each_outcome_is_on_its_way_to_the_disk_at_once(tmp_path: Path, outcomes: list[Outcome]) -> None:
    with Journal(tmp_path / "faces.csv", SETTINGS) as journal:
        for number, outcome in enumerate(outcomes, 1):
            journal.write(outcome)
            assert _lines(journal.path) == [to_json(outcome) for outcome in outcomes[:number]]


def test_half_a_line_is_cut_off(tmp_path: Path, outcomes: list[Outcome]) -> None:
    out = tmp_path / "faces.jsonl"
    _run(out, outcomes[0], dies=True)
    with (tmp_path / "faces.jsonl.partial").open("ab") as stream:
        stream.write(b'{"path": "b.jpg", "wid')
    assert _run(out, outcomes[1], resume=True) == 1
    assert _lines(out) == [to_json(outcomes[0]), to_json(outcomes[1])]


def test_without_resume_hours_of_work_are_not_lost(tmp_path: Path, outcomes: list[Outcome]) -> None:
    out = tmp_path / "faces.jsonl"
    _run(out, *outcomes[:3], dies=True)
    kept = (tmp_path / "faces.jsonl.partial").read_bytes()
    with pytest.raises(ExportError, match=r"faces\.jsonl\.partial: holds what .* \(photos: 3\); .* --resume"):
        _run(out, outcomes[0])
    assert (tmp_path / "faces.jsonl.partial").read_bytes() == kept


def test_without_resume_nothing_stands_in_the_way_of_a_run_that_had_found_nothing(
    tmp_path: Path, outcomes: list[Outcome]
) -> None:
    _run(tmp_path / "faces.jsonl", dies=True)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "faces.jsonl.partial").touch()  # as a kill leaves it
    _run(tmp_path / "faces.jsonl", outcomes[0])
    assert _lines(tmp_path / "faces.jsonl") == [to_json(outcomes[0])]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"--min-face": 20.0}, "begun with --min-face 40, not with --min-face 20"),
        ({"--min-score": 0.5}, "begun with no --min-score, not with --min-score 0.5"),
        ({"bundle": "9"}, "begun with bundle 0123abcd, not with bundle 9"),
    ],
)
def test_other_settings_are_refused(
    tmp_path: Path, outcomes: list[Outcome], changed: dict, words: str
) -> None:
    _run(tmp_path / "faces.csv", outcomes[0], dies=True)
    with pytest.raises(ExportError, match=words):
        _run(tmp_path / "faces.csv", settings=SETTINGS | changed, resume=True)
    assert _run(tmp_path / "faces.csv", resume=True) == 1, "and the results are still there"


@pytest.mark.parametrize("note", [None, "", "[]", "{"])
def test_results_of_unknown_settings_are_refused(
    tmp_path: Path, outcomes: list[Outcome], note: str | None
) -> None:
    _run(tmp_path / "faces.csv", outcomes[0], dies=True)
    (tmp_path / "faces.csv.partial.json").unlink()
    if note is not None:
        (tmp_path / "faces.csv.partial.json").write_text(note)
    with pytest.raises(ExportError, match=r"delete both to start anew|was begun with no --min-face"):
        _run(tmp_path / "faces.csv", resume=True)


def test_nothing_to_go_on_with_is_a_beginning(tmp_path: Path, outcomes: list[Outcome]) -> None:
    assert _run(tmp_path / "faces.jsonl", outcomes[0], resume=True) == 0
    assert _lines(tmp_path / "faces.jsonl") == [to_json(outcomes[0])]


def test_a_finished_file_of_lines_is_added_to(tmp_path: Path, outcomes: list[Outcome]) -> None:
    out = tmp_path / "faces.jsonl"
    _run(out, *outcomes)
    before = out.read_bytes()
    assert _run(out, _photo("new.jpg"), resume=True, dies=True) == 4
    assert out.read_bytes() == before
    assert _run(out, Unread(path="z.jpg", error="x"), resume=True) == 5
    assert [line["path"] for line in _lines(out)[-3:]] == ["e.mp4", "new.jpg", "z.jpg"]


@pytest.mark.parametrize("suffix", [".json", ".csv", ".parquet"])
def test_a_finished_file_of_another_format_is_not(
    tmp_path: Path, outcomes: list[Outcome], suffix: str
) -> None:
    _run(tmp_path / f"faces{suffix}", *outcomes)
    with pytest.raises(ExportError, match=r"is finished, and only \.jsonl files can be added to"):
        _run(tmp_path / f"faces{suffix}", resume=True)
    assert list(tmp_path.iterdir()) == [tmp_path / f"faces{suffix}"]


def test_a_file_of_other_lines_is_left_as_it_is(tmp_path: Path) -> None:
    out = tmp_path / "notes.jsonl"
    out.write_text('{"path": "a.jpg", "error": "x"}\n{"something": "else"}\n')
    with pytest.raises(ExportError, match="holds other lines than results"):
        _run(out, resume=True)
    assert out.read_text().endswith('{"something": "else"}\n')


@pytest.mark.skipif(sys.platform == "win32", reason="this system has no such locks")
def test_two_runs_do_not_write_to_one_file(tmp_path: Path, outcomes: list[Outcome]) -> None:
    with Journal(tmp_path / "faces.jsonl", SETTINGS):
        for resume in (False, True):
            with pytest.raises(ExportError, match="another run is writing to it"):
                _run(tmp_path / "faces.jsonl", outcomes[0], resume=resume)
    assert _lines(tmp_path / "faces.jsonl") == []


def test_a_link_stays_a_link(tmp_path: Path, outcomes: list[Outcome]) -> None:
    (tmp_path / "elsewhere").mkdir()
    target, link = tmp_path / "elsewhere" / "real.jsonl", tmp_path / "link.jsonl"
    link.symlink_to(target)
    _run(link, outcomes[0], dies=True)
    assert _run(link, outcomes[1], resume=True) == 1
    assert link.is_symlink()
    assert len(_lines(target)) == 2


@pytest.mark.parametrize(
    "name", ["Übung 😀.jpg", 'quote" and \\.jpg', "line\nbreak.jpg", "latin1-\udcff.jpg"]
)
@pytest.mark.parametrize("suffix", [".jsonl", ".JSON"])
def test_any_path_comes_back(tmp_path: Path, name: str, suffix: str) -> None:
    out = tmp_path / f"faces{suffix}"
    _run(out, _photo(name), dies=True)
    with Journal(out, SETTINGS, resume=True) as journal:
        assert journal.recorded.done == {name: 1}
    read_back = json.loads(out.read_text("utf-8"))
    assert (read_back if suffix == ".jsonl" else read_back[0])["path"] == name
