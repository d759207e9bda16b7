"""A video written again: painted frames, the same times, the same sound, and nothing else."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from smilecascade.errors import VideoError
from smilecascade.video import Frame, open_video, repaint, suffix_of_copy
from videos import Pixels, make_video, number_of, plain_frames, sound_packets


def as_it_is(frame: Frame) -> Pixels:
    return frame.pixels()


def shown(path: Path) -> list[tuple[float, int]]:
    """Time of each frame, and what it shows."""
    with open_video(path) as video:
        return [(frame.time_s, number_of(frame.pixels())) for frame in video.frames()]


def copied(path: Path) -> Path:
    target = path.with_name(f"copy{suffix_of_copy(path)}")
    repaint(path, target, as_it_is)
    return target


@pytest.mark.parametrize(
    ("name", "codec", "sound", "suffix"),
    [
        ("a.mp4", "libx264", "aac", ".mp4"),
        ("a.m4v", "mpeg4", "aac", ".m4v"),
        ("a.MOV", "libx264", "pcm_s16le", ".mov"),
        ("a.mkv", "libx264", "ac3", ".mkv"),
        ("a.avi", "mpeg4", "libmp3lame", ".mkv"),
        ("a.ts", "mpeg2video", "mp2", ".mkv"),
        ("a.webm", "libvpx", "libopus", ".mkv"),
    ],
)
def test_the_sound_is_the_same_to_the_byte(
    tmp_path: Path, name: str, codec: str, sound: str, suffix: str
) -> None:
    path = make_video(tmp_path / name, plain_frames(9), codec=codec, sound=sound)
    copy = copied(path)
    assert copy.suffix == suffix
    before, after = sound_packets(path), sound_packets(copy)
    assert len(before) > 3
    assert [data for _, data in after] == [data for _, data in before]
    with open_video(path) as video:
        origin_s = float(video.origin)
    late = [then - now - origin_s for (then, _), (now, _) in zip(before, after, strict=True)]
    assert late == pytest.approx([0] * len(late), abs=2e-3)
    assert [number for _, number in shown(copy)] == list(range(9))
    assert [time for time, _ in shown(copy)] == pytest.approx([time for time, _ in shown(path)], abs=2e-3)


def test_frames_are_painted_in_order(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", plain_frames(9), codec="libx264")
    seen: list[tuple[int, float]] = []

    def paint(frame: Frame) -> Pixels:
        seen.append((frame.number, frame.time_s))
        return frame.pixels() + np.uint8(20)

    repaint(path, tmp_path / "b.mp4", paint)
    assert seen == [(number, 0.04 * number) for number in range(9)]
    assert [number for _, number in shown(tmp_path / "b.mp4")] == list(range(1, 10))


def test_uneven_times_stay(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", plain_frames(5), times_ms=[0, 10, 500, 530, 1700], sound="aac")
    assert shown(copied(path)) == [(0, 0), (0.01, 1), (0.5, 2), (0.53, 3), (1.7, 4)]


def test_sound_that_begins_before_or_after_the_film_stays_beside_it(tmp_path: Path) -> None:
    late_film = make_video(tmp_path / "a.mp4", plain_frames(3), times_ms=[500, 540, 580], sound="aac")
    late_sound = make_video(
        tmp_path / "b.mp4",
        plain_frames(9),
        times_ms=[40 * n for n in range(9)],
        sound="aac",
        sound_late_ms=200,
    )
    for path in (late_film, late_sound):
        copy = copied(path)
        assert [time for time, _ in sound_packets(copy)] == [time for time, _ in sound_packets(path)]
        assert shown(copy) == shown(path)


def test_times_that_go_back_do_not_end_a_copy(tmp_path: Path) -> None:
    """As in recordings that were put one behind the other."""
    once = make_video(tmp_path / "a.ts", plain_frames(9), codec="mpeg2video", sound="mp2")
    (tmp_path / "twice.ts").write_bytes(2 * once.read_bytes())
    copy = copied(tmp_path / "twice.ts")
    assert [number for _, number in shown(copy)] == 2 * list(range(9))
    assert [data for _, data in sound_packets(copy)] == 2 * [data for _, data in sound_packets(once)]


def test_a_film_without_sound_and_one_with_two(tmp_path: Path) -> None:
    assert sound_packets(copied(make_video(tmp_path / "a.mp4", plain_frames(3)))) == []
    first = make_video(tmp_path / "b.mkv", plain_frames(9), sound="aac")
    with av.open(str(first)) as source, av.open(str(tmp_path / "two.mkv"), "w") as output:
        film, sound = source.streams
        streams = {0: [output.add_stream_from_template(film)], 1: []}
        streams[1] = [output.add_stream_from_template(sound) for _ in range(2)]
        for packet in source.demux():
            for stream in streams[packet.stream.index] if packet.size else ():
                packet.stream = stream
                output.mux(packet)
    with open_video(copied(tmp_path / "two.mkv")) as video:
        assert len(video.sounds) == 2


def test_a_copy_is_upright_by_itself(tmp_path: Path) -> None:
    tall = np.zeros((48, 64, 3), np.uint8)
    tall[:, :32] = 200
    path = make_video(tmp_path / "a.mp4", [tall] * 3, display=(90, False, False))
    with av.open(str(copied(path))) as container:
        frame = next(container.decode(video=0))
        pixels = frame.to_ndarray(format="rgb24")
        assert (pixels.shape, frame.side_data.get("DISPLAYMATRIX")) == ((64, 48, 3), None)
    assert pixels[:28].mean() < 20
    assert pixels[36:].mean() > 180


def test_odd_sizes_grow_by_a_pixel(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", plain_frames(3))
    repaint(path, tmp_path / "b.mp4", lambda frame: frame.pixels()[:47, :63])
    with open_video(tmp_path / "b.mp4") as video:
        assert [frame.pixels().shape for frame in video.frames()] == [(48, 64, 3)] * 3
    assert [number for _, number in shown(tmp_path / "b.mp4")] == [0, 1, 2]


def test_nothing_is_told_of_where_and_when_it_was_filmed(tmp_path: Path) -> None:
    told = {"title": "At home", "comment": "A secret", "location": "+52.5162+013.3777/", "artist": "Me"}
    path = make_video(tmp_path / "a.mp4", plain_frames(3), metadata=told, sound="aac")
    data = copied(path).read_bytes()
    assert b"At home" in path.read_bytes()
    assert not any(value.encode() in data for value in told.values())


@pytest.mark.parametrize(("name", "number"), [("ITU601", 6), ("ITU709", 1)])
def test_colours_stay(tmp_path: Path, name: str, number: int) -> None:
    colours = np.repeat(np.array([[(200, 40, 40), (40, 200, 40), (40, 40, 200), (200, 200, 40)]]), 32, axis=0)
    pixels = np.repeat(colours, 16, axis=1).astype(np.uint8)
    with av.open(str(tmp_path / "a.mkv"), "w") as output:
        film = output.add_stream("libx264", rate=25, options={"crf": "5"})
        film.height, film.width = pixels.shape[:2]
        film.pix_fmt, film.codec_context.colorspace = "yuv420p", number
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
        output.mux(film.encode(frame.reformat(format="yuv420p", dst_colorspace=name)))
        output.mux(film.encode(None))
    with open_video(copied(tmp_path / "a.mkv")) as video:
        (frame,) = video.frames()
        assert frame.decoded.colorspace == number
    inside = np.s_[4:-4, 4:12]
    assert np.abs(frame.pixels()[inside].astype(int) - pixels[inside]).max() < 12


def test_a_build_without_x264_writes_mpeg_4(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_video(tmp_path / "a.ts", plain_frames(9), codec="mpeg2video", sound="mp2")
    monkeypatch.setattr(av, "codecs_available", av.codecs_available - {"libx264"})
    copy = copied(path)
    with open_video(copy) as video:
        assert (video.film.codec_context.name, video.rate) == ("mpeg4", Fraction(25))
    assert [number for _, number in shown(copy)] == list(range(9))


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_nothing_is_left_of_a_copy_that_is_not_finished(tmp_path: Path, error: type[BaseException]) -> None:
    path = make_video(tmp_path / "a.mp4", plain_frames(9), sound="aac")
    (tmp_path / "b.mp4").write_text("an earlier copy")

    def paint(frame: Frame) -> Pixels:
        if frame.number == 5:
            raise error
        return frame.pixels()

    with pytest.raises(error):
        repaint(path, tmp_path / "b.mp4", paint)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.mp4", "b.mp4"]
    assert (tmp_path / "b.mp4").read_text() == "an earlier copy"


def test_a_copy_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", plain_frames(3))
    with pytest.raises(OSError, match=r"b\.mp4") as caught:
        repaint(path, tmp_path / "none" / "b.mp4", as_it_is)
    assert caught.value.filename == str(tmp_path / "none" / "b.mp4")


def test_a_video_that_cannot_be_read_leaves_no_copy(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("no video")
    for attempt in (suffix_of_copy, lambda path: repaint(path, tmp_path / "b.mp4", as_it_is)):
        with pytest.raises(VideoError, match="is not a video that can be read"):
            attempt(tmp_path / "a.mp4")
    assert [file.name for file in tmp_path.iterdir()] == ["a.mp4"]


def test_sound_that_a_format_does_not_take_needs_another_format(tmp_path: Path) -> None:
    """A file's name says nothing of what is in it."""
    make_video(tmp_path / "a.mov", plain_frames(3), sound="pcm_mulaw").rename(tmp_path / "a.mp4")
    assert suffix_of_copy(tmp_path / "a.mp4") == ".mkv"
    with pytest.raises(VideoError, match=r"its sound cannot be copied .*; convert it to AAC first"):
        repaint(tmp_path / "a.mp4", tmp_path / "b.mp4", as_it_is)
