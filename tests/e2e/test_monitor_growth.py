"""The monitor's page while a process of its own logs into a run."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pages import monitor, pages, words

from smilecascade import runs

#: Logs a line's value with each line that comes, and says when it did.
LEARNS = """
import sys, time
from pathlib import Path
from smilecascade import runs
with runs.start("learning", Path(sys.argv[1]), config={"batch": 192}) as run:
    print(run.id, flush=True)
    for step, line in enumerate(sys.stdin):
        run.log({"val_error": float(line)}, step)
        print(time.time(), flush=True)
"""

#: How long a new point may take to the page, in seconds.
SOON_S = 2.0


#: What the page has of a curve: how many points it stands for, at which steps, and its averages.
HELD = """async (run) => {
  const { next, steps, thinned, trend } = (await import("/static/points.js")).curve(run, "val_error");
  return { next, steps, thinned, averaged: trend.counts.reduce((sum, count) => sum + count, 0) };
}"""


class Learning:
    """A training in a process of its own, that logs what it is told to."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.run = process.stdout.readline().strip()

    def log(self, *values: float) -> float:
        """Log these values, and return when the last of them was, in seconds."""
        self._process.stdin.write("".join(f"{value}\n" for value in values))
        self._process.stdin.flush()
        return [float(self._process.stdout.readline()) for _ in values][-1]


@contextmanager
def learning(root: Path) -> Iterator[Learning]:
    """A training that goes on until the block is left."""
    command = [sys.executable, "-c", LEARNS, root]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Learning(process)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "runs"


def test_a_curve_grows_while_its_run_learns(browser: Any, root: Path) -> None:
    with monitor(root) as url, pages(browser) as opened:
        page = opened(url)
        with learning(root) as training:
            row = page.locator(f'[data-run="{training.run}"]')
            row.get_by_text("running").wait_for()
            for value in (0.77, 0.66, 0.55):
                logged_s = training.log(value)
                words(page, "val_error", having=f"learning {value}")
                assert time.time() - logged_s < SOON_S
            row.locator(".best", has_text="0.55").wait_for()
        row.get_by_text("finished").wait_for()
        runs.open_store(root).delete(training.run)
        row.wait_for(state="detached")


def test_a_curve_that_grows_long_stays_thin_and_misses_no_point(browser: Any, root: Path) -> None:
    with monitor(root) as url, pages(browser) as opened, learning(root) as training:
        page = opened(f"{url}#smooth=0.9")
        for burst in range(4):
            training.log(*[burst] * 1500)
            words(page, "val_error", having=f"to step {1500 * (burst + 1) - 1:,},")
        held = page.evaluate(HELD, training.run)
        assert (held["next"], held["averaged"], held["thinned"]) == (6000, 6000, True)
        assert held["steps"] == sorted(set(held["steps"]))
        assert len(held["steps"]) <= 4000


def test_a_resumed_run_is_drawn_anew(browser: Any, root: Path) -> None:
    with runs.start("again", root) as run:
        for step in range(10):
            run.log({"loss": 0.5}, step)
    with monitor(root) as url, pages(browser) as opened:
        page = opened(url)
        assert words(page, "loss", having="again") == "loss, step 0 to step 9: again 0.5"
        with runs.start("again", root, resume=run.id, step=3) as run:
            run.log({"loss": 0.25}, 4)
        assert words(page, "loss", having="again 0.25") == "loss, step 0 to step 4: again 0.25"
