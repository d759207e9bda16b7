"""The monitor in a real browser: where that is, how it is served to, and what a test reads of its page.

SMILECASCADE_CHROMIUM: the browser's program; default: ``chromium`` on the PATH. Without one such
tests are skipped, except in CI, where they fail.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

ARGUMENTS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


def chromium() -> str:
    """The browser's program; where there is none the test ends here."""
    found = os.environ.get("SMILECASCADE_CHROMIUM") or shutil.which("chromium")
    if found is None:
        message = "no chromium is on the PATH or named by SMILECASCADE_CHROMIUM"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(message)
    return found


@contextmanager
def launched() -> Iterator[Any]:
    """The browser, without a window."""
    program = chromium()
    if os.environ.get("CI") != "true":
        pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started, ExitStack() as stack:
        browser = started.chromium.launch(executable_path=program, args=ARGUMENTS)
        stack.callback(browser.close)
        yield browser


@contextmanager
def monitor(root: Path, *options: str) -> Iterator[str]:
    """Serve by the real command; gives the address that it prints."""
    command = [sys.executable, "-m", "smilecascade", "monitor", root, "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield re.findall(r"http\S+", process.stdout.readline())[0]
        finally:
            process.send_signal(2)
            assert (process.wait(10), process.stderr.read()) == (0, "")


@contextmanager
def pages(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens an address in a fresh profile; whatever goes wrong in the page is an error in the end."""
    errors: list[str] = []

    def opened(address: str, **options: Any) -> Any:
        context = stack.enter_context(browser.new_context(viewport={"width": 1280, "height": 900}, **options))
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(address)
        return page

    with ExitStack() as stack:
        yield opened
    assert errors == []


def words(page: Any, metric: str, *, having: str = "", view: str = "#curves", nth: int = 0) -> str:
    """What a chart says it shows, once that has this in it."""
    plot = page.locator(f'{view} [data-metric="{metric}"] .plot').nth(nth)
    page.wait_for_function(
        "([plot, text]) => (plot.getAttribute('aria-label') ?? '').includes(text)",
        arg=[plot.element_handle(), having],
    )
    return plot.get_attribute("aria-label")


def place(page: Any, id: str, to: int) -> None:
    """Move a slider."""
    page.locator(f"#{id}").fill(str(to))
