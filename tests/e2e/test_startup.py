"""What the command imports: nothing of training, and nothing that is not declared."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

LOADED = Path(__file__).with_name("loaded.py")


@pytest.fixture
def declared(root: Path) -> list[str]:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    return [re.split("[<>=]", requirement)[0] for requirement in project["dependencies"]]


def test_detecting_and_drawing_import_the_declared_dependencies_alone(
    declared: list[str], astronaut: Path, tmp_path: Path
) -> None:
    arguments = ["detect", astronaut, "--draw", tmp_path, "--out", tmp_path / "faces.json"]
    output = subprocess.check_output([sys.executable, LOADED, *declared, "--", *arguments], text=True)
    done = json.loads(output)
    assert done["code"] == 0
    assert done["undeclared"] == []
    assert {"numpy", "onnxruntime", "pillow", "click"} <= set(done["loaded"])


@pytest.mark.parametrize("module", ["torch", "onnx", "matplotlib", "cv2", "smilecascade.train"])
def test_detecting_never_imports(astronaut: Path, module: str) -> None:
    program = (
        "import sys; from smilecascade.cli import run; code = run(sys.argv[2:]); "
        "sys.exit(code or sys.argv[1] in sys.modules)"
    )
    command = [sys.executable, "-c", program, module, "detect", astronaut]
    assert subprocess.run(command, stdout=subprocess.DEVNULL).returncode == 0


def test_the_help_imports_no_subcommand() -> None:
    program = (
        "import sys; from smilecascade.cli import run; run(['--help']); "
        "sys.exit(any(name in sys.modules for name in sys.argv[1:]))"
    )
    subcommands = ["smilecascade.cli.detect", "smilecascade.cli.evaluate", "smilecascade.cli.train"]
    command = [sys.executable, "-c", program, *subcommands]
    assert subprocess.run(command, stdout=subprocess.DEVNULL).returncode == 0
