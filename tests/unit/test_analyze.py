import copy
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import smilecascade
from smilecascade.analyze import Cascade
from smilecascade.errors import BundleError


@pytest.fixture(scope="module")
def cascade(random_bundle: Path) -> Cascade:
    return smilecascade.load(random_bundle, threads=1)


def noise(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_faces_are_found_best_first(cascade: Cascade) -> None:
    faces = cascade.detect(noise(90, 120))
    assert len(faces) > 1
    scores = [face.score for face in faces]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert all(x1 < x2 and y1 < y2 for x1, y1, x2, y2 in (face.box for face in faces))


def test_the_same_photo_gives_the_same_faces(cascade: Cascade, random_bundle: Path) -> None:
    photo = noise(90, 120)
    assert (
        cascade.detect(photo) == cascade.detect(photo) == smilecascade.load(str(random_bundle)).detect(photo)
    )


def test_eight_threads_find_what_one_finds(cascade: Cascade) -> None:
    photos = [noise(60 + 7 * k, 90 + 11 * k, seed=k) for k in range(8)]
    alone = [cascade.detect(photo) for photo in photos]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(cascade.detect, photos * 4))
    assert together == alone * 4


@pytest.mark.parametrize("shape", [(0, 0, 3), (0, 7, 3), (7, 0, 3), (1, 1, 3), (1, 200, 3)])
def test_photos_of_no_size_have_no_faces(cascade: Cascade, shape: tuple[int, ...]) -> None:
    assert cascade.detect(np.zeros(shape, np.uint8)) == []


def test_no_smaller_square_than_min_face_is_searched(cascade: Cascade) -> None:
    for min_face in (40, 80):
        squares = cascade.trace(noise(150, 200), min_face=min_face)[0].candidates.boxes
        assert (squares[:, 2] - squares[:, 0]).min() == pytest.approx(min_face)


@pytest.mark.parametrize("min_score", [0.0, 0.7, 1.0])
def test_min_score_is_the_least_score(cascade: Cascade, min_score: float) -> None:
    found = cascade.detect(noise(90, 120), min_score=min_score)
    assert all(face.score >= np.float32(min_score) for face in found)
    assert len(cascade.detect(noise(90, 120), min_score=0.0)) >= len(found)


@pytest.mark.parametrize("number", [np.int64(50), np.float32(50), np.uint8(50), Fraction(50), 50.0])
def test_any_real_number_is_a_size(cascade: Cascade, number: float) -> None:
    assert cascade.detect(noise(90, 120), min_face=number) == cascade.detect(noise(90, 120), min_face=50)


@pytest.mark.parametrize(
    "number", [0, 7.99, -40, 10**400, float("nan"), float("inf"), "40", None, True, 1j, [40]]
)
def test_min_face_must_be_a_number_of_pixels(cascade: Cascade, number: object) -> None:
    with pytest.raises(ValueError, match=r"min_face: expected a number of pixels from 8 up, got "):
        cascade.detect(noise(50, 50), min_face=number)  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [-0.01, 1.01, float("nan"), float("-inf"), "0.5", False, [0.5]])
def test_min_score_must_be_a_share(cascade: Cascade, number: object) -> None:
    with pytest.raises(ValueError, match=r"min_score: expected a number from 0 to 1 or None, got "):
        cascade.detect(noise(50, 50), min_score=number)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("image", "error", "message"),
    [
        (np.zeros((9, 9, 3), np.float32), TypeError, "Expected uint8 values 0..255, got float32"),
        (np.full((9, 9, 3), np.nan), TypeError, "with NaN or infinite values"),
        (np.zeros((9, 9, 4), np.uint8), ValueError, r"got \(9, 9, 4\): four channels"),
        (np.zeros((9, 9), np.uint8), ValueError, r"got \(9, 9\): grey"),
        ("photo.jpg", TypeError, "got str: read the photo first"),
        (Image.new("RGB", (9, 9)), TypeError, "a Pillow image of mode RGB: convert it with np.asarray"),
        (None, TypeError, "got NoneType"),
    ],
)
def test_what_is_no_photo_is_refused(
    cascade: Cascade, image: object, error: type[Exception], message: str
) -> None:
    for look in (cascade.detect, cascade.trace):
        with pytest.raises(error, match=message):
            look(image)  # type: ignore[operator]


def test_photos_are_not_changed(cascade: Cascade) -> None:
    photo = noise(90, 120)
    before = photo.copy()
    photo.flags.writeable = False
    cascade.detect(photo)
    np.testing.assert_array_equal(photo, before)


def test_views_give_what_copies_give(cascade: Cascade) -> None:
    view = noise(90, 240)[::-1, ::2]
    assert cascade.detect(view) == cascade.detect(view.copy())


@pytest.mark.parametrize("threads", [0, -1, 1.5, "2", 1025, 10**12])
def test_threads_must_be_a_number_of_cores(random_bundle: Path, threads: object) -> None:
    with pytest.raises(ValueError, match="threads: expected a whole number from 1 to 1024, got "):
        smilecascade.load(random_bundle, threads=threads)  # type: ignore[arg-type]


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are counted in /proc")
def test_a_thousand_threads_are_no_more_than_there_are_cores(random_bundle: Path) -> None:
    program = (
        "import pathlib, sys, smilecascade;"
        "cascade = smilecascade.load(sys.argv[1], threads=1000);"
        "print(len(list(pathlib.Path('/proc/self/task').iterdir())))"
    )
    run = subprocess.run([sys.executable, "-c", program, random_bundle], capture_output=True, text=True)
    assert int(run.stdout) < 4 * (os.cpu_count() or 1) + 20


def test_a_missing_bundle_is_named(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="no bundle there"):
        smilecascade.load(tmp_path / "nowhere")


def test_a_trace_tells_every_step(cascade: Cascade) -> None:
    stages = cascade.trace(noise(90, 120))
    steps = product((1, 2, 3), ("classified", "calibrated", "filtered"))
    assert [(stage.level, stage.step) for stage in stages] == [*steps, (0, "reported"), (0, "aligned")]
    scores = [face.score for face in cascade.detect(noise(90, 120))]
    assert stages[-1].candidates.scores.tolist() == scores


def test_a_trace_of_nothing_is_empty(cascade: Cascade) -> None:
    assert cascade.trace(np.zeros((0, 5, 3), np.uint8)) == []


def test_it_says_what_it_is(cascade: Cascade, random_bundle: Path) -> None:
    assert repr(cascade) == f"Cascade({str(random_bundle)!r}, {cascade.bundle.digest[:12]})"


@pytest.mark.parametrize("copied", [lambda c: pickle.loads(pickle.dumps(c)), copy.copy, copy.deepcopy])
def test_a_copy_finds_the_same(cascade: Cascade, copied: object) -> None:
    again = copied(cascade)  # type: ignore[operator]
    assert again is not cascade
    assert again.bundle == cascade.bundle
    assert again.detect(noise(90, 120)) == cascade.detect(noise(90, 120))


def test_it_pickles_as_a_path(cascade: Cascade) -> None:
    assert len(pickle.dumps(cascade)) < 1000


def test_it_is_unpickled_in_another_folder(
    random_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(random_bundle.parent)
    (tmp_path / "cascade.pickle").write_bytes(pickle.dumps(smilecascade.load("random", threads=1)))
    program = "import pickle; print(pickle.load(open('cascade.pickle', 'rb')).bundle.digest)"
    run = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert (run.stdout.strip(), run.stderr) == (smilecascade.load("random").bundle.digest, "")
