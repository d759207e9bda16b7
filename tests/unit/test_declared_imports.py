"""No dependency is imported that is not declared, and finding faces needs none of the extras."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

#: Packages whose distribution is called otherwise.
DISTRIBUTIONS = {"PIL": "pillow", "cv2": "opencv-python-headless"}

#: Where the extras may be imported.
OF_EXTRAS = ("nets/", "train/", "evaluate/", "cli/train", "cli/evaluate")


def _imported(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _foreign(sources: list[Path]) -> set[str]:
    own = {"smilecascade", *sys.stdlib_module_names}
    names = {name for source in sources for name in _imported(source)} - own
    return {DISTRIBUTIONS.get(name, name) for name in names}


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=!~\[; ]", requirement)[0] for requirement in requirements}


@pytest.fixture(scope="module")
def project(root: Path) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]


def test_what_finds_faces_imports_the_plain_dependencies_and_all_of_them(root: Path, project: dict) -> None:
    package = root / "src" / "smilecascade"
    sources = [
        source
        for source in package.rglob("*.py")
        if not source.relative_to(package).as_posix().startswith(OF_EXTRAS)
    ]
    assert _foreign(sources) == _names(project["dependencies"])


def test_the_rest_imports_what_the_extras_declare(root: Path, project: dict) -> None:
    extras = project["optional-dependencies"]
    declared = _names(project["dependencies"] + extras["train"] + extras["benchmark"])
    assert _foreign(list((root / "src").rglob("*.py"))) <= declared
