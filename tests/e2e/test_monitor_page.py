"""The monitor's page in a real browser: every way to look at two runs that have ended."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pages import monitor, pages, place, words

from smilecascade import runs


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs of 3000 steps: one before, with images, and a better one after."""
    root = tmp_path_factory.mktemp("monitor") / "runs"
    for name, floor, batch in (("before", 0.2, 96), ("after", 0.1, 192)):
        with runs.start(
            name, root, config={"batch": batch, "net": "joint-48", "steps_per_epoch": 100}
        ) as run:
            for step in range(3000):
                run.log({"loss": floor + 2 * 0.99**step + 0.01 * (step % 2)}, step)
                if step % 100 == 99:
                    run.log({"val_error": floor + 0.99**step, "val_recall": 1 - floor}, step)
            for step in (100, 200):
                run.image("worst mistakes", np.full((8, 8, 3), step, np.uint8), step)
    return root


@pytest.fixture(scope="module")
def url(root: Path) -> Iterator[str]:
    with monitor(root) as url:
        yield url


@pytest.fixture
def open_page(browser: Any, url: str) -> Iterator[Callable[..., Any]]:
    """Opens the page with this hash."""
    with pages(browser) as opened:
        yield lambda hash="", **options: opened(f"{url}{hash}", **options)


def drawn_colours(page: Any, metric: str) -> int:
    """How many different strong colours, those of lines, the canvas of a chart has."""
    return page.locator(f'#curves [data-metric="{metric}"] canvas').evaluate(
        """(canvas) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const counts = new Map();
          for (let i = 0; i < data.length; i += 4) {
            const [r, g, b, a] = data.subarray(i, i + 4);
            if (a < 255 || Math.max(r, g, b) - Math.min(r, g, b) < 60) continue;
            const colour = `${r},${g},${b}`;
            counts.set(colour, (counts.get(colour) ?? 0) + 1);
          }
          return [...counts.values()].filter((count) => count > 40).length;
        }"""
    )


def test_all_runs_are_listed_and_overlaid(open_page: Any) -> None:
    page = open_page()
    assert words(page, "loss", having="before") == "loss, step 0 to step 2,999: after 0.11; before 0.21"
    assert page.locator("#run-list .name").all_inner_texts() == ["after", "before"]
    assert page.locator("#run-list .state").all_inner_texts() == ["finished", "finished"]
    page.locator("#run-list .leader .name", has_text="after").wait_for()
    page.wait_for_timeout(200)
    assert drawn_colours(page, "loss") == 2
    assert page.locator("#groups h2").all_inner_texts() == ["val"]


def test_a_run_that_is_not_chosen_is_not_drawn(open_page: Any) -> None:
    page = open_page()
    words(page, "loss", having="before")
    page.get_by_role("checkbox", name="before").uncheck()
    assert words(page, "loss", having="after 0.11") == "loss, step 0 to step 2,999: after 0.11"
    page.get_by_role("button", name="none", exact=True).click()
    page.get_by_text("Choose runs in the list to see their curves.").wait_for()
    page.get_by_role("button", name="all", exact=True).click()
    words(page, "loss", having="before")


def test_smoothing_and_a_logarithmic_scale(open_page: Any) -> None:
    page = open_page()
    words(page, "loss", having="before")
    place(page, "smooth", 50)
    page.locator("#smooth-value", has_text="0.99").wait_for()
    assert words(page, "loss", having="smoothed").endswith("smoothed: after 0.105; before 0.205")
    page.get_by_label("Log scale").check()
    words(page, "loss", having="logarithmic, smoothed")
    place(page, "smooth", 0)
    assert "smoothed" not in words(page, "loss", having="before 0.21")


def test_x_may_be_time_or_epochs(open_page: Any) -> None:
    page = open_page()
    words(page, "loss", having="step 0")
    page.get_by_role("button", name="Epoch").click()
    words(page, "loss", having="epoch 0 to epoch 29.99")
    page.get_by_role("button", name="Time").click()
    assert re.match(r"loss, [\d.]+ s to [\d.]+ s: after", words(page, "loss", having=" s: after"))


def test_epochs_need_their_length(open_page: Any, root: Path) -> None:
    with runs.start("without", root) as run:
        run.log({"loss": 1.0}, 0)
    page = open_page(f"#x=epoch&runs={run.id}")
    words(page, "loss", having="step")
    assert page.get_by_role("button", name="Epoch").is_disabled()
    runs.open_store(root).delete(run.id)


def test_a_drag_zooms_all_charts_and_brings_the_finer_part(open_page: Any) -> None:
    page = open_page()
    words(page, "loss", having="before")
    box = page.locator('#curves [data-metric="loss"] .u-over').bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.45, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.47, middle, steps=4)
    page.mouse.up()
    found = words(page, "loss", having="step 1,3")
    low, high = (int(step.replace(",", "")) for step in re.findall(r"step ([\d,]+)", found))
    assert 1330 < low < 1370 < high < 1430
    assert f"step {low:,} to step {high:,}" in words(page, "val_error")
    shown = "(await import('/static/points.js')).curve('{}', 'loss').part?.steps.length"
    run = page.locator(".run").first.get_attribute("data-run")
    page.wait_for_function(f"async () => {shown.format(run)} > 0")
    assert page.evaluate(f"async () => {shown.format(run)}") >= high - low
    page.get_by_role("button", name="Whole range").click()
    words(page, "loss", having="step 0 to step 2,999")


