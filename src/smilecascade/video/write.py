"""A video written again: every frame as a function gives it, the sound as it was, packet by packet.

Nothing else is taken over: no title, no place where it was filmed, no chapters, no subtitles.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, cast

import av
import numpy as np
from av.error import FFmpegError

from smilecascade.aside import aside
from smilecascade.errors import VideoError
from smilecascade.mipmaps import Pixels
from smilecascade.video.files import opened, reason
from smilecascade.video.read import Frame, Video, open_video

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

#: FFmpeg's names of the formats of copies, by their suffix; Matroska takes what the others do not.
_FORMATS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska"}
_ANYTHING = ".mkv"

#: Encoders in order of choice, with options for hardly visible losses. Builds without x264 exist.
_ENCODERS = {
    "libx264": {"crf": "20", "preset": "veryfast"},
    "mpeg4": {"flags": "+qscale", "global_quality": str(3 * 118)},
}

#: MPEG-4 part 2 counts time in at most 65,535 ticks a second; this one fits all usual rates.
_COARSE_TICK = Fraction(1, 60_000)

#: FFmpeg's number of the range of colours that films use, 16 to 235.
_LIMITED_RANGE = 1

#: Colour matrices (ISO/IEC 23091-2, table 4) that RGB is converted with; frames of any other, or of
#: none that is named, are taken for BT.601, by FFmpeg as well.
_MATRICES = {1: "ITU709", 5: "ITU601", 6: "ITU601", 7: "SMPTE240M", 9: "BT2020"}


def suffix_of_copy(path: Path) -> str:
    """The suffix of a copy of this video: its own where that takes H.264 and its sound, else ``.mkv``.

    Raises VideoError where the video cannot be opened.
    """
    suffix = path.suffix.lower()
    if suffix not in _FORMATS:
        return _ANYTHING
    with opened(path) as container, av.open(BytesIO(), "w", format=_FORMATS[suffix]) as trial:
        try:
            for sound in container.streams.audio:
                trial.add_stream_from_template(sound)
        except (ValueError, FFmpegError):
            return _ANYTHING
    return suffix


def repaint(
    path: Path, target: Path, paint: Callable[[Frame], Pixels], *, threads: int | None = None
) -> None:
    """Write the video ``path`` again as ``target``, with every frame as ``paint`` gives it.

    paint: from a frame to RGB uint8 (H, W, 3), upright, of one size throughout. Times and the packets
    of the sound are those of the source; odd widths and heights grow by a pixel. target: a name with
    one of the suffixes that ``suffix_of_copy`` gives. It is written to the side and renamed: nothing
    is left of a copy that was not finished. What cannot be decoded is left out.

    Raises VideoError where the source cannot be read or its sound not be copied, OSError where the
    target cannot be written.
    """
    with open_video(path, threads=threads) as video, aside(target) as partial:
        try:
            with av.open(str(partial), "w", format=_FORMATS[target.suffix.lower()]) as output:
                _Copy(video, output).write(paint)
        except FFmpegError as error:
            raise OSError(error.errno, reason(error), str(target)) from error


class _Copy:
    """The streams of a copy, and what has been written of them."""

    def __init__(self, video: Video, output: OutputContainer) -> None:
        self._video, self._output = video, output
        self._film = _film(video, output)
        self._sounds = {sound.index: _sound(video, sound, output) for sound in video.sounds}
        self._last_ticks: int | None = None
        self._last_dts: dict[int, int] = {}
        # The head of the file says how large frames are, so the first of them has to come first.
        self._waiting: list[Packet[Stream]] = []

    def write(self, paint: Callable[[Frame], Pixels]) -> None:
        for item in self._video.walk(self._video.sounds):
            if isinstance(item, Frame):
                self._encode(item, _even(paint(item)))
            elif self._last_ticks is None:
                self._waiting.append(item)
            else:
                self._copy(item)
        if self._last_ticks is None:
            raise VideoError(f"{self._video.path}: {self._video.trouble}")
        self._output.mux(self._film.encode(None))

    def _encode(self, frame: Frame, pixels: Pixels) -> None:
        if self._last_ticks is None:
            self._film.height, self._film.width = pixels.shape[:2]
        self._last_ticks = _later(frame.ticks, self._last_ticks)
        picture = _picture(pixels, self._film)
        picture.pts, picture.time_base = self._last_ticks, self._video.time_base
        self._output.mux(self._film.encode(picture))
        for packet in self._waiting:
            self._copy(packet)
        self._waiting.clear()

    def _copy(self, packet: Packet[Stream]) -> None:
        if packet.dts is None:
            return
        assert packet.time_base is not None
        shift, sound = round(self._video.origin / packet.time_base), packet.stream.index
        dts = self._last_dts[sound] = _later(packet.dts - shift, self._last_dts.get(sound))
        packet.pts = dts if packet.pts is None else max(dts, packet.pts - shift)
        packet.dts, packet.stream = dts, self._sounds[sound]
        self._output.mux(packet)


def _later(time: int, last: int | None) -> int:
    """This time, or the next after the last: copies take none that stand still, which broken videos have."""
    return time if last is None else max(time, last + 1)


def _film(video: Video, output: OutputContainer) -> VideoStream:
    encoder = next(name for name in _ENCODERS if name in av.codecs_available)
    film = cast("VideoStream", output.add_stream(encoder, rate=video.rate, options=_ENCODERS[encoder]))
    source, context = video.film.codec_context, film.codec_context
    context.pix_fmt = "yuv420p"
    context.time_base = max(video.time_base, _COARSE_TICK) if encoder == "mpeg4" else video.time_base
    context.colorspace, context.color_range = source.colorspace, _LIMITED_RANGE
    context.color_primaries, context.color_trc = source.color_primaries, source.color_trc
    return film


def _sound(video: Video, sound: Stream, output: OutputContainer) -> Stream:
    try:
        return output.add_stream_from_template(sound)
    except (ValueError, FFmpegError) as error:
        raise VideoError(
            f"{video.path}: its sound cannot be copied ({reason(error)}); convert it to AAC first"
        ) from error


def _picture(pixels: Pixels, film: VideoStream) -> VideoFrame:
    """RGB as the encoder wants it, converted with the matrix that the film is marked with."""
    context = film.codec_context
    picture = av.VideoFrame.from_ndarray(pixels, format="rgb24")
    return picture.reformat(
        format="yuv420p",
        dst_colorspace=_MATRICES.get(context.colorspace, "ITU601"),
        dst_color_range="MPEG",
    )


def _even(pixels: Pixels) -> Pixels:
    """RGB with its last row and column once more where their number is odd: encoders halve the colours."""
    height, width = pixels.shape[:2]
    if height % 2 or width % 2:
        pixels = np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return np.ascontiguousarray(pixels)
