"""Videos: every face followed through a first look, and covered in a second one."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from smilecascade.analyze import Searched, Source
from smilecascade.errors import VideoError
from smilecascade.express import Expression
from smilecascade.mask.looks import Look, Size
from smilecascade.mask.masker import Masker
from smilecascade.mask.search import plausible
from smilecascade.mask.styles import Style, hidden
from smilecascade.mask.timeline import Seen, Track, covers_at
from smilecascade.mask.ways import joined
from smilecascade.mipmaps import Pixels
from smilecascade.records import Face
from smilecascade.track import FollowSpec, Sight, follow

if TYPE_CHECKING:
    from smilecascade.video import Frame, Video

#: What is done to each frame before it is searched, in turn: what one look misses, the next sees in a
#: frame that hardly differs, and no frame is searched twice.
TURNS = (Look(), Look(mirrored=True))

#: A face with this share of the least score is good enough to continue a track.
UNSURE = 0.5

#: Seconds out of sight after which a face is another one, or was none; and sightings that make it one.
MEMORY_S, DOUBT_S, SIGHTINGS = 1.5, 0.5, 2

#: Told of each frame that is done, of about so many.
Step = Callable[[int, int | None], object]


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A video that was looked through: its faces, followed, in order of their first sightings.

    width, height: of its upright frames, pixels. trouble: what of it could not be read, in words, or None.
    """

    width: int
    height: int
    duration_s: float
    tracks: tuple[Track, ...]
    trouble: str | None


def watch(
    path: Path, masker: Masker, step: Step, *, turns: Sequence[Look] = TURNS, threads: int | None = None
) -> Watched:
    """Go through a video once and follow its faces; each frame is looked at in one of ``turns``.

    What was seen surely but never followed is a track of one sighting, if ``detect`` would report it.
    Raises VideoError where the video cannot be opened, or no frame of it be read.
    """
    # An extra, and slow to import: only who has videos needs it.
    from smilecascade.video import open_video

    with open_video(path, threads=threads) as video:
        view = _View(video, masker, step, turns)
        tracks = _tracks(view, masker)
    if view.size is None:
        raise VideoError(f"{path}: {video.trouble}")
    return Watched(
        width=view.size[0],
        height=view.size[1],
        duration_s=round(view.last_s + float(1 / video.rate), 3),
        tracks=tracks,
        trouble=video.trouble,
    )


def write_video(
    source: Path,
    target: Path,
    tracks: Sequence[Track],
    style: Style,
    *,
    step: Step,
    threads: int | None = None,
) -> None:
    """Write a video with its faces covered; its sound and its frames' times stay as they are.

    As ``video.repaint``, which takes nothing else over: no title, place or date. Raises VideoError, OSError.
    """
    # An extra, and slow to import: only who has videos needs it.
    from smilecascade.video import open_video, repaint

    with open_video(source, threads=threads) as video:
        length, clock = video.length, _Clock(video)

    def paint(frame: Frame) -> Pixels:
        step(frame.number, length)
        return hidden(frame.pixels(), covers_at(tracks, clock.at(frame)), style)

    repaint(source, target, paint, threads=threads)


def _tracks(view: _View, masker: Masker) -> tuple[Track, ...]:
    followed: defaultdict[int, list[Seen]] = defaultdict(list)
    alone: list[list[Seen]] = []
    spec = FollowSpec(sure_score=masker.sure_score, memory_s=MEMORY_S, doubt_s=DOUBT_S, sightings=SIGHTINGS)
    for sight in follow(view.sights(), spec):
        for face in sight.faces:
            seen = _seen(sight, face, masker)
            if face.track is not None:
                followed[face.track].append(seen)
            elif face.score >= masker.own_score:
                alone.append([seen])
    ways = joined([*followed.values(), *alone])
    return tuple(Track(number, way) for number, way in enumerate(ways, start=1))


class _Clock:
    """The times of frames, asked for in their order, made to go on where a broken video sets them back."""

    def __init__(self, video: Video) -> None:
        self._frame_s = float(1 / video.rate)
        self._last_s, self._shift_s = -1.0, 0.0

    def at(self, frame: Frame) -> float:
        time_s = frame.time_s + self._shift_s
        if time_s <= self._last_s:
            self._shift_s += self._last_s + self._frame_s - time_s
            time_s = self._last_s + self._frame_s
        self._last_s = time_s
        return time_s


class _View:
    """Looking through an open video, and what is known of it in the end.

    size: width and height of its frames, None before the first; last_s: the time of the last one.
    """

    def __init__(self, video: Video, masker: Masker, step: Step, turns: Sequence[Look]) -> None:
        self._video, self._masker, self._step, self._turns = video, masker, step, turns
        self._under_way: deque[tuple[Look, int, float]] = deque()
        self._clock = _Clock(video)
        self.size: Size | None = None
        self.last_s = 0.0

    def sights(self) -> Iterator[Sight]:
        """What is found in each frame, in its places; frames are decoded while others are searched."""
        results = self._masker.cascade.detect_each(
            self._sources(),
            min_face=self._masker.search.min_face,
            min_score=UNSURE * self._masker.sure_score,
            keep_images=self._masker.reads_expressions,
        )
        with closing(results):
            for result in results:
                if isinstance(result, Exception):
                    raise result
                look, number, time_s = self._under_way.popleft()
                self.size, self.last_s = (result.width, result.height), time_s
                self._step(number, self._video.length)
                yield Sight(frame=number, time_s=time_s, faces=tuple(_found(result, look, self._masker)))

    def _sources(self) -> Iterator[Source]:
        for frame in self._video.frames():
            look = self._turns[frame.number % len(self._turns)]
            self._under_way.append((look, frame.number, self._clock.at(frame)))
            yield partial(_view, frame, look)


def _view(frame: Frame, look: Look) -> Pixels:
    return look.view(frame.pixels())


def _found(result: Searched, look: Look, masker: Masker) -> list[Face]:
    """The faces of one frame, back in its places, with what they show."""
    faces = [face for face in result.faces if masker.search.is_large(face)]
    covers = masker.covers_of(faces, result.image)
    shown = [
        replace(face, probabilities=cover.expression.probabilities if cover.expression else None)
        for face, cover in zip(faces, covers, strict=True)
    ]
    return plausible(look.back(shown, (result.width, result.height)))


def _seen(sight: Sight, face: Face, masker: Masker) -> Seen:
    (cover,) = masker.covers_of([face], None)
    shown = Expression(probabilities=face.probabilities) if face.probabilities else None
    return Seen(frame=sight.frame, time_s=sight.time_s, cover=replace(cover, expression=shown))
