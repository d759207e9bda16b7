import numpy as np
import pytest

from smilecascade.datasets.expressions import Tile, Votes
from smilecascade.evaluate.expression import basic_accuracy, calibration_error, figures_of, told, voted
from smilecascade.geometry.boxes import FloatArray
from smilecascade.specs import CascadeSpec, LevelSpec

SPEC = CascadeSpec(levels=(LevelSpec(net="joint-12", window=12, min_score=0.1),))


def sure(*answers: int, likelihood: float = 0.93) -> FloatArray:
    """Probabilities that say these with this likelihood, and all else alike."""
    rows = np.full((len(answers), 8), (1 - likelihood) / 7, np.float32)
    rows[np.arange(len(answers)), list(answers)] = likelihood
    return rows


def tile(votes: Votes | None, split: str = "validation", grey: int = 0) -> Tile:
    pixels = np.full((48, 48, 3), grey, np.uint8)
    return Tile(name="a", pixels=pixels, split=split, votes=votes)  # type: ignore[arg-type]


def test_accuracy_counts_faces_and_mean_recall_counts_expressions() -> None:
    figures = figures_of(sure(0, 0, 0, 1), [0, 0, 0, 3])
    assert figures.accuracy == 0.75
    assert figures.mean_recall == 0.5
    assert figures.confusion[3, 1] == 1
    assert figures.count == 4
    assert np.isnan(figures.recalls[1])


def test_of_no_faces_nothing_is_known() -> None:
    figures = figures_of(sure(), [])
    assert figures.count == 0
    assert np.isnan(figures.accuracy)
    assert np.isnan(figures.mean_recall)
    assert figures.ece == 0


def test_answers_as_often_right_as_they_say_have_no_calibration_error() -> None:
    confidence = np.full(10, 0.7, np.float32)
    right = np.arange(10) < 7
    assert calibration_error(confidence, right) == pytest.approx(0, abs=1e-6)
    assert calibration_error(confidence, ~right) == pytest.approx(0.4)


def test_errors_of_one_bin_do_not_make_up_for_those_of_another() -> None:
    confidence = np.array([0.5, 0.5, 0.9, 0.9], np.float32)
    right = np.array([True, True, True, False])
    assert calibration_error(confidence, right) == pytest.approx((2 * 0.5 + 2 * 0.4) / 4)


def test_contempt_is_no_answer_among_the_seven() -> None:
    says_contempt_then_anger = sure(7)
    says_contempt_then_anger[0, 4] = 0.5
    assert basic_accuracy(says_contempt_then_anger, [0]) == 1
    assert np.isnan(basic_accuracy(sure(), []))


def test_only_rows_that_the_mode_counts_are_measured() -> None:
    agreed, split_votes = Votes(8, 2, 0, 0, 0, 0, 0, 0), Votes(4, 4, 2, 0, 0, 0, 0, 0)
    tiles = [tile(agreed), tile(split_votes), tile(None), tile(agreed, "test")]
    assert voted(tiles, "validation") == [tiles[0]]
    assert voted(tiles, "validation", "top") == tiles[:2]


def test_tiles_are_asked_in_their_order_and_size() -> None:
    def express(faces: np.ndarray, eyes: np.ndarray) -> tuple[FloatArray, ...]:
        assert faces.shape[1:] == (48, 48, 4)
        assert eyes.shape == (2 * len(faces), 24, 24, 4)
        brightness = faces[:, 0, 0, 0].astype(np.float32)
        return np.repeat(brightness[:, None], 8, axis=1), brightness, brightness, eyes[:, 0, 0, :2]

    tiles = [tile(None, grey=grey) for grey in range(70)]
    emotions, smiles = told(express, tiles, SPEC)  # type: ignore[arg-type]
    assert emotions.shape == (70, 8)
    assert smiles.tolist() == list(range(70))
    assert told(express, [], SPEC)[0].shape == (0, 8)  # type: ignore[arg-type]
