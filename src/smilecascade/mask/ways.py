"""Ways of faces through a video that are one: a head that was bent down comes up where it was."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from smilecascade.geometry.boxes import iou
from smilecascade.mask.timeline import Seen

#: Seconds after which a face that appears where another was lost is somebody else, and the least overlap
#: of the two places.
_AWAY_S, _SAME_IOU = 5.0, 0.3

Way = Sequence[Seen]


def joined(ways: Sequence[Way]) -> list[Way]:
    """The same sightings in fewer ways, in order of their beginning.

    ways: each at least one sighting, in order of time. One that begins where another ended, not much
    later, goes on with it, so that the face stays covered between them; of several, the latest.
    """
    whole: list[list[Seen]] = []
    for way in sorted(ways, key=lambda way: way[0].time_s):
        before = [other for other in whole if _goes_on(other[-1], way[0])]
        if before:
            max(before, key=lambda other: other[-1].time_s).extend(way)
        else:
            whole.append(list(way))
    return [*whole]


def _goes_on(last: Seen, first: Seen) -> bool:
    here, there = (np.array([one.cover.box], np.float32) for one in (last, first))
    return 0 < first.time_s - last.time_s <= _AWAY_S and float(iou(here, there)[0, 0]) >= _SAME_IOU
