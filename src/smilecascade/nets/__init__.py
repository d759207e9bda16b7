"""The networks, declared flat in PyTorch, by name in one registry."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from smilecascade.errors import SpecError
from smilecascade.nets import align, calibrate, classify, joint
from smilecascade.nets.outputs import Aligner, Calibrator, Classifier, Joint, Net, Outputs

__all__ = ["NETS", "Aligner", "Calibrator", "Classifier", "Joint", "Net", "NetEntry", "Outputs", "entry"]


@dataclass(frozen=True, kw_only=True)
class NetEntry:
    """A net of the registry: how to build it, its window in pixels, and the stride it slides with."""

    build: Callable[[], Net]
    window: int
    stride: int


NETS: dict[str, NetEntry] = {
    "joint-12": NetEntry(build=joint.joint_12, window=12, stride=4),
    "joint-12-dense": NetEntry(build=joint.joint_12_dense, window=12, stride=2),
    "joint-24": NetEntry(build=joint.joint_24, window=24, stride=8),
    "joint-48": NetEntry(build=joint.joint_48, window=48, stride=16),
    "align-48": NetEntry(build=align.align_48, window=48, stride=16),
    "li-12": NetEntry(build=classify.li_12, window=12, stride=2),
    "li-24": NetEntry(build=classify.li_24, window=24, stride=2),
    "li-48": NetEntry(build=classify.li_48, window=48, stride=4),
    "article-12-cal": NetEntry(build=calibrate.article_12_cal, window=12, stride=2),
    "li-24-cal": NetEntry(build=calibrate.li_24_cal, window=24, stride=2),
    "article-48-cal": NetEntry(build=calibrate.article_48_cal, window=48, stride=2),
    "article-12-direct": NetEntry(build=partial(calibrate.article_12_cal, 3), window=12, stride=2),
    "li-24-direct": NetEntry(build=partial(calibrate.li_24_cal, 3), window=24, stride=2),
    "article-48-direct": NetEntry(build=partial(calibrate.article_48_cal, 3), window=48, stride=2),
}


def entry(name: str) -> NetEntry:
    """The net of this name. Raises SpecError that names the nearest one."""
    if name not in NETS:
        near = difflib.get_close_matches(name, NETS, n=1, cutoff=0)[0]
        raise SpecError(f"net: no {name!r} in the registry; the nearest is {near!r}, all: {', '.join(NETS)}")
    return NETS[name]
