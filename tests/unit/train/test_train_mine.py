from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from smilecascade.detect.level import Watcher
from smilecascade.errors import SpecError
from smilecascade.mipmaps import BEYOND, Mipmaps
from smilecascade.records import AnnotatedPhoto, Candidates, FaceLabel
from smilecascade.train.mine import clear_of_faces, mined_windows, random_windows, store

MakeLabel = Callable[..., FaceLabel]
MakePhoto = Callable[..., AnnotatedPhoto]


class FakeDetector:
    """Keeps the same windows in every photo, and remembers what it was asked."""

    def __init__(self, boxes: np.ndarray) -> None:
        self.boxes = boxes
        self.asked: list[tuple[float, float | None]] = []

    def survivors(
        self, photo: Mipmaps, *, min_face: float, min_score: float | None = None, watch: Watcher | None = None
    ) -> Candidates:
        self.asked.append((min_face, min_score))
        count = len(self.boxes)
        return Candidates(
            boxes=self.boxes, scores=np.ones(count, np.float32), scales=np.zeros(count, np.int32)
        )


def squares(*rows: tuple[float, float, float]) -> np.ndarray:
    return np.array([(x, y, x + side, y + side) for x, y, side in rows], np.float32).reshape(-1, 4)


def photo_of(*faces: FaceLabel) -> AnnotatedPhoto:
    return AnnotatedPhoto(path=Path("a.jpg"), name="a.jpg", faces=faces)


