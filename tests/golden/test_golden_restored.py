"""Weights read back from the shipped bundle say what its files say, also when they are exported again."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from smilecascade import images
from smilecascade.bundle import Bundle, open_bundle
from smilecascade.geometry.boxes import squares_about
from smilecascade.mipmaps import Mipmaps
from smilecascade.nets import entry
from smilecascade.train.publish import TOLERANCE, exported
from smilecascade.train.restored import restored


@pytest.fixture(scope="module")
def shipped() -> Bundle:
    return open_bundle()


def crops_of(photo: Path, window: int) -> np.ndarray:
    """Windows of every kind of a photo, the face in it among them: (300, S, S, 4)."""
    rng = np.random.default_rng(0)
    centre = rng.normal((224, 117), (60, 60), (300, 2))
    return Mipmaps(images.read(photo)).crops(squares_about(centre, rng.uniform(40, 160, 300)), window)


def said(file: bytes, pixels: np.ndarray) -> dict[str, np.ndarray]:
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    answers = session.run(None, {"pixels": pixels, "min_score": np.array(0, np.float32)})
    return dict(zip(names, answers, strict=True))


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_restored_net_exported_again_says_the_same(shipped: Bundle, astronaut: Path, number: int) -> None:
    known = entry(shipped.spec.levels[number - 1].net)
    net = known.build()
    net.load_state_dict(restored(shipped, number))
    pixels = crops_of(astronaut, known.window)
    wanted = said(shipped.nets[number - 1], pixels)
    found = said(exported(net, known, pixels[..., :3]), pixels)
    assert wanted["scores"].max() > 0.9
    assert wanted["scores"].min() < 0.1
    assert found.keys() == wanted.keys()
    for name, values in wanted.items():
        np.testing.assert_allclose(found[name], values, atol=TOLERANCE, err_msg=name)


def test_normalisations_come_back_as_ones_that_change_nothing(shipped: Bundle) -> None:
    net = entry(shipped.spec.levels[1].net).build().eval()
    net.load_state_dict(restored(shipped, 2))
    scales = [layer for layer in net.modules() if isinstance(layer, torch.nn.BatchNorm2d)]
    assert scales
    for scale in scales:
        pixels = torch.randn(2, scale.num_features, 3, 3)
        torch.testing.assert_close(scale(pixels), pixels + scale.bias[:, None, None])
