"""Frames of a video, one by one, in the order in which they are shown, upright, with their times."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, cast

import av
from av.error import FFmpegError

from smilecascade.errors import VideoError
from smilecascade.images import MAX_PIXELS
from smilecascade.mipmaps import Pixels
from smilecascade.video.files import opened, picked, reason
from smilecascade.video.upright import turn_of

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    AnyPacket: TypeAlias = Packet[Stream]

#: Frames a second where a video does not say.
_USUAL_RATE = Fraction(25)


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One frame: its number, from 0, and its time in seconds from the start of the video.

    ticks: the same time in units of the video's ``time_base``. decoded: as the decoder gave it.
    """

    path: Path
    number: int
    time_s: float
    ticks: int
    decoded: VideoFrame

    def pixels(self) -> Pixels:
        """RGB uint8 (H, W, 3), upright; from any thread. VideoError where its pixels cannot be converted."""
        try:
            stored = self.decoded.to_ndarray(format="rgb24")
            return turn_of(self.decoded)(cast("Pixels", stored))
        except (FFmpegError, ValueError) as error:
            raise VideoError(f"{self.path}: its frames cannot be converted ({reason(error)})") from error


class Video:
    """An open video, to be gone through once.

    rate: frames a second, on average. time_base: seconds a tick. length: how many frames it holds
    by its own account, or None. sounds: its audio streams.
    """

    def __init__(self, path: Path, container: InputContainer, film: VideoStream, max_pixels: int) -> None:
        """See ``open_video``."""
        self.path, self.film = path, film
        self._max_pixels = max_pixels
        self.sounds: list[Stream] = list(container.streams.audio)
        self.rate = film.average_rate or film.guessed_rate or _USUAL_RATE
        self.time_base = film.time_base or 1 / self.rate
        self.length = _length(container, film, self.rate)
        #: Seconds from zero to where the clocks of its streams begin.
        self.origin = Fraction(max(0, container.start_time or 0), av.time_base)
        self._container = container
        self._shown = self._broken = 0
        self._next_ticks = 0
        self._end: str | None = None

    def frames(self) -> Iterator[Frame]:
        """Every frame that can be decoded. Broken packets cost theirs, and no error leaves this."""
        for item in self.walk(()):
            assert isinstance(item, Frame)
            yield item

    def walk(self, streams: Collection[Stream]) -> Iterator[Frame | AnyPacket]:
        """The frames, and between them the packets of these other streams, in the order of the file."""
        for packet in self._packets(streams):
            if packet.stream is self.film:
                yield from map(self._framed, self._decoded(packet))
            elif packet.size:
                yield packet

    @property
    def trouble(self) -> str | None:
        """What could not be read, once the frames have been gone through; None: all was read."""
        if not self._shown:
            return f"none of its frames can be decoded{self._end or ''}; copy or download it again"
        if self._end:
            return f"breaks off after frame {self._shown - 1}{self._end}; copy or download it again"
        if self._broken:
            packets = f"{self._broken} packet{'' if self._broken == 1 else 's'}"
            return f"{packets} could not be decoded or grew too large, and what they show is left out"
        return None

    def _packets(self, streams: Collection[Stream]) -> Iterator[AnyPacket]:
        try:
            yield from self._container.demux(self.film, *streams)
        except FFmpegError as error:
            self._end = f" ({reason(error)})"

    def _decoded(self, packet: AnyPacket) -> list[VideoFrame]:
        try:
            frames = self.film.decode(packet)
        except FFmpegError:
            self._broken += 1
            return []
        fitting = [frame for frame in frames if frame.width * frame.height <= self._max_pixels]
        self._broken += len(frames) - len(fitting)
        return fitting

    def _framed(self, decoded: VideoFrame) -> Frame:
        ticks = self._next_ticks if decoded.pts is None else decoded.pts - round(self.origin / self.time_base)
        self._next_ticks = ticks + max(1, round(1 / (self.rate * self.time_base)))
        self._shown += 1
        return Frame(
            path=self.path,
            number=self._shown - 1,
            time_s=round(float(ticks * self.time_base), 6),
            ticks=ticks,
            decoded=decoded,
        )


@contextmanager
def open_video(path: Path, *, threads: int | None = None, max_pixels: int = MAX_PIXELS) -> Iterator[Video]:
    """The video in a file. threads: cores that decode; None: all.

    Raises VideoError where it is missing, not a video, of a format that names other files, without
    a video stream, of an unknown codec, or of frames with more than ``max_pixels`` pixels.
    """
    with opened(path, max_pixels=max_pixels) as container:
        film = picked(container, path, max_pixels=max_pixels)
        film.thread_type = "AUTO"
        film.codec_context.thread_count = threads or 0
        yield Video(path, container, film, max_pixels)


def _length(container: InputContainer, film: VideoStream, rate: Fraction) -> int | None:
    if film.frames:
        return film.frames
    return round(container.duration * rate / av.time_base) if container.duration else None
