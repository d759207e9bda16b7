"""The monitor's page where there are no runs yet, where the store is damaged, and where nobody answers."""

import re
from pathlib import Path
from typing import Any

import pytest
from pages import monitor, pages, words

from smilecascade import runs


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A store with one run."""
    root = tmp_path / "runs"
    with runs.start("before", root) as run:
        run.log({"loss": 1.0}, 0)
        run.log({"loss": 0.5}, 1)
    return root


def test_without_runs_it_says_what_to_do_and_shows_the_first_when_it_comes(
    browser: Any, tmp_path: Path
) -> None:
    with monitor(tmp_path / "new") as url, pages(browser) as opened:
        page = opened(url)
        page.get_by_text("No runs yet").wait_for()
        page.locator("#empty", has_text="smilecascade train").wait_for()
        with runs.start("first", tmp_path / "new") as run:
            run.log({"loss": 1.0}, 0)
        words(page, "loss", having="first 1")
        assert page.locator("#empty").is_hidden()


def test_a_damaged_store_is_told_of_until_it_is_mended(browser: Any, root: Path) -> None:
    whole = (root / "runs.sqlite").read_bytes()
    with monitor(root) as url, browser.new_context() as context:
        page = context.new_page()
        page.goto(url)
        words(page, "loss", having="before")
        (root / "runs.sqlite").write_bytes(b"not a database" * 1000)
        problem = page.get_by_role("alert")
        problem.wait_for()
        assert re.search(r"runs\.sqlite: .*; put a copy in its place, or move it away", problem.inner_text())
        page.locator("#pulse", has_text="trouble").wait_for()
        assert words(page, "loss").endswith("before 0.5"), "what was there is kept"
        (root / "runs.sqlite").write_bytes(whole)
        problem.wait_for(state="hidden")


def test_when_the_monitor_ends_the_page_says_so(browser: Any, root: Path) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        with monitor(root) as url:
            page.goto(url)
            words(page, "loss", having="before")
        page.get_by_text("The monitor does not answer.").wait_for()


def test_a_token_opens_the_page_once_and_for_all(browser: Any, root: Path) -> None:
    with monitor(root, "--token", "s3cret") as url, pages(browser) as opened:
        page = opened(f"{url}#smooth=0.9")
        words(page, "loss", having="smoothed")
        assert "s3cret" not in page.evaluate("location.href")
        assert page.evaluate("document.cookie") == ""
        page.reload()
        words(page, "loss", having="smoothed")
