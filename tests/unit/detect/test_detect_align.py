from collections.abc import Callable

import numpy as np
import pytest

from smilecascade.bundle import Align
from smilecascade.detect.align import Aligner
from smilecascade.geometry.calibration import displaced
from smilecascade.mipmaps import Mipmaps
from smilecascade.records import Candidates

MakeAlign = Callable[..., Align]

BATCH = 8
WHITE = [18, 14, 42, 38]
DISPLACEMENT = (0.1, -0.17, 0.2)


def faces(*boxes: list[float]) -> Candidates:
    """Faces whose scores and scales differ."""
    count = len(boxes)
    return Candidates(
        boxes=np.array(boxes, np.float32).reshape(-1, 4),
        scores=np.linspace(1, 0.5, count, dtype=np.float32),
        scales=np.arange(count, dtype=np.int32),
    )


def test_a_face_moves_as_the_net_says(make_align: MakeAlign, bright: np.ndarray) -> None:
    aligner = Aligner(align=make_align(displacement=DISPLACEMENT), window=12, batch=64)
    moved = aligner.aligned(Mipmaps(bright), faces(WHITE)).boxes
    assert moved.dtype == np.float32
    np.testing.assert_allclose(displaced(moved, np.float32([DISPLACEMENT])), [WHITE], atol=1e-4)


def test_points_lie_in_the_window_that_the_net_saw(make_align: MakeAlign, bright: np.ndarray) -> None:
    points = np.array([(-0.2, -0.1), (0.2, -0.1), (0.0, 0.1), (-0.15, 0.3), (0.15, 0.3)])
    aligner = Aligner(align=make_align(displacement=DISPLACEMENT, points=points), window=12, batch=64)
    named = aligner.aligned(Mipmaps(bright), faces(WHITE)).points
    assert named is not None
    assert named.dtype == np.float32
    np.testing.assert_allclose(named, [points * 24 + (30, 26)], atol=1e-5)


def test_faces_keep_their_scores_scales_and_order(make_align: MakeAlign, bright: np.ndarray) -> None:
    found = faces(WHITE, [54, 0, 78, 24], [18, 2, 42, 26])
    aligned = Aligner(align=make_align(displacement=(0.1, 0, 0)), window=12, batch=64).aligned(
        Mipmaps(bright), found
    )
    np.testing.assert_array_equal(aligned.scores, found.scores)
    np.testing.assert_array_equal(aligned.scales, found.scales)
    shifts = (found.boxes - aligned.boxes)[:, 0]
    assert shifts.tolist() == pytest.approx([2.4, 0, 1.2], abs=0.01)  # white, black, half of each


def test_the_net_is_asked_for_crops_of_its_size(make_align: MakeAlign, bright: np.ndarray) -> None:
    align = make_align()
    Aligner(align=align, window=20, batch=64).aligned(Mipmaps(bright), faces(WHITE, [0, 0, 20, 20]))
    assert align.asked == [(2, 20, 20, 4)]  # type: ignore[attr-defined]


def test_many_faces_are_looked_at_batch_by_batch(make_align: MakeAlign, bright: np.ndarray) -> None:
    align = make_align(displacement=(0.17, 0, 0), points=np.full((5, 2), 0.5))
    aligner, photo = Aligner(align=align, window=12, batch=BATCH), Mipmaps(bright)
    found = faces(*([x, 14, x + 24, 38] for x in np.linspace(0, 60, 2 * BATCH + 3).tolist()))
    together = aligner.aligned(photo, found)
    assert [shape[0] for shape in align.asked] == [BATCH, BATCH, 3]  # type: ignore[attr-defined]
    alone = [aligner.aligned(photo, found[row : row + 1]) for row in range(len(found))]
    np.testing.assert_array_equal(together.boxes, np.concatenate([one.boxes for one in alone]))
    np.testing.assert_array_equal(together.points, np.concatenate([one.points for one in alone]))  # type: ignore[arg-type,misc]


def test_no_faces_are_a_value_and_ask_nothing(make_align: MakeAlign, bright: np.ndarray) -> None:
    align = make_align()
    aligned = Aligner(align=align, window=12, batch=64).aligned(Mipmaps(bright), Candidates.empty())
    assert aligned.boxes.shape == (0, 4)
    assert aligned.points is not None
    assert aligned.points.shape == (0, 5, 2)
    assert align.asked == []  # type: ignore[attr-defined]


def test_what_was_found_stays_as_it_is(make_align: MakeAlign, bright: np.ndarray) -> None:
    found = faces(WHITE)
    found.boxes.flags.writeable = False
    Aligner(align=make_align(displacement=DISPLACEMENT), window=12, batch=64).aligned(Mipmaps(bright), found)
    assert found.boxes.tolist() == [WHITE]
    assert found.points is None
