"""The commit that a run was made with is that of the program, where it is checked out."""

import shutil
import subprocess
from pathlib import Path

import pytest

from smilecascade.runs.origin import commit, versions


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A work tree with one committed file in the folder ``program``."""
    if not shutil.which("git"):
        pytest.skip("git is not installed")
    (tmp_path / "program").mkdir()
    (tmp_path / "program" / "code.py").write_text("1")
    git(tmp_path, "init")
    git(tmp_path, "add", ".")
    git(tmp_path, "-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-m", "first")
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", folder, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_a_clean_work_tree(checkout: Path) -> None:
    (checkout / "notes.txt").write_text("not tracked")
    assert commit(checkout / "program") == git(checkout, "rev-parse", "HEAD")


def test_a_changed_work_tree_has_a_plus(checkout: Path) -> None:
    (checkout / "program" / "code.py").write_text("2")
    assert commit(checkout / "program") == git(checkout, "rev-parse", "HEAD") + "+"


def test_a_program_installed_in_somebody_elses_work_tree_has_none(checkout: Path) -> None:
    (checkout / "venv").mkdir()
    (checkout / "venv" / "code.py").write_text("1")
    assert commit(checkout / "venv") is None


def test_outside_a_work_tree_there_is_none(tmp_path: Path) -> None:
    assert commit(tmp_path) is None


def test_without_git_there_is_none(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(checkout))
    assert commit(checkout / "program") is None


def test_versions_are_of_what_is_installed() -> None:
    import numpy

    import smilecascade

    found = versions()
    assert (found["numpy"], found["smilecascade"]) == (numpy.__version__, smilecascade.__version__)
