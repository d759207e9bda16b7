"""The real command, in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pages import launched

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def smilecascade() -> Command:
    """Runs ``smilecascade`` with the arguments given."""

    def run(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "smilecascade", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60)

    return run


@pytest.fixture(scope="session")
def records() -> Callable[[str], list[dict[str, Any]]]:
    """Reads JSON lines."""
    return lambda lines: [json.loads(line) for line in lines.splitlines()]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A real browser, without a window."""
    with launched() as browser:
        yield browser
