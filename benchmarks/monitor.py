"""How long the monitor's page takes to show runs, in a real browser.

    python benchmarks/monitor.py [--chromium PROGRAM]

100 runs of 10,000 points in each of two metrics, all of them chosen: from the navigation until
both charts are drawn; then, while all of them go on, from the start of a look at what is new
until it is drawn. One run of a million points: from the navigation until its chart is drawn, and
from a zoom into a thousandth of it until that part is drawn. Medians of --rounds, each in a
fresh profile of a headless Chromium without a GPU; server, browser and trainings share the cores.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import click
import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from smilecascade import runs

RUNS, POINTS, METRICS = 100, 10_000, ("loss", "val_error")
LONG = 1_000_000

ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]

#: Milliseconds from the navigation until so many charts are drawn.
DRAWN = """async (charts) => {
  const isDrawn = (plot) => plot.getAttribute("aria-label") && plot.querySelector("canvas");
  const plots = () => [...document.querySelectorAll("#groups .plot")];
  while (plots().length < charts || !plots().every(isDrawn)) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return performance.now();
}"""

#: Milliseconds from a change of the zoom until the part that it asks for is drawn.
ZOOMED = """async () => {
  const { curve } = await import("/static/points.js");
  const { change } = await import("/static/state.js");
  const [{ id }] = (await import("/static/runs.js")).all();
  const started = performance.now();
  change({ zoom: [500000, 501000] });
  while (!curve(id, "loss").part) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return performance.now() - started;
}"""

#: From now on, milliseconds of each look that brings something, until the next frame is done.
LOOKS = """() => {
  window.looks = [];
  new PerformanceObserver((list) => {
    const { startTime } = list.getEntries()[0];
    requestAnimationFrame(() => setTimeout(() => looks.push(performance.now() - startTime)));
  }).observe({ entryTypes: ["measure"] });
}"""


@click.command(help=__doc__)
@click.option("--chromium", default=shutil.which("chromium"), help="The browser's program.")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True)
def main(chromium: str | None, rounds: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        many, long = Path(folder, "many"), Path(folder, "long")
        fill(long, ["a million points"], LONG, METRICS[:1])
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        with monitor(long) as url:
            report("a run of 1,000,000 points", [opened(browser, url, 1) for _ in range(rounds)], 1000)
            report("a zoom into it", [zoomed(browser, url) for _ in range(rounds)], 1000)
        fill(many, [f"run {k}" for k in range(RUNS)], POINTS, METRICS)
        with monitor(many) as url:
            report(
                "100 runs, first view", [opened(browser, f"{url}#runs=all", 2) for _ in range(rounds)], 1000
            )
            report("100 runs, an update", updates(browser, f"{url}#runs=all", many, rounds), 100)


def fill(root: Path, names: list[str], points: int, metrics: tuple[str, ...]) -> None:
    """Store runs whose curves fall and are noisy."""
    generator = np.random.default_rng(1)
    falling = np.exp(-np.arange(points) / points * 5)
    for name in names:
        values = falling * (1 + 0.2 * generator.standard_normal((len(metrics), points)))
        with runs.start(name, root, config={"batch": 192}) as run:
            for step, row in enumerate(values.T.tolist()):
                run.log(dict(zip(metrics, row, strict=True)), step)


@contextmanager
def monitor(root: Path) -> Iterator[str]:
    """Serve the runs by the real command, and give its address."""
    command = [sys.executable, "-m", "smilecascade", "monitor", str(root), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            (url,) = re.findall(r"http\S+", process.stdout.readline())
            yield url
        finally:
            process.terminate()


@contextmanager
def blank(browser: Browser) -> Iterator[Page]:
    """A page of a fresh profile, at rest."""
    with browser.new_context() as context:
        page = context.new_page()
        page.wait_for_timeout(1000)
        yield page


def opened(browser: Browser, url: str, charts: int) -> float:
    """Milliseconds from the navigation until the charts are drawn."""
    with blank(browser) as page:
        page.goto(url, wait_until="commit")
        return page.evaluate(DRAWN, charts)


def zoomed(browser: Browser, url: str) -> float:
    """Milliseconds from a zoom into a thousandth until every point of it is drawn."""
    with blank(browser) as page:
        page.goto(url)
        page.evaluate(DRAWN, 1)
        return page.evaluate(ZOOMED)


def updates(browser: Browser, url: str, root: Path, rounds: int) -> list[float]:
    """Milliseconds of all looks that bring something new, while every run logs every two seconds."""
    with ExitStack() as stack, blank(browser) as page:
        learning = [
            stack.enter_context(runs.start(f"run {k}", root, resume=f"run {k}", step=POINTS))
            for k in range(RUNS)
        ]
        page.goto(url)
        page.evaluate(DRAWN, 2)
        page.wait_for_timeout(3000)
        page.evaluate(LOOKS)
        for step in range(POINTS, POINTS + rounds):
            for run in learning:
                run.log(dict.fromkeys(METRICS, 0.5), step)
            page.wait_for_timeout(2000)
        return page.evaluate("looks")


def report(what: str, elapsed_ms: list[float], limit_ms: float) -> None:
    """Print the median and the slowest."""
    middle, slowest = median(elapsed_ms), max(elapsed_ms)
    click.echo(f"{what:<28} {middle:6.0f} ms, at most {slowest:.0f} (to be below {limit_ms:.0f})")


if __name__ == "__main__":
    main()
