"""Small bundles of untrained nets, which find faces everywhere. PyTorch is imported where it is used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from smilecascade.bundle import write_bundle
from smilecascade.specs import CascadeSpec, LevelSpec

if TYPE_CHECKING:
    from smilecascade.nets import Net

NETS = ("joint-12", "joint-24", "joint-48")
ALIGNER = "align-48"


@pytest.fixture
def quiet_torch() -> Iterator[None]:
    """One thread, which a busy machine slows down least; seeds and threads are left as they were."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with torch.random.fork_rng():
        yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def onnx_nets() -> tuple[bytes, ...]:
    """The nets of the three levels that ship, untrained, as ONNX bytes."""
    import torch

    from smilecascade.nets import entry
    from smilecascade.train.publish import exported

    with torch.random.fork_rng():
        torch.manual_seed(0)
        nets = [_undecided(entry(name).build(), entry(name).window) for name in NETS]
    windows = [entry(name).window for name in NETS]
    crops = [np.zeros((0, window, window, 3), np.uint8) for window in windows]
    return tuple(map(exported, nets, map(entry, NETS), crops))


@pytest.fixture(scope="session")
def onnx_aligner() -> bytes:
    """The aligner that ships, untrained, as ONNX bytes."""
    import torch

    from smilecascade.nets import entry
    from smilecascade.train.publish import exported

    with torch.random.fork_rng():
        torch.manual_seed(0)
        return exported(entry(ALIGNER).build(), entry(ALIGNER), np.zeros((0, 48, 48, 3), np.uint8))


def _undecided(net: Net, window: int) -> Net:
    """Random weights, set so that the scores of noise spread over 0..1, half of them above 0.5."""
    import torch

    noise = torch.rand(256, 3, window, window) * 2 - 1
    for layer in net.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.momentum = None  # the mean of all batches seen
    with torch.no_grad():
        net.train()(noise)
        net.face.weight *= 3 / net.eval()(noise).face.std()
        net.face.bias -= net(noise).face.median()
    return net


@pytest.fixture(scope="session")
def random_spec() -> CascadeSpec:
    """The spec that belongs to these nets; about half of all windows pass a level."""
    shapes = zip(NETS, (12, 24, 48), (4, 1, 1), strict=True)
    return CascadeSpec(
        levels=tuple(
            LevelSpec(net=name, window=window, min_score=0.5, stride=stride)
            for name, window, stride in shapes
        )
    )


@pytest.fixture(scope="session")
def random_bundle(
    onnx_nets: tuple[bytes, ...],
    onnx_aligner: bytes,
    random_spec: CascadeSpec,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The folder of a whole bundle of untrained nets; not to be changed."""
    folder = tmp_path_factory.mktemp("bundles") / "random"
    facts = {"name": "random", "created": "2026-01-01"}
    return write_bundle(folder, random_spec, onnx_nets, facts, aligner=onnx_aligner).path


@pytest.fixture(scope="session")
def onnx_expression() -> bytes:
    """The net of expressions that ships, untrained, as ONNX bytes."""
    import torch

    from smilecascade.nets import Expressive, entry
    from smilecascade.train.expression.publish import exported, windows_of
    from smilecascade.train.expression.scaling import Scaling

    names = ("expression-48", "eye-24")
    with torch.random.fork_rng():
        torch.manual_seed(0)
        face, eye = (entry(name).build() for name in names)
    assert isinstance(face, Expressive)
    assert isinstance(eye, Expressive)
    return exported(face, eye, windows_of(*names), Scaling())


@pytest.fixture(scope="session")
def expressive_bundle(
    onnx_nets: tuple[bytes, ...],
    onnx_aligner: bytes,
    onnx_expression: bytes,
    random_spec: CascadeSpec,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The folder of a bundle of untrained nets that says what faces show, too; not to be changed."""
    folder = tmp_path_factory.mktemp("bundles") / "expressive"
    more = {"aligner": onnx_aligner, "expression": onnx_expression}
    return write_bundle(folder, random_spec, onnx_nets, {"name": "expressive"}, **more).path
