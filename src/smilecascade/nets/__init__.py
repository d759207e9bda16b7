"""The networks, declared flat in PyTorch, by name in one registry."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import product

from smilecascade.errors import SpecError
from smilecascade.nets import align, calibrate, classify, compared, expression, inceptron, joint
from smilecascade.nets.compared import MultiResolution
from smilecascade.nets.outputs import Aligner, Calibrator, Classifier, Expressive, Joint, Outputs

__all__ = [
    "NETS",
    "Aligner",
    "Calibrator",
    "Classifier",
    "Expressive",
    "Joint",
    "Net",
    "NetEntry",
    "Outputs",
    "entry",
]

Net = Classifier | Calibrator | Joint | Aligner | Expressive | MultiResolution


@dataclass(frozen=True, kw_only=True)
class NetEntry:
    """A net of the registry: how to build it, its window in pixels, and the stride it slides with.

    The stride of a net that never slides over a larger picture is its window.
    """

    build: Callable[[], Net]
    window: int
    stride: int

    @property
    def slides(self) -> bool:
        """Whether it gives a position every stride of a larger picture; only such nets can be levels."""
        return self.stride < self.window


NETS: dict[str, NetEntry] = {
    "joint-12": NetEntry(build=joint.joint_12, window=12, stride=4),
    "joint-12-dense": NetEntry(build=joint.joint_12_dense, window=12, stride=2),
    "joint-24": NetEntry(build=joint.joint_24, window=24, stride=8),
    "joint-48": NetEntry(build=joint.joint_48, window=48, stride=16),
    "align-48": NetEntry(build=align.align_48, window=48, stride=16),
    "expression-48": NetEntry(build=expression.expression_48, window=48, stride=48),
    "expression-48-teacher": NetEntry(build=expression.expression_48_teacher, window=48, stride=48),
    "eye-24": NetEntry(build=expression.eye_24, window=24, stride=24),
    "li-12": NetEntry(build=classify.li_12, window=12, stride=2),
    "li-24": NetEntry(build=classify.li_24, window=24, stride=2),
    "li-48": NetEntry(build=classify.li_48, window=48, stride=4),
    "article-12-cal": NetEntry(build=calibrate.article_12_cal, window=12, stride=2),
    "li-24-cal": NetEntry(build=calibrate.li_24_cal, window=24, stride=2),
    "article-48-cal": NetEntry(build=calibrate.article_48_cal, window=48, stride=2),
    "wide-24": NetEntry(build=compared.wide_24, window=24, stride=2),
    "multi-24": NetEntry(build=MultiResolution, window=24, stride=24),
    "large-48": NetEntry(build=compared.large_48, window=48, stride=4),
    "article-12-direct": NetEntry(build=partial(calibrate.article_12_cal, 3), window=12, stride=2),
    "li-24-direct": NetEntry(build=partial(calibrate.li_24_cal, 3), window=24, stride=2),
    "article-48-direct": NetEntry(build=partial(calibrate.article_48_cal, 3), window=48, stride=2),
}

#: Dropouts that the middle net is compared at, per cent.
DROPOUTS = (0, 15, 30, 50)

#: Sizes of the tables of displacements, coarser and finer than the 45, that calibrators are compared with.
TABLES = (8, 27, 225)


def _of_experiments() -> dict[str, NetEntry]:
    """The nets that differ from another by a number, which their names tell."""
    nets = {}
    for dropout, normalised in product(DROPOUTS, (True, False)):
        build = partial(compared.middle_24, normalised=normalised, dropout=dropout / 100)
        name = f"middle-24-drop{dropout}" + ("" if normalised else "-plain")
        nets[name] = NetEntry(build=build, window=24, stride=2)
    for classes in TABLES:
        small, middle = partial(calibrate.article_12_cal, classes), partial(calibrate.li_24_cal, classes)
        nets[f"article-12-cal-{classes}"] = NetEntry(build=small, window=12, stride=2)
        nets[f"li-24-cal-{classes}"] = NetEntry(build=middle, window=24, stride=2)
    for name, options in inceptron.VARIANTS.items():
        nets[name] = NetEntry(build=partial(inceptron.inceptron_64, **options), window=64, stride=64)
    return nets


NETS |= _of_experiments()


def entry(name: str) -> NetEntry:
    """The net of this name. Raises SpecError that names the nearest one."""
    if name not in NETS:
        near = difflib.get_close_matches(name, NETS, n=1, cutoff=0)[0]
        raise SpecError(f"net: no {name!r} in the registry; the nearest is {near!r}, all: {', '.join(NETS)}")
    return NETS[name]