def test_the_values_at_the_cursor_are_told(open_page: Any) -> None:
    page = open_page()
    words(page, "val_recall", having="before")
    page.locator('[data-metric="val_recall"] .u-over').hover(position={"x": 100, "y": 40})
    rows = page.locator("#tooltip tr").all_inner_texts()
    assert [row.split() for row in rows] == [["after", "0.9"], ["before", "0.8"]]
    page.locator("#tooltip .at", has_text="step ").wait_for()
    page.mouse.move(5, 5)
    page.locator("#tooltip").wait_for(state="hidden")


def test_charts_are_moved_about_in_with_keys(open_page: Any) -> None:
    page = open_page()
    words(page, "loss", having="before")
    page.get_by_role("searchbox", name="Find a metric by its name").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("loss, step 0")
    page.keyboard.press("ArrowRight")
    page.locator("#tooltip").wait_for(state="visible")
    page.keyboard.press("+")
    page.wait_for_function("location.hash.includes('zoom=')")
    page.keyboard.press("0")
    page.wait_for_function("!location.hash.includes('zoom=')")


def test_before_and_after_stand_side_by_side_on_the_same_axes(open_page: Any) -> None:
    page = open_page()
    page.get_by_role("button", name="Before / after").click()
    left, right = (words(page, "loss", view="#compare", nth=nth, having=": ") for nth in (0, 1))
    assert left == "loss before, step 0 to step 2,999: before 0.21"
    assert right == "loss after, step 0 to step 2,999: after 0.11"
    page.wait_for_timeout(200)
    ticks = page.locator('#compare [data-metric="loss"] canvas').evaluate_all(
        "async (canvases) => canvases.map((canvas) => canvas.getContext('2d').getImageData("
        "0, 0, 50 * devicePixelRatio, canvas.height).data.join())"
    )
    assert ticks[0] == ticks[1], "the labels of y differ"
    rows = page.locator("#changes tbody tr").all_inner_texts()
    assert [row.split("\t") for row in rows] == [["batch", "96", "192"]]
    assert "val_recall\t0.8\t0.9\t+0.1" in page.locator("#figures tbody tr").all_inner_texts()
    page.locator("#side-a").select_option(label=page.locator("#side-b option").first.inner_text())
    page.get_by_text("Their configs are the same.").wait_for()


def test_images_have_a_slider_of_their_steps(open_page: Any) -> None:
    page = open_page()
    page.get_by_role("button", name="Images").click()
    card = page.locator('[data-image="worst mistakes"]').first
    page.wait_for_function("(image) => image.naturalWidth === 8", arg=card.locator("img").element_handle())
    card.locator(".lead", has_text="step 200 ").wait_for()
    card.get_by_role("slider").fill("0")
    page.wait_for_function(
        "(image) => image.alt.endsWith('step 100') && image.naturalWidth === 8",
        arg=card.locator("img").element_handle(),
    )
    card.locator(".lead", has_text="step 100 ").wait_for()


def test_a_link_restores_the_view(open_page: Any) -> None:
    page = open_page()
    words(page, "loss", having="before")
    page.get_by_role("checkbox", name="before").uncheck()
    place(page, "smooth", 25)
    page.get_by_label("Log scale").check()
    page.get_by_label("Find a metric").fill("loss")
    page.evaluate("async () => (await import('/static/state.js')).change({ zoom: [500, 1500] })")
    seen = words(page, "loss", having="step 500 to step 1,500, logarithmic, smoothed: after")
    again = open_page(page.evaluate("location.hash"))
    assert words(again, "loss", having="smoothed: after") == seen
    assert again.locator("#curves .card").count() == 1
    assert again.locator("#log").is_checked()
    again.locator("#smooth-value", has_text="0.9").wait_for()


def test_colours_stay_with_their_runs(open_page: Any) -> None:
    def colours(page: Any) -> dict[str, str]:
        words(page, "loss", having="before")
        dots = page.locator(".run").evaluate_all(
            "(rows) => rows.map((row) => [row.dataset.run, row.querySelector('.dot').style.cssText])"
        )
        return dict(dots)

    first, second = colours(open_page()), colours(open_page("#view=curves&smooth=0.5"))
    assert first == second
    assert len(set(first.values())) == 2


def test_dark_and_light(open_page: Any) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    page = open_page(color_scheme="dark")
    words(page, "loss", having="before")
    dark = page.evaluate(background)
    page.get_by_role("button", name="Dark or light").click()
    light = page.evaluate(background)
    assert sum(map(int, re.findall(r"\d+", light))) > 600 > 120 > sum(map(int, re.findall(r"\d+", dark)))
    page.reload()
    words(page, "loss", having="before")
    assert page.evaluate(background) == light
    assert open_page(color_scheme="light").evaluate(background) == light


def test_a_narrow_window_keeps_the_list_behind_a_button_and_never_scrolls_sideways(open_page: Any) -> None:
    page = open_page()
    page.set_viewport_size({"width": 400, "height": 800})
    words(page, "loss", having="before")
    box = page.get_by_role("checkbox", name="before")
    box.wait_for(state="hidden")
    page.get_by_role("button", name="Runs", exact=True).click()
    box.uncheck()
    page.keyboard.press("Escape")
    box.wait_for(state="hidden")
    assert "before" not in words(page, "loss", having="after 0.11")
    for view in ("Curves", "Before / after", "Images"):
        page.get_by_role("button", name=view, exact=True).click()
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") == 400


def test_details_of_a_run(open_page: Any) -> None:
    page = open_page()
    page.locator(".run").first.hover()
    page.get_by_role("button", name="Details of after").click()
    page.locator("dialog").get_by_text("joint-48").wait_for()
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="hidden")
