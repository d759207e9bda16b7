from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from smilecascade.datasets.framing import in_five_points_style
from smilecascade.errors import SpecError
from smilecascade.records import AnnotatedPhoto, FaceLabel, Landmarks
from smilecascade.train import crops, shards
from smilecascade.train.crops import POINTS, STORED, cut, read, store

MakeLabel = Callable[..., FaceLabel]
MakePhoto = Callable[..., AnnotatedPhoto]


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def named(*photos: AnnotatedPhoto) -> list[tuple[str, AnnotatedPhoto]]:
    return [("lfw_150px", photo) for photo in photos]


def no_photos() -> Iterator[tuple[str, AnnotatedPhoto]]:
    """Photos that must not be asked for."""
    raise AssertionError("the crops are stored already")
    yield


def test_a_cut_of_its_own_size_is_the_photo_itself() -> None:
    photo = noise(40, 60)
    np.testing.assert_array_equal(cut(photo, (10, 5, 34, 29), 24), photo[5:29, 10:34])


@pytest.mark.parametrize("place", [(-10, 0), (0, -10), (45, 30), (-100, -100)])
def test_beyond_the_photo_its_edge_pixels_repeat(place: tuple[int, int]) -> None:
    photo, (x, y) = noise(40, 60), place
    rows, columns = np.clip(np.arange(y, y + 24), 0, 39), np.clip(np.arange(x, x + 24), 0, 59)
    np.testing.assert_array_equal(cut(photo, (x, y, x + 24, y + 24), 24), photo[rows[:, None], columns])


def test_a_shrunk_cut_is_smoothed() -> None:
    photo = noise(96, 96)
    means = photo.reshape(24, 4, 24, 4, 3).mean(axis=(1, 3))
    small = cut(photo, (0, 0, 96, 96), 24)
    assert np.abs(small - means).mean() < 10
    assert small.std() < photo.std() / 2


def test_a_cut_may_lie_between_pixels() -> None:
    ramp = np.broadcast_to(np.arange(0, 240, 4, dtype=np.uint8)[None, :, None], (40, 60, 3))
    whole, half = cut(ramp, (10, 5, 34, 29), 24), cut(ramp, (10.5, 5, 34.5, 29), 24)
    np.testing.assert_array_equal(half[:, :, 0].astype(int) - whole[:, :, 0], 2)


