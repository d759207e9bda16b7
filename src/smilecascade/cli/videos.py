"""Looking through a video: faces found frame by frame, followed, and drawn on a copy with its sound."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from smilecascade.analyze import Cascade, Source
from smilecascade.draw import draw_tracks
from smilecascade.errors import VideoError
from smilecascade.export import FoundFrame, Unread
from smilecascade.mipmaps import Pixels
from smilecascade.track import FollowSpec, Sight, Trails, follow

if TYPE_CHECKING:
    from smilecascade.video import Frame, Video

#: A face with this share of the least score is good enough to continue a track. Less lets false alarms
#: go on for longer, and kept no labelled face more (docs/lab-notes.md).
UNSURE = 0.5


@dataclass(frozen=True, kw_only=True)
class Reel:
    """How videos are looked through: every how manyth frame, on how many cores, for which faces."""

    every: int = 1
    threads: int | None = None
    min_face: float
    min_score: float | None = None


@dataclass(frozen=True, kw_only=True)
class Copy:
    """Where an annotated copy goes, and who is told that a frame, of about so many, is drawn."""

    path: Path
    drawn: Callable[[int, int | None], None]


def look_through(
    path: Path, cascade: Cascade, reel: Reel, copy: Copy | None, tell: Callable[[Exception, Path], str]
) -> Iterator[FoundFrame | Unread]:
    """What is found in each frame that is looked at, in order; in the end the copy is written.

    Of all that goes wrong with the video, ``tell`` says what is written as an ``Unread`` behind the frames
    before it. Raises OSError where the copy cannot be written.
    """
    spec, trails = _follow_spec(cascade, reel), Trails()
    try:
        # An extra, and slow to import: only who has videos needs it.
        from smilecascade.video import open_video, repaint

        with open_video(path, threads=reel.threads) as video:
            for sight in follow(_sights(video, cascade, reel, UNSURE * spec.sure_score), spec):
                if copy:
                    trails.add(sight.frame, sight.faces)
                yield FoundFrame(
                    path=str(path),
                    frame=sight.frame,
                    time_s=sight.time_s,
                    faces=sight.faces,
                    length=video.length,
                )
        if copy:
            repaint(path, copy.path, _painter(trails, copy, video.length), threads=reel.threads)
        if video.trouble:
            raise VideoError(f"{path}: {video.trouble}")
    except OSError:
        raise
    except Exception as error:
        yield Unread(path=str(path), error=tell(error, path))


def _painter(trails: Trails, copy: Copy, length: int | None) -> Callable[[Frame], Pixels]:
    def paint(frame: Frame) -> Pixels:
        copy.drawn(frame.number, length)
        return draw_tracks(frame.pixels(), trails.at(frame.number))

    return paint


def _sights(video: Video, cascade: Cascade, reel: Reel, min_score: float) -> Iterator[Sight]:
    """What is found in each frame that is looked at; frames are decoded while others are searched."""
    under_way: deque[tuple[int, float]] = deque()

    def sources() -> Iterator[Source]:
        for frame in video.frames():
            if frame.number % reel.every == 0:
                under_way.append((frame.number, frame.time_s))
                yield frame.pixels

    results = cascade.detect_each(sources(), min_face=reel.min_face, min_score=min_score)
    with closing(results):
        for result in results:
            if isinstance(result, Exception):
                raise result
            number, time_s = under_way.popleft()
            yield Sight(frame=number, time_s=time_s, faces=tuple(result.faces))


def _follow_spec(cascade: Cascade, reel: Reel) -> FollowSpec:
    own = cascade.bundle.spec.levels[-1].min_score
    return FollowSpec(sure_score=own if reel.min_score is None else reel.min_score)
