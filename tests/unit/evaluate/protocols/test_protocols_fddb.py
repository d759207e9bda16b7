"""FDDB's protocol on fixtures in its own format, with values worked out by hand.

A circle of radius 10 has π/4 of the area of the square about it, and half as much of that of a box
of twice the height.
"""

import sys
from math import pi
from pathlib import Path

import numpy as np
import pytest

from smilecascade.errors import DatasetError, SmilecascadeError
from smilecascade.evaluate.protocols.fddb import Roc, figures, folds, roc
from smilecascade.interchange.fddb import read_results
from smilecascade.interchange.regions import MarkedPhoto, Region

WHOLE, HALF = pi / 4, pi / 8

LABELS = """\
2002/a
1
10 10 1.5 50 50  1
2002/b
2
10 10 1.5 20 20  1
10 10 1.5 60 20  1
"""

DETECTIONS = """\
2002/a
2
40 40 20 20 0.9
40 40 20 40 0.8
2002/b
2
10 10 20 40 0.7
50 10 20 20 0.95
"""


def made(root: Path, *labels: str) -> Path:
    (root / "FDDB-folds").mkdir(exist_ok=True)
    for number, text in enumerate(labels, 1):
        names = "".join(f"{line}\n" for line in text.splitlines() if line.startswith("2002"))
        (root / "FDDB-folds" / f"FDDB-fold-{number:02}.txt").write_text(names)
        (root / "FDDB-folds" / f"FDDB-fold-{number:02}-ellipseList.txt").write_text(text)
    return root


def found(root: Path, text: str) -> list[MarkedPhoto]:
    (root / "found.txt").write_text(text)
    return list(read_results(root / "found.txt"))


def photo(*boxes: tuple[float, ...]) -> MarkedPhoto:
    """Rectangles; of each that has a fifth number, it is the score."""
    return MarkedPhoto(name="a", regions=tuple(Region(box=box[:4], score=(*box, None)[4]) for box in boxes))


@pytest.fixture
def curve(tmp_path: Path) -> Roc:
    (fold,) = folds(made(tmp_path, LABELS))
    return roc(fold.photos, found(tmp_path, DETECTIONS))


def test_the_curves_of_a_small_set(curve: Roc) -> None:
    assert curve.faces == 3
    assert curve.thresholds.tolist() == [0.95, 0.9, 0.8, 0.7]
    assert curve.false_positives.tolist() == [0, 0, 1, 2]
    assert curve.discrete.tolist() == pytest.approx([1 / 3, 2 / 3, 2 / 3, 2 / 3])
    # The last pair overlaps by less than a half: no hit and a false positive, yet it adds its overlap.
    overlap = [WHOLE / 3, 2 * WHOLE / 3, 2 * WHOLE / 3, (2 * WHOLE + HALF) / 3]
    assert curve.continuous.tolist() == pytest.approx(overlap, abs=2e-5)


@pytest.mark.parametrize(("allowed", "discrete", "continuous"), [(0, 2, 2 * WHOLE), (2, 2, 2 * WHOLE + HALF)])
def test_rates_at_a_number_of_false_positives(
    curve: Roc, allowed: int, discrete: float, continuous: float
) -> None:
    assert curve.at(allowed) == pytest.approx((discrete / 3, continuous / 3), abs=2e-5)
    assert curve.at(1000) == curve.at(2)


def test_pairs_are_chosen_for_the_sum_of_their_overlaps() -> None:
    labels = photo((0, 0, 10, 10), (4, 0, 14, 10))
    # The first detection lies better on the first label, but that is all the second can have.
    both = photo((1.5, 0, 11.5, 10, 0.9), (-3, 0, 7, 10, 0.8))
    curve = roc([labels], [both])
    assert curve.discrete.tolist() == [0.5, 1]
    assert curve.continuous.tolist() == pytest.approx([8.5 / 11.5 / 2, (7.5 / 12.5 + 7 / 13) / 2])


def test_a_pair_that_overlaps_by_exactly_a_half_is_no_hit() -> None:
    curve = roc([photo((0, 0, 10, 10))], [photo((0, 0, 10, 20, 1.0))])
    assert (curve.discrete.tolist(), curve.false_positives.tolist()) == ([0], [1])


