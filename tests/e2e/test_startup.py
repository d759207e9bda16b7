"""What the command imports: nothing of training, and nothing that is not declared."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

LOADED = Path(__file__).with_name("loaded.py")


@pytest.fixture(scope="module")
def loaded(root: Path, astronaut: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What one run that detects, draws and writes has imported."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    declared = [re.split("[<>=]", requirement)[0] for requirement in project["dependencies"]]
    folder = tmp_path_factory.mktemp("startup")
    arguments = ["detect", astronaut, "--draw", folder, "--out", folder / "faces.json"]
    output = subprocess.check_output([sys.executable, LOADED, *declared, "--", *arguments], text=True)
    return json.loads(output)


def test_detecting_imports_nothing_that_is_not_declared(loaded: dict[str, Any]) -> None:
    assert loaded["code"] == 0
    assert loaded["undeclared"] == []
    assert {"numpy", "onnxruntime", "PIL", "click"} <= set(loaded["modules"])


@pytest.mark.parametrize(
    "module", ["torch", "onnx", "matplotlib", "cv2", "smilecascade.train", "smilecascade.evaluate"]
)
def test_detecting_never_imports(loaded: dict[str, Any], module: str) -> None:
    assert module not in loaded["modules"]


def test_the_help_imports_no_subcommand() -> None:
    program = (
        "import sys; from smilecascade.cli import run; run(['--help']); "
        "sys.exit(any(name in sys.modules for name in sys.argv[1:]))"
    )
    names = ("detect", "evaluate", "stages", "train")
    subcommands = [f"smilecascade.cli.{name}" for name in names]
    command = [sys.executable, "-c", program, *subcommands]
    assert subprocess.run(command, stdout=subprocess.DEVNULL).returncode == 0
