"""Versions, told from metadata as pip writes them."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from smilecascade.doctor import Finding
from smilecascade.doctor.versions import DEVELOPMENT, FEATURES, examine

#: Lines of a METADATA file: one package that is there, one extra for which nothing is there.
FINE = (
    "Requires-Dist: numpy>=1.26",
    "Provides-Extra: monitor",
    "Requires-Dist: no-such-package>=2; extra == 'monitor'",
    "Provides-Extra: dev",
    "Requires-Dist: no-such-linter; extra == 'dev'",
)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Installs metadata of this program with these lines, before those that the environment has."""

    def install(*lines: str) -> dict[str, Finding]:
        folder = tmp_path / "smilecascade-0.1.0.dist-info"
        folder.mkdir()
        head = ("Metadata-Version: 2.1", "Name: smilecascade", "Version: 0.1.0")
        (folder / "METADATA").write_text("\n".join([*head, *lines, ""]))
        monkeypatch.syspath_prepend(tmp_path)
        return {finding.what: finding for finding in examine()}

    return install


def test_what_is_there_is_told_with_its_version(installed) -> None:
    told = installed(*FINE)
    assert (told["numpy"].state, told["numpy"].found) == ("well", np.__version__)
    assert list(told) == ["python", "smilecascade", "numpy", "extra monitor"]
    assert all(finding.state != "wrong" for finding in told.values())


def test_a_missing_extra_is_not_wrong_but_says_what_it_would_give_and_how_to_get_it(installed) -> None:
    extra = installed(*FINE)["extra monitor"]
    assert extra.state == "absent"
    assert extra.found == "without no-such-package; needed for monitor: runs on a page"
    assert extra.mend == "python -m pip install --upgrade 'smilecascade[monitor]'"


def test_an_extra_that_is_there_names_its_packages(installed) -> None:
    told = installed("Provides-Extra: parquet", "Requires-Dist: numpy>=1; extra == 'parquet'")
    assert told["extra parquet"].state == "well"
    assert told["extra parquet"].found.startswith(f"numpy {np.__version__}; for detect")
    assert "numpy" not in told


def test_an_extra_too_old_is_wrong(installed) -> None:
    told = installed("Provides-Extra: parquet", "Requires-Dist: numpy>=99; extra == 'parquet'")
    assert (told["extra parquet"].state, told["extra parquet"].mend) == (
        "wrong",
        "python -m pip install --upgrade 'smilecascade[parquet]'",
    )
    assert "is installed, >=99 is needed" in told["extra parquet"].found


@pytest.mark.parametrize(
    ("line", "trouble"),
    [
        ("numpy>=99", f"{np.__version__} is installed, >=99 is needed"),
        ("numpy<1", f"{np.__version__} is installed, <1 is needed"),
        ("no-such-package", "is not installed"),
    ],
)
def test_a_package_that_is_not_as_needed_is_wrong(installed, line: str, trouble: str) -> None:
    told = installed(f"Requires-Dist: {line}")
    (wrong,) = (finding for finding in told.values() if finding.state == "wrong")
    assert (wrong.found, wrong.mend) == (trouble, f"python -m pip install --upgrade '{line}'")


def test_what_another_system_needs_is_left_out(installed) -> None:
    told = installed("Requires-Dist: no-such-package; sys_platform == 'beos'")
    assert list(told) == ["python", "smilecascade"]


def test_every_extra_is_said_to_be_for_something(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    assert set(FEATURES) >= set(project["optional-dependencies"]) - {DEVELOPMENT}
