"""Ways of faces through a video that are one: a head that was bent down comes up, a runner is seen again.

What is joined is covered in between. Two people taken for one cost a cover too many for a moment, one
person taken for two shows a face: so what may be one is.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot, sqrt

from smilecascade.mask.covers import Cover
from smilecascade.mask.timeline import Seen

#: Seconds after which a face that appears where another was lost is somebody else, and how far away that
#: is, in its sides.
_AWAY_S, _THERE = 5.0, 0.5

#: Seconds for which a face may run, how fast, in sides a second, and how much larger it may become.
_RUNNING_S, _SPEED, _LARGER = 1.0, 8.0, 1.5

Way = Sequence[Seen]


def joined(ways: Sequence[Way]) -> list[Way]:
    """The same sightings in fewer ways, in order of their beginning.

    ways: each at least one sighting, in order of time. One that begins where another may have come to
    goes on with it; of several, with the nearest.
    """
    whole: list[list[Seen]] = []
    for way in sorted(ways, key=lambda way: way[0].time_s):
        before = [other for other in whole if _goes_on(other[-1], way[0])]
        if before:
            min(before, key=lambda other: _distance(other[-1].cover, way[0].cover)).extend(way)
        else:
            whole.append(list(way))
    return [*whole]


def _goes_on(last: Seen, first: Seen) -> bool:
    gap_s, distance = first.time_s - last.time_s, _distance(last.cover, first.cover)
    alike = 1 / _LARGER <= _side(first.cover) / _side(last.cover) <= _LARGER
    runs = gap_s <= _RUNNING_S and distance <= _THERE + _SPEED * gap_s
    stays = gap_s <= _AWAY_S and distance <= _THERE
    return gap_s > 0 and alike and (runs or stays)


def _distance(here: Cover, there: Cover) -> float:
    """Between two middles, in sides of the larger face."""
    (x1, y1, x2, y2), (u1, v1, u2, v2) = here.box, there.box
    return hypot(u1 + u2 - x1 - x2, v1 + v2 - y1 - y2) / 2 / max(_side(here), _side(there))


def _side(cover: Cover) -> float:
    x1, y1, x2, y2 = cover.box
    return sqrt((x2 - x1) * (y2 - y1))
