"""What a person wants to know of a video: who was seen in it, when, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from smilecascade.export import FoundFrame

#: Faces that are told of one by one; of more, those that were seen longest.
MOST_FACES = 20


@dataclass(kw_only=True)
class _Seen:
    """One followed face: the frames and times of its sightings, and its best score."""

    first_s: float
    last_s: float
    frames: int = 0
    score: float = 0.0


class Sightings:
    """The faces of one video, gathered frame by frame."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.frames = 0
        self._last = -1
        self._seen: dict[int, _Seen] = {}

    def goes_on(self, outcome: FoundFrame) -> bool:
        """Whether this frame is of the same video, which may be given twice."""
        return outcome.path == self.path and outcome.frame > self._last

    def add(self, outcome: FoundFrame) -> None:
        """Gather this frame. Faces without a track were seen too shortly to be told of."""
        self.frames += 1
        self._last = outcome.frame
        for face in outcome.faces:
            if face.track is not None:
                seen = self._seen.setdefault(face.track, _Seen(first_s=outcome.time_s, last_s=outcome.time_s))
                seen.last_s, seen.frames = outcome.time_s, seen.frames + 1
                seen.score = max(seen.score, face.score)

    @property
    def faces(self) -> int:
        """How many different faces were followed."""
        return len(self._seen)

    def lines(self) -> Iterator[str]:
        """A line a face, in the order of their numbers."""
        longest = sorted(self._seen, key=lambda number: (-self._seen[number].frames, number))[:MOST_FACES]
        for number in sorted(longest):
            seen = self._seen[number]
            yield (
                f"  #{number:<4} {clock(seen.first_s):>8} to {clock(seen.last_s):>8}  "
                f"in {seen.frames} frame{'' if seen.frames == 1 else 's'}  score {seen.score:.3f}"
            )
        if len(longest) < self.faces:
            yield f"  and {self.faces - len(longest)} more, each in fewer frames"


def clock(seconds: float) -> str:
    """A time as players show it, to a tenth of a second: 1:02.5, or 1:00:02.5."""
    tenths = round(seconds * 10)
    minutes, tenths = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    text = f"{minutes:02}:{tenths / 10:04.1f}" if hours else f"{minutes}:{tenths / 10:04.1f}"
    return f"{hours}:{text}" if hours else text
