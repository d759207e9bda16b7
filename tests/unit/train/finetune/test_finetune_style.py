from collections.abc import Callable

import numpy as np
import pytest

from smilecascade.datasets.framing import Framing
from smilecascade.geometry.boxes import squares_about
from smilecascade.records import AnnotatedPhoto, Candidates, FaceLabel
from smilecascade.train.finetune.style import LEAST_PAIRS, canonical, style_of

Label, MakePhoto = Callable[..., FaceLabel], Callable[..., AnnotatedPhoto]

#: A detector sees a face of 40 px here.
SEEN = squares_about(np.array([[50.0, 60.0]]), np.array([40.0]))


class Seeing:
    """A detector that sees the same windows in every photo."""

    def __init__(self, count: int = 1) -> None:
        self.count = count

    def windows(self, image: np.ndarray, *, min_face: float) -> Candidates:
        return Candidates(
            boxes=SEEN[: self.count],
            scores=np.ones(self.count, np.float32),
            scales=np.zeros(self.count, np.int32),
        )


@pytest.fixture
def photos(label: Label, make_photo: MakePhoto) -> list[AnnotatedPhoto]:
    """Enough photos of the face, labelled 10% too large and 4 px too high, and beside it another one."""
    image = np.zeros((120, 100, 3), np.uint8)
    faces = label(28, 34, 72, 78), label(0, 90, 20, 110), label(30, 40, 70, 80, role="ignore")
    return [make_photo(image, *faces, name=f"{k}.png") for k in range(LEAST_PAIRS)]


def test_labels_are_brought_to_where_the_detector_sees_the_faces(photos: list[AnnotatedPhoto]) -> None:
    style = style_of(photos, Seeing())
    assert style.pairs == len(photos)
    seen, other, ignored = canonical(photos, style.framing)[0].faces
    assert seen.square == pytest.approx(SEEN[0])
    assert other.side == ignored.side / 2 == pytest.approx(20 * 40 / 44)


@pytest.mark.parametrize("count", [0, 1])
def test_few_pairs_change_nothing(photos: list[AnnotatedPhoto], count: int) -> None:
    style = style_of(photos[: LEAST_PAIRS - 1], Seeing(count))
    assert (style.framing, style.pairs) == (Framing(), count * (LEAST_PAIRS - 1))


def test_no_photos_have_no_style() -> None:
    style = style_of([], Seeing())
    assert (style.framing, style.pairs) == (Framing(), 0)


def test_a_framing_moves_every_square(photos: list[AnnotatedPhoto]) -> None:
    (done,) = canonical(photos[:1], Framing(down=0.5, scale=0.5))
    assert [photo.name for photo in canonical(photos, Framing())] == [photo.name for photo in photos]
    assert done.faces[1].square == pytest.approx((5, 105, 15, 115))
    assert photos[0].faces[1].square == (0, 90, 20, 110)
