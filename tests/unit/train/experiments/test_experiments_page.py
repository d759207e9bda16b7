import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from smilecascade.errors import SpecError
from smilecascade.train.experiments.curves import Curves
from smilecascade.train.experiments.page import ANSWER, ANSWER_END, spread, trained_page, write_page
from smilecascade.train.experiments.plan import CALIBRATION, Comparison, Experiment
from smilecascade.train.experiments.plots import draw_curves

NAN = float("nan")

MakeCurves = Callable[..., Curves]


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([0.5], "0.50"),
        ([1, 2, 3], "2.00 ± 1.00"),
        ([1, NAN, 3], "2.00 ± 1.41 (1 diverged)"),
        ([1, NAN, NAN], "1.00 (2 diverged)"),
        ([NAN, NAN], "diverged"),
        ([], "diverged"),
    ],
)
def test_a_figure_is_told_with_its_spread(values: list[float], text: str) -> None:
    assert spread(np.array(values), ".2f") == text


def test_what_was_lost_has_a_name() -> None:
    assert spread(np.array([NAN]), ".0f", lost="never") == "never"


def written(experiment: Experiment, curves: Curves, out: Path, **more: str) -> str:
    page = trained_page(experiment, {"plain": curves}, out, made_by="Made by hand.", **more)
    assert page == out / "alike.md"
    return page.read_text("utf-8")


def rows_of(text: str) -> list[list[str]]:
    """The cells of all tables."""
    return [re.split(r" *\| *", line)[1:-1] for line in text.splitlines() if line.startswith("| ")]


def test_a_page_has_all_that_it_should(
    experiment: Experiment, make_curves: MakeCurves, tmp_path: Path
) -> None:
    curves = make_curves([[0.4, 0.3, 0.2, 0.1], [0.4, 0.3, 0.2, 0.3]])
    text = written(experiment, curves, tmp_path / "pages", more="## More\n\nMore of it.")
    assert text.startswith("# Twice the same\n\n**The article's claim.** No difference.\n")
    assert (
        "Each with 3 seeds: 8 steps of 32 windows of 12 px, 256 in all, in float32; learning rate 0.002,"
        in text
    )
    row = ["plain", "4,626", "20.00 ± 14.14", "5.00 ± 7.07", "10.00 ± 0.00", "never", "250", "0.0"]
    assert rows_of(text).count(row) == 2
    assert text.endswith("## More\n\nMore of it.\n\nMade by hand.\n")
    for picture in re.findall(r"\]\((.*?)\)", text):
        assert (tmp_path / "pages" / picture).exists()
    assert sorted(path.name for path in (tmp_path / "pages").iterdir()) == ["alike.md", "images"]


def test_errors_of_calibrators_are_no_percentages(
    experiment: Experiment, comparison: Comparison, make_curves: MakeCurves, tmp_path: Path
) -> None:
    calibrates = replace(experiment, comparisons=(replace(comparison, curve=CALIBRATION),))
    text = written(calibrates, make_curves([[0.05]]), tmp_path)
    assert "final error of dx, dy, ln s" in text
    assert "0.0500" in text


def test_a_net_that_diverged_is_told(experiment: Experiment, make_curves: MakeCurves, tmp_path: Path) -> None:
    text = written(experiment, make_curves([[0.4, NAN, NAN, NAN], [NAN] * 4]), tmp_path)
    assert len(re.findall(r"\| +diverged \| +diverged \| +diverged \|", text)) == 2


def test_an_answer_stays_when_its_page_is_made_anew(
    experiment: Experiment, make_curves: MakeCurves, tmp_path: Path
) -> None:
    text = written(experiment, make_curves([[0.4]]), tmp_path)
    assert f"{ANSWER}\n*Not answered yet.*\n{ANSWER_END}" in text
    mine = "It holds.\n\nBut not everywhere: `x` < `y`."
    (tmp_path / "alike.md").write_text(text.replace("*Not answered yet.*", mine), "utf-8")
    again = written(experiment, make_curves([[0.2]]), tmp_path)
    assert f"{ANSWER}\n{mine}\n{ANSWER_END}" in again
    assert "40.00" in text
    assert "20.00" in again


@pytest.mark.parametrize("mark", [ANSWER, ANSWER_END])
def test_a_page_without_its_marks_is_not_written_over(tmp_path: Path, mark: str) -> None:
    page = write_page("p", "Title", "Claim.", "Body.", tmp_path, made_by="Made.")
    page.write_text(page.read_text("utf-8").replace(mark, ""), "utf-8")
    before = page.read_text("utf-8")
    with pytest.raises(SpecError, match=r"p\.md: its answer does not stand between"):
        write_page("p", "Title", "Claim.", "Other body.", tmp_path, made_by="Made.")
    assert page.read_text("utf-8") == before


def panels(path: Path) -> list[ElementTree.Element]:
    root = ElementTree.parse(path).getroot()
    return [group for group in root.findall(".//{*}g") if group.get("id", "").startswith("axes_")]


@pytest.mark.parametrize(
    "errors",
    [[[0.4, 0.3, 0.2]], [[0.4, NAN, NAN], [0.3, 0.2, 0.1]], [[NAN] * 3] * 2, [[0.0] * 3], [[1e30, 0.1, 0.1]]],
)
def test_every_variant_has_a_panel_whatever_its_errors(
    comparison: Comparison, make_curves: MakeCurves, tmp_path: Path, errors: list[list[float]]
) -> None:
    draw_curves(tmp_path / "a.svg", comparison, {"plain": make_curves(errors)})
    assert len(panels(tmp_path / "a.svg")) == 2


def test_pictures_are_the_same_each_time_and_have_no_background(
    comparison: Comparison, make_curves: MakeCurves, tmp_path: Path
) -> None:
    for name in ("a.svg", "b.svg"):
        draw_curves(tmp_path / name, comparison, {"plain": make_curves([[0.4, 0.2]])})
    drawn = (tmp_path / "a.svg").read_text("utf-8")
    assert drawn == (tmp_path / "b.svg").read_text("utf-8")
    assert "fill: #ffffff" not in drawn
