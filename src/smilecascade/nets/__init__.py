"""The networks, declared flat in PyTorch, by name in one registry."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from smilecascade.errors import SpecError
from smilecascade.nets import classify


@dataclass(frozen=True, kw_only=True)
class NetEntry:
    """A net of the registry: how to build it, its window in pixels, and the stride it slides with."""

    build: Callable[[], nn.Sequential]
    window: int
    stride: int


NETS: dict[str, NetEntry] = {
    "li-12": NetEntry(build=classify.li_12, window=12, stride=2),
    "li-24": NetEntry(build=classify.li_24, window=24, stride=2),
    "li-48": NetEntry(build=classify.li_48, window=48, stride=4),
    "face-12": NetEntry(build=classify.face_12, window=12, stride=2),
    "face-24": NetEntry(build=classify.face_24, window=24, stride=8),
    "face-48": NetEntry(build=classify.face_48, window=48, stride=16),
}


def entry(name: str) -> NetEntry:
    """The net of this name. Raises SpecError that names the nearest one."""
    if name not in NETS:
        near = difflib.get_close_matches(name, NETS, n=1, cutoff=0)[0]
        raise SpecError(f"net: no {name!r} in the registry; the nearest is {near!r}, all: {', '.join(NETS)}")
    return NETS[name]
