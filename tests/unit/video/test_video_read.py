"""Frames come in order, upright and with their times, whatever lies in the file."""

import os
from pathlib import Path

import av
import numpy as np
import pytest

from smilecascade.errors import VideoError
from smilecascade.video import open_video
from videos import SOUND_RATE, add_tone, make_video, number_of, plain_frames


def numbers_and_times(path: Path) -> list[tuple[int, int, float]]:
    """Of each frame: its number, what it shows, and its time."""
    with open_video(path) as video:
        return [(frame.number, number_of(frame.pixels()), frame.time_s) for frame in video.frames()]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov", ".avi", ".ts"])
def test_numbers_and_times(tmp_path: Path, suffix: str) -> None:
    path = make_video(tmp_path / f"a{suffix}", plain_frames(9))
    found = numbers_and_times(path)
    assert [(number, shown) for number, shown, _ in found] == [(number, number) for number in range(9)]
    start = found[0][2]
    assert [time_s - start for _, _, time_s in found] == pytest.approx([0.04 * n for n in range(9)], abs=1e-3)


def test_frames_at_uneven_times(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mkv", plain_frames(4), times_ms=[0, 10, 500, 530])
    assert numbers_and_times(path) == [(0, 0, 0.0), (1, 1, 0.01), (2, 2, 0.5), (3, 3, 0.53)]


def test_frames_that_are_stored_in_another_order(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", plain_frames(9), codec="libx264")
    with av.open(str(path)) as container:
        stored = [packet.pts for packet in container.demux(video=0) if packet.size]
    assert stored != sorted(stored)
    assert [shown for _, shown, _ in numbers_and_times(path)] == list(range(9))


def test_times_begin_where_a_stream_begins_late(tmp_path: Path) -> None:
    """Television begins at any time of the day."""
    late = [3_600_000 + 40 * number for number in range(5)]
    path = make_video(tmp_path / "a.ts", plain_frames(5), codec="libx264", times_ms=late)
    with av.open(str(path)) as container:
        assert container.start_time > 1_000_000
    found = numbers_and_times(path)
    assert [time_s for *_, time_s in found] == pytest.approx([0, 0.04, 0.08, 0.12, 0.16], abs=1e-3)


def test_what_a_video_says_of_itself(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", plain_frames(10), sound="aac")
    with open_video(path) as video:
        assert (video.path, video.rate, video.length, len(video.sounds)) == (path, 25, 10, 1)
        assert len(list(video.frames())) == 10
        assert video.trouble is None


def quarters() -> np.ndarray:
    """64×48 px: red above left, green above right, blue below left, black below right."""
    pixels = np.zeros((48, 64, 3), np.uint8)
    pixels[:24, :32, 0] = pixels[:24, 32:, 1] = pixels[24:, :32, 2] = 255
    return pixels


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_frames_are_turned_upright(tmp_path: Path, turns: int, mirrored: bool) -> None:
    path = make_video(tmp_path / "a.mp4", [quarters()] * 2, display=(90 * turns, mirrored, False))
    upright = np.rot90(quarters(), turns)
    wanted = upright[:, ::-1] if mirrored else upright
    with open_video(path) as video:
        for frame in video.frames():
            pixels = frame.pixels()
            assert pixels.flags.c_contiguous
            assert pixels.shape == wanted.shape
            assert np.abs(pixels.astype(int) - wanted).mean() < 12


def test_colours_are_those_of_the_standard_that_the_video_names(tmp_path: Path) -> None:
    grey = av.VideoFrame.from_ndarray(quarters(), format="rgb24")
    shown = {}
    for name, number in (("ITU601", 6), ("ITU709", 1)):
        path = tmp_path / f"{name}.mkv"
        with av.open(str(path), "w") as output:
            film = output.add_stream("ffv1", rate=25)
            film.width, film.height, film.pix_fmt = 64, 48, "yuv444p"
            film.codec_context.colorspace = number
            output.mux(film.encode(grey.reformat(format="yuv444p", dst_colorspace=name)))
            output.mux(film.encode(None))
        with open_video(path) as video:
            shown[name] = next(video.frames()).pixels()
    for pixels in shown.values():
        assert np.abs(pixels.astype(int) - quarters()).max() <= 3


def damaged(path: Path, *, every: int) -> Path:
    """The same video with every so manyth packet of its film spoilt."""
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        for packet in packets[every::every]:
            data[packet.pos : packet.pos + packet.size] = b"\xff" * packet.size
    path.write_bytes(data)
    return path


def test_a_broken_packet_costs_its_frame(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", plain_frames(9), codec="mjpeg")
    with open_video(damaged(path, every=3)) as video:
        shown = [(frame.number, frame.time_s) for frame in video.frames()]
        assert (
            video.trouble
            == "2 packets could not be decoded or grew too large, and what they show is left out"
        )
    assert shown == [(0, 0), (1, 0.04), (2, 0.08), (3, 0.16), (4, 0.2), (5, 0.28), (6, 0.32)]


def test_a_video_of_which_nothing_is_sound(tmp_path: Path) -> None:
    path = damaged(make_video(tmp_path / "a.mp4", plain_frames(5), codec="mjpeg"), every=1)
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        first = next(container.demux(video=0))
    data[first.pos : first.pos + first.size] = b"\xff" * first.size
    path.write_bytes(data)
    with open_video(path) as video:
        assert list(video.frames()) == []
        assert video.trouble == "none of its frames can be decoded; copy or download it again"


def test_a_file_that_breaks_off(tmp_path: Path) -> None:
    whole = make_video(tmp_path / "a.mkv", plain_frames(9), codec="mjpeg").read_bytes()
    (tmp_path / "half.mkv").write_bytes(whole[: len(whole) // 2])
    with open_video(tmp_path / "half.mkv") as video:
        assert 0 < len([number_of(frame.pixels()) for frame in video.frames()]) < 9


def text(folder: Path) -> Path:
    (folder / "a.mp4").write_text("Dear diary,\n")
    return folder / "a.mp4"


def empty(folder: Path) -> Path:
    (folder / "a.mp4").touch()
    return folder / "a.mp4"


def only_sound(folder: Path) -> Path:
    with av.open(str(folder / "a.mp4"), "w") as output:
        add_tone(output, output.add_stream("aac", rate=SOUND_RATE), 0, 100)
    return folder / "a.mp4"


def fifo(folder: Path) -> Path:
    os.mkfifo(folder / "a.mp4")
    return folder / "a.mp4"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (text, "is not a video that can be read"),
        (empty, "is not a video that can be read"),
        (lambda folder: folder / "none.mp4", "there is no such file; check the path"),
        (lambda folder: folder, "is a folder; name a video in it"),
        (fifo, "is not an ordinary file"),
        (only_sound, "has no video stream"),
    ],
)
def test_what_is_no_video_is_refused(tmp_path: Path, make, words: str) -> None:
    path = make(tmp_path)
    with pytest.raises(VideoError, match=words) as caught, open_video(path):
        pass
    assert str(caught.value).startswith(f"{path}: ")
    assert ";" in str(caught.value), "it says what to do"


def test_frames_that_are_too_large_are_refused_before_they_are_decoded(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", plain_frames(2, 640, 480))
    for limit, words in ((307_199, "640x480 = 307,200 pixels"), (1000, "unknown size, or too many")):
        with pytest.raises(VideoError, match=f"{words}.*over the limit of {limit:,}; shrink the video first"):
            open_video(path, max_pixels=limit).__enter__()
    with open_video(path, max_pixels=307_200) as video:
        assert len(list(video.frames())) == 2


@pytest.mark.parametrize("limit", [320 * 240, 640 * 480 - 1])
def test_frames_that_grow_later_are_refused(tmp_path: Path, limit: int) -> None:
    small = make_video(tmp_path / "a.ts", plain_frames(5, 320, 240), codec="mpeg2video")
    large = make_video(tmp_path / "b.ts", plain_frames(5, 640, 480), codec="mpeg2video")
    (tmp_path / "c.ts").write_bytes(small.read_bytes() + large.read_bytes())
    with open_video(tmp_path / "c.ts") as video:
        assert {frame.pixels().shape for frame in video.frames()} == {(240, 320, 3), (480, 640, 3)}
    with open_video(tmp_path / "c.ts", max_pixels=limit) as video:
        assert {frame.pixels().shape for frame in video.frames()} == {(240, 320, 3)}
        assert video.trouble
