import csv
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from smilecascade.errors import SmilecascadeError
from smilecascade.evaluate.boxfit import BoxFit
from smilecascade.evaluate.curves import Figure, Froc
from smilecascade.evaluate.levels import LevelSummary
from smilecascade.evaluate.measure import Performance
from smilecascade.evaluate.report import (
    draw_froc,
    figures_table,
    levels_table,
    write_detections,
    write_figures,
    write_froc,
    write_levels,
)
from smilecascade.export import FoundFaces
from smilecascade.records import Face

NAN = float("nan")
KNOWN = Figure(value=0.98765, low=0.9, high=0.9999)
UNKNOWN = Figure(value=NAN, low=NAN, high=NAN)


def _performance(name: str, figure: Figure, recall: tuple[float, ...] = (0.5, 1.0)) -> Performance:
    return Performance(
        detector=name,
        photos=2,
        faces=2,
        ap=figure,
        ap_70=figure,
        recall_tenth=figure,
        recall_one=figure,
        froc=Froc(
            thresholds=np.array([0.9, 0.25][: len(recall)], np.float32),
            false_positives_a_photo=np.array([0.0, 0.5][: len(recall)]),
            recall=np.array(recall),
        ),
        fit=BoxFit(),
    )


PERFORMANCES = [_performance("ours", KNOWN), _performance("a peer", UNKNOWN, ())]
LEVELS = [
    LevelSummary(
        level=1,
        entered=2000,
        classified=50.25,
        left=10,
        recall=0.995,
        per_face=4.125,
        iou_before=0.4321,
        iou_after=0.75,
        elapsed_ms=3.456,
    ),
    LevelSummary(
        level=0,
        entered=10,
        classified=10,
        left=2,
        recall=NAN,
        per_face=NAN,
        iou_before=NAN,
        iou_after=NAN,
        elapsed_ms=0.01,
    ),
]


FIGURES_TABLE = """\
| detector |                  AP |       recall at 0.1 |         recall at 1 |       AP at IoU 0.7 |
| -------- | ------------------: | ------------------: | ------------------: | ------------------: |
| ours     | 0.988 (0.900–1.000) | 0.988 (0.900–1.000) | 0.988 (0.900–1.000) | 0.988 (0.900–1.000) |
| a peer   |                   – |                   – |                   – |                   – |"""


LEVELS_TABLE = """\
| level | windows in | classified | left | recall kept | left a face | IoU before | IoU after |   ms |
| ----- | ---------: | ---------: | ---: | ----------: | ----------: | ---------: | --------: | ---: |
| 1     |     2000.0 |       50.2 | 10.0 |      99.50% |        4.12 |      0.432 |     0.750 | 3.46 |
| all   |       10.0 |       10.0 |  2.0 |           – |           – |          – |         – | 0.01 |"""


def test_figures_as_a_markdown_table() -> None:
    assert figures_table(PERFORMANCES) == FIGURES_TABLE


def test_levels_as_a_markdown_table() -> None:
    assert levels_table(LEVELS) == LEVELS_TABLE


def test_tables_of_nothing_have_their_titles() -> None:
    assert len(figures_table([]).splitlines()) == len(levels_table([]).splitlines()) == 2


def test_figures_as_json_are_strict_and_keep_the_facts(tmp_path: Path) -> None:
    write_figures(tmp_path / "figures.json", {"seed": 1}, PERFORMANCES, {"ours": LEVELS})
    content = json.loads((tmp_path / "figures.json").read_text("utf-8"), parse_constant=pytest.fail)
    assert content["seed"] == 1
    assert content["detectors"][0]["ap"] == {"value": 0.98765, "low": 0.9, "high": 0.9999}
    assert content["detectors"][1]["ap"] == {"value": None, "low": None, "high": None}
    assert content["detectors"][0]["fit"]["scale_x"] == 1
    assert [(row["detector"], row["recall"]) for row in content["levels"]] == [
        ("ours", 0.995),
        ("ours", None),
    ]


def test_froc_as_csv(tmp_path: Path) -> None:
    write_froc(tmp_path / "froc.csv", PERFORMANCES)
    with (tmp_path / "froc.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["detector"] for row in rows] == ["ours", "ours"]
    assert [float(row["threshold"]) for row in rows] == pytest.approx([0.9, 0.25])
    assert [float(row["false_positives_a_photo"]) for row in rows] == [0, 0.5]
    assert [float(row["recall"]) for row in rows] == [0.5, 1]


def test_levels_as_csv(tmp_path: Path) -> None:
    write_levels(tmp_path / "levels.csv", {"ours": LEVELS, "another": LEVELS[:1]})
    assert (tmp_path / "levels.csv").read_text().splitlines() == [
        "detector,level,entered,classified,left,recall,per_face,iou_before,iou_after,elapsed_ms",
        "ours,1,2000,50.25,10,0.995,4.125,0.4321,0.75,3.456",
        "ours,0,10,10,2,nan,nan,nan,nan,0.01",
        "another,1,2000,50.25,10,0.995,4.125,0.4321,0.75,3.456",
    ]


def test_detections_as_json_lines(tmp_path: Path) -> None:
    found = FoundFaces(path="a.jpg", width=8, height=6, faces=(Face(box=(1, 2, 3, 4), score=0.5),))
    write_detections(tmp_path / "found.jsonl", {"ours": [found], "a peer": [found]})
    first, second = map(json.loads, (tmp_path / "found.jsonl").read_text("utf-8").splitlines())
    assert first == {
        "detector": "ours",
        "path": "a.jpg",
        "width": 8,
        "height": 6,
        "faces": [{"box": [1, 2, 3, 4], "score": 0.5, "points": None}],
    }
    assert second == {**first, "detector": "a peer"}


@pytest.mark.parametrize("performances", [PERFORMANCES, []])
def test_the_froc_plot_is_a_picture(tmp_path: Path, performances: list[Performance]) -> None:
    draw_froc(tmp_path / "froc.png", performances)
    with Image.open(tmp_path / "froc.png") as picture:
        assert picture.format == "PNG"
        assert picture.size == (840, 600)


def test_without_matplotlib_the_message_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(SmilecascadeError, match=r"pip install 'smilecascade\[benchmark\]'"):
        draw_froc(tmp_path / "froc.png", PERFORMANCES)
