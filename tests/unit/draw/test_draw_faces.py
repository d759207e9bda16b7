import numpy as np
import pytest

from smilecascade.draw import draw_faces
from smilecascade.draw.paint import YELLOW
from smilecascade.records import Face

GREY = 128


def plain(height: int, width: int) -> np.ndarray:
    return np.full((height, width, 3), GREY, np.uint8)


def face(*box: float, score: float = 0.9, points: bool = False) -> Face:
    x1, y1, x2, y2 = box
    places = ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8))
    named = tuple((x1 + u * (x2 - x1), y1 + v * (y2 - y1)) for u, v in places) if points else None
    return Face(box=(x1, y1, x2, y2), score=score, points=named)  # type: ignore[arg-type]


def painted(image: np.ndarray) -> np.ndarray:
    return (image != GREY).any(axis=2)


def test_draws_on_a_copy() -> None:
    photo = plain(200, 300)
    photo.flags.writeable = False
    drawn = draw_faces(photo, [face(50, 60, 150, 180)])
    assert (photo == GREY).all()
    assert painted(drawn).any()
    assert drawn.flags.writeable
    assert not np.shares_memory(drawn, photo)


def test_no_faces_give_a_plain_copy() -> None:
    photo = plain(20, 30)
    drawn = draw_faces(photo, [])
    np.testing.assert_array_equal(drawn, photo)
    assert drawn is not photo


def test_the_frame_lies_on_the_edges_and_leaves_the_face_alone() -> None:
    drawn = draw_faces(plain(400, 500), [face(100, 120, 200, 260)], scores=False)
    for y, x in [(190, 100), (190, 199), (120, 150), (259, 150)]:
        np.testing.assert_allclose(drawn[y, x], YELLOW, atol=30)
    assert not painted(drawn)[130:250, 110:190].any()
    outside = painted(drawn)
    outside[115:265, 95:205] = False
    assert not outside.any()


def test_the_frame_is_symmetric() -> None:
    drawn = draw_faces(plain(300, 300), [face(100, 100, 200, 200)], scores=False)
    np.testing.assert_array_equal(drawn, drawn[::-1])
    np.testing.assert_array_equal(drawn, drawn[:, ::-1])
    np.testing.assert_array_equal(drawn, drawn.transpose(1, 0, 2))


def test_edges_are_smooth() -> None:
    drawn = draw_faces(plain(400, 400), [face(100.4, 100.4, 300.7, 300.7)], scores=False)
    assert len(np.unique(drawn[..., 0])) > 20


def test_lines_grow_with_the_photo() -> None:
    def width(scale: int) -> int:
        box = (100 * scale, 100 * scale, 300 * scale, 300 * scale)
        drawn = draw_faces(plain(400 * scale, 400 * scale), [face(*box)], scores=False)
        return int(painted(drawn)[200 * scale, : 200 * scale].sum())

    assert width(1) < width(3) < width(6)


def test_small_faces_keep_fine_lines_in_large_photos() -> None:
    drawn = draw_faces(plain(2000, 2000), [face(500, 500, 530, 530)], scores=False)
    assert not painted(drawn)[507:523, 507:523].any()


def label_rows(drawn: np.ndarray) -> np.ndarray:
    return np.flatnonzero(painted(drawn).any(axis=1))


def test_the_label_lies_above() -> None:
    drawn = draw_faces(plain(400, 400), [face(100, 100, 200, 200)])
    assert label_rows(drawn)[0] < 90
    assert label_rows(drawn)[-1] < 205


def test_the_label_lies_below_where_there_is_no_room_above() -> None:
    drawn = draw_faces(plain(400, 400), [face(100, 2, 200, 100)])
    assert label_rows(drawn)[-1] > 110


def test_the_label_lies_inside_where_there_is_room_nowhere_else() -> None:
    without = draw_faces(plain(200, 200), [face(0, 0, 200, 200)], scores=False)
    drawn = draw_faces(plain(200, 200), [face(0, 0, 200, 200)])
    rows, columns = np.nonzero((drawn != without).any(axis=2))
    assert rows.max() < 40
    assert columns.max() < 60


def test_the_label_names_the_score() -> None:
    def drawn(score: float) -> np.ndarray:
        return draw_faces(plain(200, 200), [face(50, 50, 150, 150, score=score)])

    np.testing.assert_array_equal(drawn(0.90), drawn(0.901))
    assert (drawn(0.90) != drawn(0.91)).any()


def test_text_is_dark_on_light() -> None:
    drawn = draw_faces(plain(200, 300), [face(50, 60, 150, 180)])
    assert drawn[30:60, 50:90].min() < 60
    assert (drawn[30:60, 50:90] == YELLOW).all(axis=2).sum() > 50


def test_points_are_dots_where_they_are() -> None:
    with_points = face(100, 100, 300, 300, points=True)
    drawn = draw_faces(plain(400, 400), [with_points], scores=False)
    assert with_points.points is not None
    for x, y in with_points.points:
        np.testing.assert_array_equal(drawn[int(y), int(x)], YELLOW)
    assert 5 * 9 < painted(drawn)[115:285, 115:285].sum() < 5 * 400


def test_the_surest_face_lies_on_top_whatever_the_order() -> None:
    faces = [face(50, 50, 150, 150, score=0.9), face(60, 60, 160, 160, score=0.5)]
    there, back = draw_faces(plain(200, 200), faces), draw_faces(plain(200, 200), faces[::-1])
    np.testing.assert_array_equal(there, back)


def test_colour() -> None:
    drawn = draw_faces(plain(600, 600), [face(50, 50, 350, 350)], scores=False, colour=(0, 255, 0))
    np.testing.assert_allclose(drawn[200, 50], (0, 255, 0), atol=30)


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (3, 2), (0, 0), (0, 5), (5, 0)])
def test_photos_of_any_size(shape: tuple[int, int]) -> None:
    faces = [face(0, 0, 1, 1, points=True), face(-9, -9, 50, 50, points=True), face(3, 3, 3, 3)]
    assert draw_faces(plain(*shape), faces).shape == (*shape, 3)


@pytest.mark.parametrize(
    "box", [(-50, -50, -10, -10), (500, 500, 600, 600), (-1e7, -1e7, 1e7, 1e7), (20, 20, 10, 10)]
)
def test_boxes_anywhere(box: tuple[float, float, float, float]) -> None:
    assert draw_faces(plain(60, 80), [face(*box)]).shape == (60, 80, 3)


def test_wrong_image() -> None:
    with pytest.raises(TypeError, match="Expected uint8"):
        draw_faces(np.zeros((2, 2, 3)), [])  # type: ignore[arg-type]
