"""Opening video files that may be hostile: this one file is read, and nothing that it names.

FFmpeg follows what playlists name, other files and addresses in the network alike. So only the
protocol ``file`` is allowed, and only formats that hold their video themselves.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.error import FFmpegError
from av.stream import Disposition

from smilecascade.errors import VideoError
from smilecascade.images import MAX_PIXELS

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

#: FFmpeg's names of the formats that are read. Left out on purpose: playlists (hls, dash, concat),
#: descriptions of streams in a network (sdp, rtsp), numbered pictures (image2), devices, and pictures.
FORMATS = (
    *("mov", "matroska", "avi", "mpegts", "mpeg", "mpegvideo", "asf", "flv", "ogg", "mxf", "gxf", "wtv"),
    *("dv", "nut", "ivf", "rm", "m4v", "h263", "h264", "hevc", "vvc", "av1", "obu", "vc1", "mjpeg"),
    *("yuv4mpegpipe", "nsv", "nuv", "roq", "bink", "smk"),
)

_OPTIONS = {"protocol_whitelist": "file", "format_whitelist": ",".join(FORMATS)}


@contextmanager
def opened(path: Path, *, max_pixels: int = MAX_PIXELS) -> Iterator[InputContainer]:
    """The container in a file. VideoError where it is missing, no file, or no video of a known format."""
    _check_file(path)
    try:
        # Without "file:" a name such as "http:film.mp4" would be an address.
        container = av.open(
            f"file:{path.absolute()}",
            options={**_OPTIONS, **_decoding(max_pixels)},
            metadata_errors="replace",
        )
    except (FFmpegError, UnicodeError) as error:
        # What the whitelist refuses comes as an invalid argument.
        cause = (
            "its format is not one of videos"
            if getattr(error, "errno", None) == errno.EINVAL
            else reason(error)
        )
        raise VideoError(
            f"{path}: is not a video that can be read ({cause}); copy or download it again, or convert it "
            "to MP4"
        ) from error
    with container:
        yield container


def picked(container: InputContainer, path: Path, *, max_pixels: int = MAX_PIXELS) -> VideoStream:
    """The first video stream, ready to decode; the cover of a song is none.

    Raises VideoError where there is none, where its codec is unknown, and where its frames have more
    than ``max_pixels`` pixels, by what the file says; that some grow later is the reader's to see.
    """
    films = [film for film in container.streams.video if not film.disposition & Disposition.attached_pic]
    if not films:
        raise VideoError(f"{path}: has no video stream; give a video, or the photos themselves")
    film = films[0]
    if film.codec_context is None:
        raise VideoError(f"{path}: its codec is not known to this build of PyAV; convert it to H.264")
    width, height = film.codec_context.width, film.codec_context.height
    if width * height > max_pixels or not width:
        size = f"{width}x{height} = {width * height:,}" if width else "unknown size, or too many"
        raise VideoError(
            f"{path}: frames of {size} pixels are over the limit of {max_pixels:,}; shrink the video first"
        )
    film.codec_context.options = _decoding(max_pixels)
    return film


def reason(error: Exception) -> str:
    """What an error says, in one line, without number, address and function."""
    text = (error.strerror if isinstance(error, FFmpegError | OSError) else None) or str(error)
    return " ".join(text.split()) or type(error).__name__


def _decoding(max_pixels: int) -> dict[str, str]:
    """Options of decoders, which bound a frame as it is stored, with its edges."""
    return {"max_pixels": str(2 * max_pixels)}


def _check_file(path: Path) -> None:
    try:
        if path.is_dir():
            raise VideoError(f"{path}: is a folder; name a video in it")
        if path.exists() and not path.is_file():
            raise VideoError(f"{path}: is not an ordinary file; name a video")
        with path.open("rb"):
            pass
    except FileNotFoundError:
        raise VideoError(f"{path}: there is no such file; check the path") from None
    except OSError as error:
        raise VideoError(
            f"{path}: cannot be opened ({reason(error)}); check the path and its rights"
        ) from error