def test_the_face_fills_the_middle_of_its_crop(
    label: MakeLabel, make_photo: MakePhoto, tmp_path: Path
) -> None:
    image = np.zeros((150, 200, 3), np.uint8)
    image[40:72, 80:112] = 255
    stored = store(named(make_photo(image, label(80, 40, 112, 72))), tmp_path / "faces", {})
    assert stored.pixels.shape == (1, STORED, STORED, 3)
    face = np.zeros((STORED, STORED), bool)
    face[STORED // 4 : 3 * STORED // 4, STORED // 4 : 3 * STORED // 4] = True
    bright = stored.pixels[:][0, :, :, 0] > 127
    np.testing.assert_array_equal(bright, face)
    assert stored.side.tolist() == [32]
    assert stored.sets.tolist() == ["lfw_150px"]


def test_true_faces_of_some_size_are_stored(label: MakeLabel, make_photo: MakePhoto, tmp_path: Path) -> None:
    photo = make_photo(
        noise(300, 900),
        label(100, 100, 130, 130),
        label(200, 100, 231, 131, role="unlabelled"),
        label(300, 100, 332, 132, role="ignore"),
        label(400, 100, 433, 133, role="doubtful"),
        label(500, 100, 509, 109),
        label(600, 100, 610, 110),
    )
    stored = store(named(photo), tmp_path / "faces", {})
    assert stored.side.tolist() == [30, 31, 10]
    assert len(stored) == 3


def test_a_face_is_alone_where_nothing_reaches_into_its_crop(
    label: MakeLabel, make_photo: MakePhoto, tmp_path: Path
) -> None:
    photo = make_photo(
        noise(400, 900),
        label(100, 100, 140, 140),  # its crop ends at 160
        label(161, 100, 201, 140),  # its crop begins at 141
        label(400, 100, 440, 140),
        label(459, 100, 469, 110, role="doubtful"),
        label(600, 100, 640, 140),
        label(600, 159, 620, 179, role="ignore"),
    )
    assert store(named(photo), tmp_path / "faces", {}).alone.tolist() == [True, True, False, False]


def test_photos_that_cannot_be_read_are_passed_over_and_counted(
    label: MakeLabel, make_photo: MakePhoto, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good, broken = make_photo(noise(90, 90), label(20, 20, 60, 60)), tmp_path / "broken.jpg"
    broken.write_bytes(b"not a photo")
    photos = [
        AnnotatedPhoto(path=broken, name="broken.jpg", faces=good.faces),
        AnnotatedPhoto(path=tmp_path / "missing.jpg", name="missing.jpg", faces=good.faces),
        good,
    ]
    assert len(store(named(*photos), tmp_path / "faces", {})) == 1
    (message,) = caplog.messages
    assert message.startswith(f"2 photos could not be read, the first: {broken}: is not a photo")


def test_only_photos_that_were_wanted_count_as_unreadable(
    label: MakeLabel, make_photo: MakePhoto, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good = make_photo(noise(90, 90), label(20, 20, 60, 60))
    without_faces = AnnotatedPhoto(path=tmp_path / "missing.jpg", name="missing.jpg")
    assert len(store(named(good, without_faces), tmp_path / "faces", {})) == 1
    assert caplog.messages == []


def test_points_are_stored_from_the_centre_in_sides_of_the_square(
    label: MakeLabel, make_photo: MakePhoto, tmp_path: Path
) -> None:
    corners = {"left_mouth": (92.5, 66), "right_mouth": (0, 0)}
    points = Landmarks(left_eye=(90, 50), right_eye=(110.5, 50), nose=(96, 60), **corners)
    photo = make_photo(noise(150, 200), label(80, 40, 112, 72, points=points), label(10, 90, 50, 130))
    stored = store(named(photo), tmp_path / "faces", {})
    assert stored.points.shape == (2, 6, 2)
    assert stored.points.dtype == np.float32
    wanted = dict.fromkeys(POINTS, (np.nan, np.nan))
    wanted |= {"left_eye": (-6, -6), "right_eye": (14.5, -6), "nose": (0, 4)}
    wanted |= {"left_mouth": (-3.5, 10), "right_mouth": (-96, -56)}
    np.testing.assert_allclose(stored.points[0] * 32, list(wanted.values()), atol=2e-3)
    assert np.isnan(stored.points[1]).all()


def test_points_are_stored_as_sets_of_five_points_mark_them(
    label: MakeLabel, make_photo: MakePhoto, tmp_path: Path
) -> None:
    points = Landmarks(left_eye=(86, 50), right_eye=(106, 50), nose=(96, 60), mouth=(96, 70))
    photo = make_photo(noise(150, 200), label(80, 40, 112, 72, points=points))
    centre = (96, 56)
    nose, mouth = store(named(photo), tmp_path / "faces", {}).points[0, [2, 5]] * 32 + centre
    usual = in_five_points_style(points)
    assert usual.nose is not None
    assert usual.mouth is not None
    np.testing.assert_allclose([nose, mouth], [usual.nose, usual.mouth], atol=2e-3)
    assert nose[1] < 60


def test_crops_of_other_inputs_are_refused(label: MakeLabel, make_photo: MakePhoto, tmp_path: Path) -> None:
    store(named(make_photo(noise(90, 90), label(20, 20, 60, 60))), tmp_path / "faces", {"photos": "6f1c"})
    with pytest.raises(SpecError, match=r"faces.128: was made with photos '6f1c', now it is '0b7e'"):
        store(no_photos(), tmp_path / "faces", {"photos": "0b7e"})


def test_crops_are_stored_once(label: MakeLabel, make_photo: MakePhoto, tmp_path: Path) -> None:
    first = store(named(make_photo(noise(90, 90), label(20, 20, 60, 60))), tmp_path / "faces", {})
    again = store(no_photos(), tmp_path / "faces", {})
    np.testing.assert_array_equal(again.pixels[:], first.pixels[:])
    for column in ("sets", "side", "alone", "points"):
        np.testing.assert_array_equal(getattr(again, column), getattr(first, column))


def test_the_crops_of_a_folder_are_read(label: MakeLabel, make_photo: MakePhoto, tmp_path: Path) -> None:
    photos = named(make_photo(noise(150, 200), label(20, 20, 60, 60), label(80, 40, 112, 72)))
    stored, found = store(photos, tmp_path / "faces", {}), read(tmp_path / "faces")
    np.testing.assert_array_equal(found.pixels[:], stored.pixels[:])
    assert found.side.tolist() == stored.side.tolist() == [40, 32]


@pytest.mark.parametrize(("module", "killed_in"), [(crops, "cut"), (shards, "note_inputs")])
def test_a_storing_that_was_killed_begins_anew(
    label: MakeLabel,
    make_photo: MakePhoto,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    killed_in: str,
) -> None:
    photo = make_photo(noise(90, 90), label(20, 20, 60, 60))

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, killed_in, killed)
        with pytest.raises(KeyboardInterrupt):
            store(named(photo), tmp_path / "faces", {})
    stored = store(named(photo), tmp_path / "faces", {})
    np.testing.assert_array_equal(stored.pixels[:][0], cut(noise(90, 90), (0, 0, 80, 80), STORED))
    assert sorted(path.name for path in (tmp_path / "faces").rglob("*.*")) == [
        "00000.npy",
        "faces.csv",
        "index.json",
    ]


def test_no_faces_are_a_value(make_photo: MakePhoto, tmp_path: Path) -> None:
    stored = store(named(make_photo(noise(9, 9))), tmp_path / "faces", {})
    assert len(stored) == 0
    assert stored.pixels.shape == (0, STORED, STORED, 3)
    assert stored.sets.shape == stored.side.shape == stored.alone.shape == (0,)
    assert stored.points.shape == (0, 6, 2)
