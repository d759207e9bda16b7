"""Small bundles of untrained nets: they find faces everywhere, and quickly."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from smilecascade.bundle import write_bundle
from smilecascade.nets import entry
from smilecascade.specs import CascadeSpec, LevelSpec
from smilecascade.train.publish import exported

#: The last layer's weights are enlarged by this, so that scores spread over 0..1.
CONTRAST = 20.0


def untrained(name: str, seed: int = 0) -> torch.nn.Sequential:
    """A net of the registry with random weights whose scores differ from window to window."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        net = entry(name).build().eval()
    with torch.no_grad():
        net[-1].weight *= CONTRAST
    return net


@pytest.fixture(scope="session")
def onnx_nets() -> tuple[bytes, ...]:
    """The three nets that ship, untrained, as ONNX bytes."""
    return tuple(_exported(name) for name in ("face-12", "face-24", "face-48"))


def _exported(name: str) -> bytes:
    window = entry(name).window
    return exported(untrained(name), entry(name), np.zeros((0, window, window, 3), np.uint8))


@pytest.fixture(scope="session")
def random_spec() -> CascadeSpec:
    """The spec that belongs to these nets; about half of all windows pass a level."""
    return CascadeSpec(levels=tuple(_levels(("face-12", "face-24", "face-48"))))


def _levels(names: Sequence[str]) -> list[LevelSpec]:
    strides = [entry(name).stride if number == 0 else 1 for number, name in enumerate(names)]
    return [
        LevelSpec(net=name, window=entry(name).window, min_score=0.5, stride=stride)
        for name, stride in zip(names, strides, strict=True)
    ]


@pytest.fixture(scope="session")
def random_bundle(
    onnx_nets: tuple[bytes, ...], random_spec: CascadeSpec, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder of a bundle of untrained nets; not to be changed."""
    folder = tmp_path_factory.mktemp("bundles") / "random"
    return write_bundle(folder, random_spec, onnx_nets, {"name": "random", "created": "2026-01-01"}).path
