"""Small videos for tests, each of its frames recognisable, and what is in a video's packets."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

SOUND_RATE = 48_000


def level(number: int) -> int:
    """The grey of the frame with this number."""
    return 30 + 20 * number


def plain_frames(count: int, width: int = 64, height: int = 48) -> list[Pixels]:
    """Frames in one grey each; ``number_of`` tells which is which."""
    return [np.full((height, width, 3), level(number), np.uint8) for number in range(count)]


def number_of(pixels: Pixels) -> int:
    """Which of ``plain_frames`` this was before it was encoded."""
    return round((float(pixels.mean()) - level(0)) / 20)


def make_video(
    path: Path,
    frames: Sequence[Pixels],
    *,
    codec: str = "mpeg4",
    times_ms: Sequence[int] | None = None,
    sound: str | None = None,
    sound_late_ms: int = 0,
    display: tuple[float, bool, bool] | None = None,
    metadata: dict[str, str] | None = None,
) -> Path:
    """Write frames, 25 a second or at these times, and a tone of the same length.

    display: degrees to turn it counterclockwise, then whether to mirror in x and in y.
    """
    with av.open(str(path), "w") as output:
        output.metadata.update(metadata or {})
        film = output.add_stream(codec, rate=25)
        film.height, film.width = frames[0].shape[:2]
        film.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        film.codec_context.time_base = Fraction(1, 25 if times_ms is None else 1000)
        film.codec_context.gop_size = 4
        if display:
            film.set_display_rotation(*display)
        tone = output.add_stream(sound, rate=SOUND_RATE) if sound else None
        times_ms = times_ms or [40 * number for number in range(len(frames))]
        for pixels, time_ms in zip(frames, times_ms, strict=True):
            picture = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            picture.pts, picture.time_base = time_ms, Fraction(1, 1000)
            output.mux(film.encode(picture))
        output.mux(film.encode(None))
        if tone:
            add_tone(output, tone, sound_late_ms, times_ms[-1] + 40)
    return path


def add_tone(output: av.container.OutputContainer, tone: av.AudioStream, start_ms: int, end_ms: int) -> None:
    """Encode a tone between these times."""
    for start in range(start_ms * SOUND_RATE // 1000, end_ms * SOUND_RATE // 1000, 1024):
        wave = np.sin(np.arange(start, start + 1024) / 16).astype(np.float32) / 4
        piece = av.AudioFrame.from_ndarray(wave[None], format="fltp", layout="mono")
        piece.sample_rate, piece.pts, piece.time_base = SOUND_RATE, start, Fraction(1, SOUND_RATE)
        output.mux(tone.encode(piece))
    output.mux(tone.encode(None))


def sound_packets(path: Path) -> list[tuple[float, bytes]]:
    """Time in seconds and bytes of every packet of the sound."""
    with av.open(str(path)) as container:
        packets = container.demux(audio=0) if container.streams.audio else ()
        return [(float(packet.pts * packet.time_base), bytes(packet)) for packet in packets if packet.size]