def test_detections_of_the_same_score_come_together_whatever_their_photos() -> None:
    label = photo((0, 0, 10, 10))
    curve = roc([label] * 3, [photo((0, 0, 10, 10, 0.5))] * 3)
    assert curve.thresholds.tolist() == [0.5]
    assert curve.discrete.tolist() == [1]


def test_a_second_detection_of_a_face_is_a_false_positive() -> None:
    curve = roc([photo((0, 0, 10, 10))], [photo((0, 0, 10, 10, 0.9), (0, 0, 10, 9, 0.8))])
    assert curve.false_positives.tolist() == [0, 1]
    assert curve.discrete.tolist() == [1, 1]


def test_photos_without_detections_or_faces_count_all_the_same() -> None:
    full, bare = photo((0, 0, 10, 10)), photo()
    curve = roc([full, full, bare], [photo((0, 0, 10, 10, 0.9)), bare, photo((0, 0, 10, 10, 0.8))])
    assert curve.discrete.tolist() == [0.5, 0.5]
    assert curve.false_positives.tolist() == [0, 1]


def test_nothing_found_is_a_curve_without_points() -> None:
    curve = roc([photo((0, 0, 10, 10))], [photo()])
    assert (len(curve.thresholds), curve.at(100)) == (0, (0, 0))


def test_without_faces_there_is_no_rate() -> None:
    curve = roc([photo()], [photo((0, 0, 10, 10, 0.9))])
    assert np.isnan(curve.at(100)).all()
    assert curve.false_positives.tolist() == [1]


def test_folds_are_judged_at_once_and_by_themselves(tmp_path: Path) -> None:
    first, second = LABELS.partition("2002/b")[0], "2002/b" + LABELS.partition("2002/b")[2]
    two = folds(made(tmp_path, first, second))
    assert [(fold.number, len(fold.photos)) for fold in two] == [("01", 1), ("02", 1)]
    assert two[0].folder / two[0].photos[0].name == tmp_path / "originalPics" / "2002" / "a.jpg"
    rates = figures(two, found(tmp_path, DETECTIONS)).rates()
    assert rates["discrete"] == pytest.approx([2 / 3] * 3)
    assert rates["discrete, mean of folds"] == pytest.approx([(1 + 1 / 2) / 2] * 3)
    assert rates["continuous, mean of folds"] == pytest.approx(
        [(WHOLE + (WHOLE + HALF) / 2) / 2] * 3, abs=2e-5
    )


def test_a_single_list_has_no_mean_of_folds(tmp_path: Path) -> None:
    (tmp_path / "ellipseList.txt").write_text(LABELS)
    single = folds(tmp_path)
    assert list(figures(single, found(tmp_path, DETECTIONS)).rates()) == ["discrete", "continuous"]


def test_each_fold_has_its_share_of_the_false_positives(tmp_path: Path) -> None:
    (tmp_path / "ellipseList.txt").write_text(LABELS)
    (fold,) = folds(tmp_path)
    many = MarkedPhoto(
        name="c",
        regions=(Region(box=(0, 0, 5, 5), score=1.0),) * 60 + (Region(box=(40, 40, 60, 60), score=0.5),),
    )
    rates = figures([fold, fold], [many, MarkedPhoto(name="d")] * 2).rates()
    # At 100 false positives in all, 50 in a fold, the hit after 60 of them is out of reach.
    assert rates["discrete, mean of folds"] == pytest.approx([0, 1 / 3, 1 / 3])


def test_a_broken_label_is_named(tmp_path: Path) -> None:
    made(tmp_path, "2002/a\n1\n10 0 1.5 50 50 1\n")
    with pytest.raises(DatasetError, match=r"ellipseList\.txt:3: expected radii above 0"):
        folds(tmp_path)


def test_a_missing_scipy_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    with pytest.raises(SmilecascadeError, match=r"smilecascade\[benchmark\]"):
        roc([photo((0, 0, 10, 10))], [photo((0, 0, 10, 10, 1.0))])


@pytest.mark.data
def test_the_real_labels_find_themselves(dataset, tmp_path: Path) -> None:
    ten = folds(dataset("annotations") / "fddb")
    photos = [photo for fold in ten for photo in fold.photos]
    judged = figures(ten, photos)
    assert (len(ten), len(photos), judged.pooled.faces) == (10, 2845, 5171)
    assert {tuple(rates) for rates in judged.rates().values()} == {(1.0, 1.0, 1.0)}
