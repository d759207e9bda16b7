"""The law of the conveyor: batches change no face."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from smilecascade.bundle import open_bundle
from smilecascade.detect.cascade import Detector
from smilecascade.detect.conveyor import Conveyor, Job
from smilecascade.detect.crew import in_order
from smilecascade.images import read
from smilecascade.records import Face

EXAMPLES = Path(__file__).parents[2] / "examples"

#: What ``Cascade.detect_many`` promises: pixels, and probability.
PIXELS, SCORE = 1e-3, 1e-5


@cache
def detector() -> Detector:
    return Detector(open_bundle(), threads=1)


@cache
def cuttings() -> list[Image.Image]:
    """The faces of the examples, with something around them."""
    photos = {name: Image.fromarray(read(EXAMPLES / name)) for name in ("astronaut.jpg", "admiral.jpg")}
    boxes = [
        (photo, face.box)
        for photo in photos.values()
        for face in detector().faces(np.asarray(photo), min_face=40)
    ]
    return [
        photo.crop((2 * x1 - x2, 2 * y1 - y2, 2 * x2 - x1, 2 * y2 - y1)) for photo, (x1, y1, x2, y2) in boxes
    ]


@st.composite
def photos(draw: st.DrawFn) -> np.ndarray:
    """A grey, noisy photo of any size with up to four faces of any size anywhere in it."""
    height, width = draw(st.integers(0, 250)), draw(st.integers(0, 250))
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    canvas = Image.fromarray(generator.integers(100, 130, (height, width, 3), dtype=np.uint8))
    for _ in range(draw(st.integers(0, 4)) if height and width else 0):
        side = draw(st.integers(60, 400))
        face = draw(st.sampled_from(cuttings())).resize((side, side))
        canvas.paste(face, (draw(st.integers(-60, 200)), draw(st.integers(-60, 200))))
    return np.asarray(canvas)


def in_batches_of(sizes: tuple[int, ...]) -> Detector:
    """The same detector with batches of these sizes: of each level, and of the aligner."""
    bundle = open_bundle()
    levels = tuple(replace(level, batch=size) for level, size in zip(bundle.spec.levels, sizes, strict=False))
    spec = replace(bundle.spec, levels=levels, align_batch=sizes[-1])
    return Detector(replace(bundle, spec=spec), threads=1)


def assert_alike(found: list[Face], wanted: list[Face]) -> None:
    assert len(found) == len(wanted)
    for first, second in zip(found, wanted, strict=True):
        assert first.box == pytest.approx(second.box, abs=PIXELS)
        assert first.score == pytest.approx(second.score, abs=SCORE)
        assert np.array(first.points) == pytest.approx(np.array(second.points), abs=PIXELS)


@settings(max_examples=40)
@given(
    st.lists(photos(), max_size=10),
    st.tuples(*[st.integers(1, 9) | st.integers(1, 512)] * 4),
    st.integers(1, 3),
    st.sampled_from([0.02, 0.5, None]),
)
def test_faces_are_those_of_photo_by_photo(
    images: list[np.ndarray], batches: tuple[int, ...], threads: int, min_score: float | None
) -> None:
    conveyor = Conveyor(in_batches_of(batches), min_face=40, min_score=min_score)
    jobs = [Job(source=lambda image=image: image) for image in images]
    found = [job.faces for job in in_order(jobs, conveyor, threads)]
    assert len(found) == len(images)
    for faces, image in zip(found, images, strict=True):
        assert_alike(faces, detector().faces(image, min_face=40, min_score=min_score))


def test_the_photos_have_faces() -> None:
    """Or the law would say little."""
    assert len(cuttings()) >= 2
    for cutting in cuttings():
        assert detector().faces(np.asarray(cutting.convert("RGB").resize((200, 200))), min_face=40)
