"""The README's examples, run as they stand."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def blocks(readme: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)


@pytest.fixture
def readme(root: Path) -> str:
    return (root / "README.md").read_text("utf-8")


def test_the_python_example_prints_the_face(readme: str, root: Path) -> None:
    (example,) = blocks(readme, "python")
    done = subprocess.run(
        [sys.executable, "-c", example], cwd=root, capture_output=True, text=True, check=True
    )
    (line,) = done.stdout.splitlines()
    assert re.fullmatch(r"\([\d., ]+\) 0\.\d+", line)


def test_the_command_writes_what_the_readme_shows(readme: str, root: Path, tmp_path: Path) -> None:
    (shown,) = (json.loads(block) for block in blocks(readme, "json"))
    (command,) = re.findall(r"^smilecascade detect photo\.jpg holiday/.*$", readme, re.MULTILINE)
    shutil.copy(root / "examples" / "astronaut.jpg", tmp_path / "photo.jpg")
    (tmp_path / "holiday").mkdir()
    shutil.copy(root / "examples" / "rocket.jpg", tmp_path / "holiday")
    words = [sys.executable, "-m", *command.split()]
    subprocess.run(words, cwd=tmp_path, capture_output=True, check=True)
    first, second = map(json.loads, (tmp_path / "faces.jsonl").read_text().splitlines())
    assert first["path"] == shown["path"]
    assert (first["width"], first["height"]) == (shown["width"], shown["height"])
    assert first["faces"][0]["box"] == pytest.approx(shown["faces"][0]["box"], abs=0.5)
    assert first["faces"][0].keys() == shown["faces"][0].keys()
    assert second["faces"] == []
    assert len(list((tmp_path / "marked").rglob("*.jpg"))) == 2


def test_every_document_that_the_readme_links_to_is_there(readme: str, root: Path) -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", readme) if "://" not in link]
    assert links
    assert not [link for link in links if not (root / link).exists()]
