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
OF_EXTRAS = (
    *("nets/", "train/", "evaluate/", "monitor/", "runs/mirror", "export/parquet", "video/"),
    *("supervision", "cluster/", "cli/train", "cli/evaluate"),
)


def _imported(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "import_module":
            yield from (name.value for name in node.args if isinstance(name, ast.Constant))


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


@pytest.mark.parametrize(
    ("extra", "sources"),
    [
        ("monitor", "monitor/*.py"),
        ("tensorboard", "runs/*.py"),
        ("parquet", "export/*.py"),
        ("video", "video/*.py"),
        ("ray", "cluster/*.py"),
    ],
)
def test_an_extra_is_what_its_part_imports(root: Path, project: dict, extra: str, sources: str) -> None:
    imported = _foreign(list((root / "src" / "smilecascade").glob(sources)))
    declared = _names(project["optional-dependencies"][extra])
    assert imported - _names(project["dependencies"]) == declared


def test_the_rest_imports_what_the_extras_declare(root: Path, project: dict) -> None:
    extras = project["optional-dependencies"]
    of_users = [name for extra, names in extras.items() if extra != "dev" for name in names]
    assert _foreign(list((root / "src").rglob("*.py"))) <= _names(project["dependencies"] + of_users)
