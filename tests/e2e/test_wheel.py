"""The wheel, as a newcomer installs it: an empty venv outside the checkout, and no network after that."""

import json
import os
import re
import subprocess
import sys
import tomllib
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

LOADED = Path(__file__).with_name("loaded.py")

#: The promise: the venv is as small as the choice of libraries allows.
MOST_BYTES = 400e6

#: Python's own part of the blocked network: any look-up or connection is an error that names it.
NO_NETWORK = """
import sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        raise RuntimeError(f"the network is blocked: {event} {arguments}")

sys.addaudithook(refuse)
"""


@dataclass(frozen=True)
class Installed:
    """The wheel in a venv of its own."""

    venv: Path
    pins: list[str]
    isolation: list[str]
    environment: dict[str, str]

    def run(self, *command: str | Path) -> "subprocess.CompletedProcess[str]":
        """Run a program of the venv, outside the checkout and without a network."""
        program = [*self.isolation, self.venv / "bin" / command[0], *command[1:]]
        return subprocess.run(
            program, cwd=self.venv, env=self.environment, capture_output=True, text=True, timeout=60
        )


@pytest.fixture(scope="module")
def requirements(root: Path) -> list[str]:
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, root]
    subprocess.run(build, check=True, capture_output=True, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def isolation() -> list[str]:
    """What takes the network away from a process: a namespace without one, where that is permitted.

    Elsewhere Python's audit hook stands alone, which code that is not Python could get around.
    """
    for options in (["-n"], ["-r", "-n"]):
        try:
            subprocess.run(["unshare", *options, "true"], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        return ["unshare", *options]
    return []


@pytest.fixture(scope="module", params=["newest", "lowest"])
def installed(
    request: pytest.FixtureRequest,
    wheel: Path,
    requirements: list[str],
    isolation: list[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Installed:
    if request.param == "lowest" and sys.version_info >= (3, 13):
        pytest.skip("the lowest versions were published for Python 3.11 and 3.12 only")
    folder = tmp_path_factory.mktemp(request.param)
    lowest = request.param == "lowest"
    pins = [requirement.replace(">=", "==") for requirement in requirements if lowest]
    (folder / "constraints.txt").write_text("\n".join(pins))
    venv.create(folder / "venv", with_pip=True, symlinks=True)
    pip = [folder / "venv" / "bin" / "python", "-m", "pip", "install", "--quiet", "--only-binary", ":all:"]
    subprocess.run([*pip, "--constraint", "constraints.txt", wheel], check=True, cwd=folder)
    (folder / "blocked").mkdir()
    (folder / "blocked" / "sitecustomize.py").write_text(NO_NETWORK)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder / "blocked")}
    return Installed(folder / "venv", pins, isolation, environment)


def test_the_versions_that_were_asked_for_are_installed(installed: Installed) -> None:
    listed = installed.run("python", "-m", "pip", "list", "--format", "json", "--disable-pip-version-check")
    versions = {entry["name"].lower(): entry["version"] for entry in json.loads(listed.stdout)}
    for name, version in (pin.split("==") for pin in installed.pins):
        assert re.fullmatch(rf"{re.escape(version)}(\.0)*", versions[name]), name


def test_it_finds_a_face_without_a_network(installed: Installed, astronaut: Path) -> None:
    done = installed.run("smilecascade", "detect", astronaut, "--out", "-", "--draw", "drawn")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(json.loads(done.stdout)["faces"]) == 1
    assert (installed.venv / "drawn" / astronaut.name).stat().st_size > 0


def test_the_network_really_is_blocked(installed: Installed) -> None:
    connect = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=5)"
    assert "the network is blocked" in installed.run("python", "-c", connect).stderr
    if installed.isolation:
        interfaces = "import socket; print([name for _, name in socket.if_nameindex()])"
        assert installed.run("python", "-c", interfaces).stdout == "['lo']\n"


def test_it_imports_what_it_declares(installed: Installed, requirements: list[str], astronaut: Path) -> None:
    names = [requirement.split(">=")[0] for requirement in requirements]
    done = installed.run("python", LOADED, *names, "--", "detect", astronaut, "--out", "faces.json")
    assert json.loads(done.stdout)["undeclared"] == []


def test_it_ships_its_types_and_its_weights(installed: Installed) -> None:
    where = "import smilecascade; print(smilecascade.__file__)"
    package = Path(installed.run("python", "-c", where).stdout.strip()).parent
    assert installed.venv in package.parents
    assert (package / "py.typed").is_file()
    assert 0 < sum(path.stat().st_size for path in (package / "weights").iterdir()) < 5e6


def test_it_stays_small(installed: Installed) -> None:
    files = [path for path in installed.venv.rglob("*") if path.is_file() and not path.is_symlink()]
    assert sum(path.stat().st_size for path in files) < MOST_BYTES


def test_a_command_of_an_extra_says_which(installed: Installed, tmp_path: Path) -> None:
    done = installed.run("smilecascade", "train", "all", "--data", tmp_path, "--out", tmp_path / "bundle")
    assert done.returncode == 2
    assert done.stderr.endswith(
        "is not installed and this command needs it: pip install 'smilecascade[train]'\n"
    )
    assert done.stderr.count("\n") == 1
