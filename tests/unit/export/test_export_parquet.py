"""Parquet: a row a photo, one schema for all, and no more in memory than a group of rows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from smilecascade.export import FoundFaces, Outcome, to_json
from smilecascade.export.outcomes import Plain

pq = pytest.importorskip("pyarrow.parquet")

from smilecascade.export import parquet  # noqa: E402
from smilecascade.export.parquet import SCHEMA, to_row, write_parquet  # noqa: E402


@pytest.fixture
def read_back(outcomes: list[Outcome], tmp_path: Path) -> list[Plain]:
    write_parquet(map(to_json, outcomes), tmp_path / "faces.parquet")
    rows: list[Plain] = pq.read_table(tmp_path / "faces.parquet").to_pylist()
    return rows


def test_a_row_is_a_photo_and_what_it_lacks_is_null(read_back: list[Plain]) -> None:
    assert [row["path"] for row in read_back] == ["a.jpg", "b.jpg", "c, or d.jpg", "e.mp4"]
    assert [row["faces"] is None for row in read_back] == [False, False, True, False]
    assert [len(row["faces"] or ()) for row in read_back] == [2, 0, 0, 1]
    unread = {name for name, value in read_back[2].items() if value is not None}
    assert unread == {"path", "error"}


def test_numbers_are_those_of_the_json(read_back: list[Plain]) -> None:
    plain, pointed = read_back[0]["faces"]
    assert [plain[name] for name in ("x1", "y1", "x2", "y2", "score")] == [1.23, 2.0, 30.5, 41.0, 0.987654]
    assert (plain["nose_x"], plain["track"], plain["probabilities"]) == (None, None, None)
    assert (pointed["left_eye_x"], pointed["right_mouth_y"]) == (10.0, 55.0)


def test_frames_tracks_and_expressions_have_their_places(read_back: list[Plain]) -> None:
    (face,) = read_back[3]["faces"]
    assert (read_back[3]["frame"], read_back[3]["time_s"], face["track"]) == (30, 1.25, 3)
    assert (face["expression"], face["smiley"]) == ("happiness", "😀")
    assert dict(face["probabilities"]) == {"happiness": 0.9, "neutral": 0.1}


@pytest.mark.parametrize("count", [0, 1, 3])
def test_the_schema_is_the_same_whatever_was_found(
    outcomes: list[Outcome], tmp_path: Path, count: int
) -> None:
    write_parquet(map(to_json, outcomes[:count]), tmp_path / "faces.parquet")
    assert pq.read_schema(tmp_path / "faces.parquet").equals(SCHEMA)
    assert pq.read_metadata(tmp_path / "faces.parquet").num_rows == count


def test_groups_are_written_as_they_fill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP_ROWS", 10)
    path = tmp_path / "faces.parquet"
    sizes: list[int] = []

    def records() -> Iterator[Plain]:
        for number in range(25):
            sizes.append(path.stat().st_size)
            yield {"path": f"{number}.jpg", "error": "x" * 10_000 * number}

    write_parquet(records(), path)
    assert pq.read_metadata(path).num_row_groups == 3
    assert sizes[9] < sizes[12]


def test_a_name_of_bytes_that_are_no_text_is_escaped() -> None:
    record = to_json(FoundFaces(path="latin1-\udcff.jpg", width=1, height=1, faces=()))
    assert to_row(record)["path"] == r"latin1-\udcff.jpg"
    assert record["path"] == "latin1-\udcff.jpg", "what was given is not changed"
