"""Many photos through one ``Cascade``."""

import os
import pickle
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import smilecascade
from smilecascade.analyze import Cascade, Searched, Source
from smilecascade.errors import ImageError
from smilecascade.images import read
from smilecascade.records import Face


@pytest.fixture(scope="module", params=[1, 2])
def cascade(random_bundle: Path, request: pytest.FixtureRequest) -> Cascade:
    return smilecascade.load(random_bundle, threads=request.param)


def noise(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


PHOTOS = [
    noise(*size, seed=seed) for seed, size in enumerate([(90, 120), (60, 40), (1, 1), (0, 9), (70, 200)])
]


def alike(found: list[Face], wanted: list[Face]) -> bool:
    """Whether these are the same faces, in the same order, to the tolerance that is documented."""
    return len(found) == len(wanted) and all(
        first.box == pytest.approx(second.box, abs=1e-3)
        and first.score == pytest.approx(second.score, abs=1e-5)
        and np.array(first.points) == pytest.approx(np.array(second.points), abs=1e-3)
        for first, second in zip(found, wanted, strict=True)
    )


def test_many_photos_have_the_faces_of_each(cascade: Cascade) -> None:
    found = list(cascade.detect_many(iter(PHOTOS * 4), min_face=50, min_score=0.1))
    wanted = [cascade.detect(photo, min_face=50, min_score=0.1) for photo in PHOTOS] * 4
    assert len(found) == len(wanted)
    assert all(map(alike, found, wanted))


def test_no_photos_give_nothing(cascade: Cascade) -> None:
    assert list(cascade.detect_many([])) == list(cascade.detect_each([])) == []


def test_photos_are_taken_when_they_are_needed(cascade: Cascade) -> None:
    taken: list[int] = []

    def photos() -> Iterator[np.ndarray]:
        for number in range(300):
            taken.append(number)
            yield PHOTOS[2]

    found = cascade.detect_many(photos())
    assert taken == []
    next(found)
    assert 1 <= len(taken) <= 2 * 32
    assert len(list(found)) == 299


def test_photos_are_taken_in_the_callers_thread(cascade: Cascade) -> None:
    threads = []
    list(cascade.detect_many(threads.append(threading.get_ident()) or PHOTOS[2] for _ in range(3)))  # type: ignore[func-returns-value,misc]
    assert threads == [threading.get_ident()] * 3


@pytest.mark.parametrize("arguments", [{"min_face": -1}, {"min_face": "40"}, {"min_score": 1.5}])
def test_wrong_arguments_are_refused_at_once(cascade: Cascade, arguments: dict[str, float]) -> None:
    for many in (cascade.detect_many, cascade.detect_each):
        with pytest.raises(ValueError, match=f"{next(iter(arguments))}: expected"):
            many([], **arguments)


def test_what_is_no_photo_is_refused_in_its_place(cascade: Cascade) -> None:
    found = cascade.detect_many([PHOTOS[0], np.zeros((9, 9), np.uint8), PHOTOS[0]])
    assert next(found)
    with pytest.raises(ValueError, match=r"Expected shape \(height, width, 3\), got \(9, 9\)"):
        next(found)
    assert list(found) == []


def broken() -> np.ndarray:
    raise ImageError("photo.jpg: is damaged")


def test_each_source_has_its_photo_or_its_error(cascade: Cascade, astronaut: Path) -> None:
    sources: list[Source] = [partial(read, astronaut), broken, lambda: PHOTOS[3], lambda: "x"]  # type: ignore[list-item,return-value]
    photo, damaged, empty, text = cascade.detect_each(sources, min_face=200)
    assert isinstance(photo, Searched)
    assert (photo.height, photo.width, photo.image) == (*read(astronaut).shape[:2], None)
    assert alike(photo.faces, cascade.detect(read(astronaut), min_face=200))
    assert empty == Searched(height=0, width=9, faces=[])
    assert (type(damaged), str(damaged)) == (ImageError, "photo.jpg: is damaged")
    assert isinstance(text, TypeError)


def test_photos_come_with_their_faces_if_wanted(cascade: Cascade) -> None:
    found = cascade.detect_each((partial(np.asarray, photo) for photo in PHOTOS), keep_images=True)
    assert all(one.image is photo for one, photo in zip(found, PHOTOS, strict=True))  # type: ignore[union-attr]


def test_photos_are_not_changed(cascade: Cascade) -> None:
    photo = noise(90, 120)
    before = photo.copy()
    photo.flags.writeable = False
    list(cascade.detect_many([photo] * 3))
    np.testing.assert_array_equal(photo, before)


def test_threads_share_a_cascade(cascade: Cascade) -> None:
    wanted = [cascade.detect(photo) for photo in PHOTOS]
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: list(cascade.detect_many(PHOTOS * 3)), range(4)))
    assert all(alike(found, faces) for run in runs for found, faces in zip(run, wanted * 3, strict=True))


@pytest.mark.parametrize("copied", [lambda c: c, lambda c: pickle.loads(pickle.dumps(c))])
def test_a_copy_finds_the_same(cascade: Cascade, copied: Callable[[Cascade], Cascade]) -> None:
    found = list(cascade.detect_many(PHOTOS[:2]))
    assert all(map(alike, copied(cascade).detect_many(PHOTOS[:2]), found))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_process_starts_threads_of_its_own(cascade: Cascade) -> None:
    faces = len(next(cascade.detect_many(PHOTOS)))
    child = os.fork()
    if not child:
        found = list(cascade.detect_many(PHOTOS))
        os._exit(7 if len(found[0]) == faces else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
