from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import numpy as np
import pytest

from smilecascade.records import AnnotatedPhoto, Candidates, Face, FaceLabel, Landmarks, OriginalLabel

BOX = OriginalLabel(kind="box", values=(0, 0, 1, 1))


def three() -> Candidates:
    return Candidates(
        boxes=np.array([[0, 0, 2, 2], [1, 1, 3, 3], [4, 4, 8, 8]], np.float32),
        scores=np.array([0.1, 0.9, 0.5], np.float32),
        scales=np.array([0, 0, 2], np.int32),
    )


def with_points() -> Candidates:
    return replace(three(), points=np.arange(30, dtype=np.float32).reshape(3, 5, 2))


def label(*square: float, role: str = "face") -> FaceLabel:
    return FaceLabel(square=square, original=BOX, role=role)  # type: ignore[arg-type]


def test_no_windows_are_a_value() -> None:
    empty = Candidates.empty()
    assert len(empty) == 0
    assert len(empty[np.zeros(0, bool)]) == 0


def test_empty_columns_have_the_types_of_full_ones() -> None:
    empty, full = Candidates.empty(), three()
    for name in ("boxes", "scores", "scales"):
        assert getattr(empty, name).dtype == getattr(full, name).dtype


@pytest.mark.parametrize("rows", [np.array([False, True, True]), np.array([1, 2]), slice(1, None)])
def test_rows_are_picked_by_mask_index_or_slice(rows: object) -> None:
    picked = three()[rows]  # type: ignore[index]
    np.testing.assert_array_equal(picked.boxes, three().boxes[1:])
    np.testing.assert_array_equal(picked.scores, three().scores[1:])
    np.testing.assert_array_equal(picked.scales, three().scales[1:])


@pytest.mark.parametrize("rows", [np.array([False, True, True]), np.array([1, 2]), slice(1, None)])
def test_points_go_with_their_rows(rows: object) -> None:
    picked = with_points()[rows].points  # type: ignore[index]
    np.testing.assert_array_equal(picked, np.arange(10, 30).reshape(2, 5, 2))


def test_points_are_there_only_where_they_were_named() -> None:
    assert three().points is None
    assert three()[1:].points is None
    assert Candidates.empty().points is None


def test_rows_come_in_the_order_asked_for() -> None:
    np.testing.assert_array_equal(three()[np.array([2, 0])].scales, [2, 0])


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("boxes", np.zeros((3, 5), np.float32), r"boxes: expected shape \(N, 4\), got \(3, 5\)"),
        ("boxes", np.zeros(4, np.float32), r"boxes: expected shape \(N, 4\), got \(4,\)"),
        ("scores", np.zeros(2, np.float32), r"scores: expected shape \(3,\), got \(2,\)"),
        ("scales", np.zeros((3, 1), np.int32), r"scales: expected shape \(3,\), got \(3, 1\)"),
        ("points", np.zeros((2, 5, 2), np.float32), r"points: expected shape \(3, 5, 2\), got \(2, 5, 2\)"),
        ("points", np.zeros((3, 10), np.float32), r"points: expected shape \(3, 5, 2\), got \(3, 10\)"),
    ],
)
def test_columns_of_other_shapes_are_refused(column: str, value: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(three(), **{column: value})


def test_records_are_frozen() -> None:
    face = Face(box=(0, 0, 1, 1), score=0.5)
    with pytest.raises(FrozenInstanceError):
        face.score = 1.0  # type: ignore[misc]
    assert face.points is None


def test_landmarks_give_the_canonical_square() -> None:
    points = Landmarks(left_eye=(40, 50), right_eye=(60, 50), mouth=(50, 70))
    # d = 20, side 47, centre: the midpoint (50, 60), moved up by 4.
    assert points.square() == pytest.approx((26.5, 32.5, 73.5, 79.5))


def test_two_corners_stand_for_the_mouth() -> None:
    corners = Landmarks(left_eye=(40, 50), right_eye=(60, 50), left_mouth=(42, 68), right_mouth=(58, 72))
    assert corners.square() == Landmarks(left_eye=(40, 50), right_eye=(60, 50), mouth=(50, 70)).square()


@pytest.mark.parametrize("missing", ["left_eye", "right_eye", "left_mouth", "right_mouth"])
def test_a_missing_point_gives_no_square(missing: str) -> None:
    points = {"left_eye": (4, 5), "right_eye": (6, 5), "left_mouth": (4, 7), "right_mouth": (6, 7)}
    del points[missing]
    assert Landmarks(**points).square() is None  # type: ignore[arg-type]


def test_a_point_at_zero_is_a_point() -> None:
    assert Landmarks(left_eye=(0, 0), right_eye=(2, 0), mouth=(1, 3)).square() is not None


@pytest.mark.parametrize(
    "square", [(0, 0, 0, 1), (2, 0, 1, 1), (0, 1, 1, 1), (0, 0, float("nan"), 1), (0, 0, float("inf"), 1)]
)
def test_a_label_without_a_square_is_refused(square: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="square: expected x1 < x2 and y1 < y2, got"):
        label(*square)


def test_a_label_knows_its_side() -> None:
    assert label(10, 20, 34, 44).side == 24


def test_squares_are_chosen_by_role() -> None:
    faces = (label(0, 0, 1, 1), label(0, 0, 2, 2, role="ignore"), label(0, 0, 3, 3, role="doubtful"))
    photo = AnnotatedPhoto(path=Path("a.jpg"), name="a.jpg", faces=faces)
    assert photo.squares()[:, 2].tolist() == [1, 2, 3]
    assert photo.squares("face")[:, 2].tolist() == [1]
    assert photo.squares("doubtful", "ignore")[:, 2].tolist() == [2, 3]


def test_a_photo_without_faces_has_zero_squares() -> None:
    photo = AnnotatedPhoto(path=Path("a.jpg"), name="a.jpg")
    for squares in (photo.squares(), photo.squares("face")):
        assert squares.shape == (0, 4)
        assert squares.dtype == np.float32


UPRIGHT = ((-10.0, -10.0), (10.0, -10.0), (0.0, 0.0), (-8.0, 10.0), (8.0, 10.0))


def leaning(degrees: float, points: tuple[tuple[float, float], ...] = UPRIGHT) -> Face:
    """A face whose points are turned clockwise, as one sees the photo."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turned = tuple((x * cos - y * sin + 50, x * sin + y * cos + 50) for x, y in points)
    return Face(box=(0, 0, 100, 100), score=1.0, points=turned)  # type: ignore[arg-type]


@pytest.mark.parametrize("degrees", [0, 30, -75, 90, 170])
def test_the_roll_of_a_head_is_told_from_its_points(degrees: float) -> None:
    assert leaning(degrees).roll == pytest.approx(degrees)


def test_a_head_turned_sideways_leans_no_more_for_it() -> None:
    """Eyes and mouth corners fall together; the line from eyes to mouth still tells."""
    profile = ((-1.0, -10.0), (1.0, -10.0), (-6.0, 0.0), (-2.0, 10.0), (-1.0, 10.0))
    assert leaning(20, profile).roll == pytest.approx(20, abs=6)


def test_without_points_no_roll_is_known() -> None:
    assert Face(box=(0, 0, 1, 1), score=1.0).roll is None
