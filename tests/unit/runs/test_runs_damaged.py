"""A store that cannot be used says so, to its readers and to a training that begins."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from smilecascade import runs
from smilecascade.errors import RunsError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file of a store with a run of 5000 points, all of them in this one file."""
    with runs.start("a run", tmp_path) as run:
        for step in range(5000):
            run.log({"loss": step}, step)
    file = tmp_path / "runs.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file


def read_all(file: Path) -> int:
    with runs.open_store(file.parent) as store:
        return len(store.scalars("a run", "loss"))


def changed(file: Path, command: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(command)


def refused(file: Path, words: str) -> None:
    """Readers and trainings get the same answer."""
    with pytest.raises(RunsError, match=rf"runs\.sqlite: {words}"):
        read_all(file)
    with pytest.raises(RunsError, match=rf"runs\.sqlite: {words}"):
        runs.start("another", file.parent)


@pytest.mark.parametrize("text", [b"Dear diary,\n" * 500, b"\0" * 8192])
def test_a_file_of_something_else(file: Path, text: bytes) -> None:
    file.write_bytes(text)
    refused(file, "is damaged .*put a copy in its place, or move it away to begin a new store")


def test_half_a_file(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    refused(file, r"is damaged \(database disk image is malformed\)")


def test_damage_deep_in_the_file_is_found_by_those_who_read_there(file: Path) -> None:
    assert read_all(file) == 5000
    data = bytearray(file.read_bytes())
    data[len(data) // 4 :] = b"\xff" * (len(data) - len(data) // 4)
    file.write_bytes(data)
    with pytest.raises(RunsError, match="is damaged"):
        read_all(file)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE runs SET config = '{'",
        "UPDATE runs SET versions = x'ff'",
        "UPDATE chunks SET steps = x'00'",
        "UPDATE chunks SET vals = x'0000000000000000'",
        "DROP TABLE chunks",
    ],
)
def test_rows_that_make_no_sense(file: Path, damage: str) -> None:
    changed(file, damage)
    with pytest.raises(RunsError, match=r"runs\.sqlite: is damaged"):
        read_all(file)


def test_another_programs_file(file: Path) -> None:
    file.unlink()
    changed(file, "CREATE TABLE recipes (title TEXT)")
    refused(file, "is no store of runs; give another folder, or move this file away")


def test_an_empty_file(file: Path) -> None:
    file.write_bytes(b"")
    refused(file, "is no store of runs")


def test_another_format(file: Path) -> None:
    changed(file, "PRAGMA user_version = 2")
    refused(file, "format 2, this version reads 1; give another folder, or the version of smilecascade")


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "runs").touch()
    refused(tmp_path / "runs" / "runs.sqlite", r"cannot be opened \((Not a directory|File exists)\)")