def noise(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def mined(photo: AnnotatedPhoto, detector: FakeDetector, seed: int = 1, **changes: float) -> list[np.ndarray]:
    terms = {"per_photo": 10, "min_face": 18, "min_score": 0.5, **changes}
    return list(mined_windows([photo], detector, 24, seed=seed, **terms))  # type: ignore[arg-type]


def test_a_window_away_from_the_face_is_clear(label: MakeLabel) -> None:
    found = clear_of_faces(squares((200, 0, 40), (0, 0, 40)), photo_of(label(0, 0, 40, 40)))
    assert found.tolist() == [True, False]


@pytest.mark.parametrize(
    ("window", "clear"),
    [
        ((0, 0, 100), False),
        ((53, 0, 100), False),  # 47 of 153: IoU .307
        ((55, 0, 100), True),  # 45 of 155: .290
        ((0, 0, 54), True),  # a part of the face: .292
        ((0, 0, 56), False),  # .314
        ((-50, -50, 200), True),  # the face is a quarter of it
    ],
)
def test_parts_of_a_face_are_clear_of_it(
    label: MakeLabel, window: tuple[float, float, float], clear: bool
) -> None:
    assert clear_of_faces(squares(window), photo_of(label(0, 0, 100, 100))).tolist() == [clear]


@pytest.mark.parametrize("role", ["ignore", "unlabelled", "doubtful"])
@pytest.mark.parametrize(
    ("window", "clear"),
    [
        ((0, 0, 20), False),  # within the place
        ((-500, -500, 1000), False),  # around it
        ((84, 0, 100), False),  # 16% of it
        ((86, 0, 100), True),  # 14%
        ((96, 40, 20), False),  # 20% of the window
    ],
)
def test_nothing_may_reach_into_a_doubtful_place(
    label: MakeLabel, role: str, window: tuple[float, float, float], clear: bool
) -> None:
    assert clear_of_faces(squares(window), photo_of(label(0, 0, 100, 100, role=role))).tolist() == [clear]


def test_without_faces_all_is_clear() -> None:
    assert clear_of_faces(squares((0, 0, 9), (5, 5, 9)), photo_of()).tolist() == [True, True]


def test_no_windows_are_a_value(label: MakeLabel) -> None:
    for photo in (photo_of(), photo_of(label(0, 0, 9, 9), label(0, 0, 9, 9, role="ignore"))):
        found = clear_of_faces(squares(), photo)
        assert found.shape == (0,)
        assert found.dtype == bool


def test_random_windows_come_from_the_seed(make_photo: MakePhoto) -> None:
    photo = make_photo(noise(100, 140))
    first, same, other = (next(random_windows([photo], 12, 60, seed)) for seed in (1, 1, 2))
    assert first.shape == (60, 12, 12, 3)
    assert first.dtype == np.uint8
    np.testing.assert_array_equal(first, same)
    assert not np.array_equal(first, other)


def test_random_windows_keep_away_from_faces(label: MakeLabel, make_photo: MakePhoto) -> None:
    image = np.zeros((100, 140, 3), np.uint8)
    image[30:70, 30:70] = 255
    photo = make_photo(image, label(30, 30, 70, 70, role="doubtful"))
    (windows,) = random_windows([photo], 12, 600, 1)
    assert 0 < len(windows) < 600
    assert (windows > BEYOND).mean(axis=(1, 2, 3)).max() < 0.16


@pytest.mark.parametrize(("height", "width"), [(1, 1), (3, 400), (20, 20)])
def test_tiny_photos_give_windows_too(make_photo: MakePhoto, height: int, width: int) -> None:
    (windows,) = random_windows([make_photo(noise(height, width))], 12, 60, 1)
    assert windows.shape == (60, 12, 12, 3)


def test_photos_with_unknown_faces_are_passed_over(make_photo: MakePhoto) -> None:
    photo = make_photo(noise(100, 140), complete=False)
    assert list(random_windows([photo], 12, 60, 1)) == []
    assert mined(photo, FakeDetector(squares((0, 0, 24)))) == []


def test_photos_that_cannot_be_read_are_passed_over_and_counted(
    make_photo: MakePhoto, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = AnnotatedPhoto(path=tmp_path / "missing.jpg", name="missing.jpg")
    assert len(list(random_windows([broken, make_photo(noise(100, 140))], 12, 60, 1))) == 1
    (message,) = caplog.messages
    assert message.startswith(f"1 photo could not be read, the first: {broken.path}: there is no such file")


def test_what_is_kept_by_mistake_is_mined(label: MakeLabel, make_photo: MakePhoto) -> None:
    image = noise(100, 140)
    detector = FakeDetector(squares((60, 10, 24), (0, 0, 24), (90, 40, 24)))
    (windows,) = mined(make_photo(image, label(0, 0, 24, 24)), detector)
    expected = {image[10:34, 60:84].tobytes(), image[40:64, 90:114].tobytes()}
    assert {window.tobytes() for window in windows} == expected
    assert detector.asked == [(18, 0.5)]


def test_of_many_mistakes_a_random_choice_is_mined(make_photo: MakePhoto) -> None:
    detector = FakeDetector(squares(*((float(x), 0.0, 24.0) for x in range(100))))
    photo = make_photo(noise(100, 140))
    first, same, other = (mined(photo, detector, seed=seed)[0] for seed in (1, 1, 2))
    assert first.shape == (10, 24, 24, 3)
    np.testing.assert_array_equal(first, same)
    assert not np.array_equal(first, other)


def test_a_photo_without_mistakes_gives_none(make_photo: MakePhoto) -> None:
    (windows,) = mined(make_photo(noise(100, 140)), FakeDetector(squares()))
    assert windows.shape == (0, 24, 24, 3)


def test_windows_are_stored_once(tmp_path: Path) -> None:
    parts = [noise(12, 12)[None], np.zeros((0, 12, 12, 3), np.uint8), np.stack([noise(12, 12, 1)] * 2)]
    stored = store(iter(parts), 12, tmp_path / "level1" / "negatives", {})
    np.testing.assert_array_equal(stored[:], np.concatenate(parts))

    def never() -> object:
        raise AssertionError("the windows are stored already")
        yield

    again = store(never(), 12, tmp_path / "level1" / "negatives", {})  # type: ignore[arg-type]
    np.testing.assert_array_equal(again[:], stored[:])


@pytest.mark.parametrize(
    ("window", "seed", "message"),
    [(12, 2, "was made with seed 1, now it is 2"), (24, 1, "was made with window 12, now it is 24")],
)
def test_windows_of_other_inputs_are_refused(tmp_path: Path, window: int, seed: int, message: str) -> None:
    store([noise(12, 12)[None]], 12, tmp_path / "negatives", {"seed": 1})
    with pytest.raises(SpecError, match=f"negatives: {message}"):
        store([], window, tmp_path / "negatives", {"seed": seed})
