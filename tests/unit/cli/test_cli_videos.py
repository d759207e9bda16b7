"""Videos looked through by a cascade that takes what is bright for a face: no weights are needed."""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from smilecascade.analyze import Searched
from smilecascade.cli.videos import UNSURE, Copy, Reel, look_through
from smilecascade.errors import VideoError
from smilecascade.export import FoundFrame, Outcome, Unread
from smilecascade.records import Face
from smilecascade.video import Frame, open_video
from videos import Pixels, make_video, plain_frames

REEL = Reel(min_face=40)


class BrightCascade:
    """One face where the photo is bright, as sure as it is bright; remembers what it was asked."""

    bundle = SimpleNamespace(spec=SimpleNamespace(levels=[SimpleNamespace(min_score=0.8)]))

    def __init__(self) -> None:
        self.asked: list[dict[str, float]] = []
        self.ahead = self.most_ahead = 0

    def detect_each(
        self, sources: Iterable[Callable[[], Pixels]], **how: float
    ) -> Iterator[Searched | Exception]:
        self.asked.append(how)
        for source in sources:
            try:
                pixels = source()
            except Exception as error:
                yield error
                continue
            rows, columns = np.nonzero(pixels[..., 1] > 100)
            faces = [self._face(pixels, rows, columns)] if len(rows) else []
            yield Searched(height=pixels.shape[0], width=pixels.shape[1], faces=faces)

    def _face(self, pixels: Pixels, rows: np.ndarray, columns: np.ndarray) -> Face:
        box = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        return Face(box=tuple(map(float, box)), score=float(pixels.max()) / 255)


def spot(number: int, brightness: int = 250) -> Pixels:
    """A dark frame of 64×48 px with a bright square, which moves to the right."""
    pixels = np.zeros((48, 64, 3), np.uint8)
    pixels[10:26, 4 + 2 * number : 20 + 2 * number] = brightness
    return pixels


def tell(error: Exception, path: Path) -> str:
    return f"{type(error).__name__}: {str(error).removeprefix(f'{path}: ')}"


def looked(path: Path, reel: Reel = REEL, copy: Copy | None = None, cascade: Any = None) -> list[Outcome]:
    return list(look_through(path, cascade or BrightCascade(), reel, copy, tell))


@pytest.fixture
def moving(tmp_path: Path) -> Path:
    """Twelve frames of a moving spot."""
    return make_video(tmp_path / "moving.mp4", [spot(number) for number in range(12)], sound="aac")


def test_each_frame_is_a_result_with_its_followed_face(moving: Path) -> None:
    frames = looked(moving)
    assert all(isinstance(frame, FoundFrame) for frame in frames)
    assert [(frame.path, frame.frame, frame.length) for frame in frames] == [
        (str(moving), number, 12) for number in range(12)
    ]
    assert [frame.time_s for frame in frames] == [0.04 * number for number in range(12)]
    assert [[face.track for face in frame.faces] for frame in frames] == [[1]] * 12
    assert [frame.faces[0].box[0] for frame in frames] == pytest.approx([4 + 2 * n for n in range(12)], abs=2)


def test_every_third_frame(moving: Path) -> None:
    frames = looked(moving, Reel(min_face=40, every=3))
    assert [(frame.frame, frame.time_s) for frame in frames] == [(0, 0), (3, 0.12), (6, 0.24), (9, 0.36)]
    assert [frame.faces[0].track for frame in frames] == [1] * 4


@pytest.mark.parametrize(("asked", "sure"), [(None, 0.8), (0.5, 0.5)])
def test_unsure_faces_are_asked_for_to_follow_sure_ones(
    tmp_path: Path, asked: float | None, sure: float
) -> None:
    brightness = [250, 250, 250, 110, 110, 250]
    path = make_video(tmp_path / "a.mp4", [spot(n, level) for n, level in enumerate(brightness)])
    cascade = BrightCascade()
    frames = looked(path, Reel(min_face=24, min_score=asked), cascade=cascade)
    assert cascade.asked == [{"min_face": 24, "min_score": pytest.approx(UNSURE * sure)}]
    assert [[face.track for face in frame.faces] for frame in frames] == [[1]] * 6


def test_an_unsure_face_alone_is_none(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", [spot(n, 110) for n in range(6)])
    assert [frame.faces for frame in looked(path)] == [()] * 6


def test_a_copy_is_drawn_and_told_of(moving: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    copy = Copy(path=tmp_path / "drawn.mp4", drawn=lambda *at: told.append(at))
    assert len(looked(moving, Reel(min_face=40, every=4), copy)) == 3
    assert told == [(number, 12) for number in range(12)]
    with open_video(moving) as before, open_video(copy.path) as after:
        differences = [
            np.abs(plain.pixels().astype(int) - drawn.pixels()).mean()
            for plain, drawn in zip(before.frames(), after.frames(), strict=True)
        ]
    # Between the frames that were looked at, the face is drawn on its way; after the last it is not.
    assert min(differences[:9]) > 5 * max(differences[9:])


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("no video")
    copy = Copy(path=tmp_path / "drawn.mp4", drawn=lambda *_: None)
    (outcome,) = looked(tmp_path / "a.mp4", copy=copy)
    assert isinstance(outcome, Unread)
    assert outcome.error.startswith("VideoError: is not a video that can be read")
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_a_missing_package_is_told(moving: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "smilecascade.video", None)
    (outcome,) = looked(moving)
    assert isinstance(outcome, Unread)
    assert outcome.error.startswith("ModuleNotFoundError")


def test_a_video_that_is_broken_in_part_is_drawn_and_told_of(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.avi", plain_frames(6), codec="mjpeg")
    data = bytearray(path.read_bytes())
    middle = data.index(b"\xff\xd8\xff", len(data) // 2)
    end = data.index(b"00dc", middle)
    data[middle:end] = bytes(end - middle)
    path.write_bytes(data)
    copy = Copy(path=tmp_path / "drawn.mkv", drawn=lambda *_: None)
    *frames, trouble = looked(path, copy=copy)
    assert len(frames) == 5
    assert trouble.error.startswith("VideoError: 1 packet could not be decoded")
    with open_video(copy.path) as video:
        assert len(list(video.frames())) == 5


def test_an_error_of_a_frame_ends_the_video(moving: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pixels(frame: Frame) -> Pixels:
        if frame.number == 9:
            raise VideoError(f"{frame.path}: its frames cannot be converted (strange)")
        return np.zeros((8, 8, 3), np.uint8)

    monkeypatch.setattr(Frame, "pixels", pixels)
    *frames, trouble = looked(moving)
    assert [frame.frame for frame in frames] == list(range(9))
    assert trouble.error == "VideoError: its frames cannot be converted (strange)"


def test_a_copy_that_cannot_be_written_ends_everything(moving: Path, tmp_path: Path) -> None:
    copy = Copy(path=tmp_path / "none" / "drawn.mp4", drawn=lambda *_: None)
    with pytest.raises(OSError, match=r"drawn\.mp4"):
        looked(moving, copy=copy)


def test_who_stops_early_leaves_the_video_closed(moving: Path) -> None:
    ended = []

    class Ending(BrightCascade):
        def detect_each(self, *sources: Any, **how: float) -> Iterator[Searched | Exception]:
            try:
                yield from super().detect_each(*sources, **how)
            finally:
                ended.append(True)

    looking = look_through(moving, Ending(), REEL, None, tell)
    next(looking)
    looking.close()
    assert ended == [True]
