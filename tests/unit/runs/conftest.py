"""Stores of runs, and what waits for a writer that works on its own time."""

import time
from collections.abc import Callable

import pytest

from smilecascade.runs import writer

#: Far longer than any writer needs, on a machine however busy.
PATIENCE_S = 30


@pytest.fixture
def eventually() -> Callable[[Callable[[], object]], None]:
    """Waits until something is so; fails where it never is."""

    def wait(so: Callable[[], object]) -> None:
        end_s = time.monotonic() + PATIENCE_S
        while not so():
            assert time.monotonic() < end_s, "waited in vain"
            time.sleep(0.01)

    return wait


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that flushes often and does not wait for locks."""
    monkeypatch.setattr(writer, "FLUSH_S", 0.02)
    monkeypatch.setattr(writer, "PATIENCE_S", 0.02)
