from collections.abc import Callable
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn

from smilecascade.errors import BundleError, SpecError
from smilecascade.nets import entry
from smilecascade.train import publish
from smilecascade.train.publish import Judge, exported

FIRST = entry("joint-12")
LAST = entry("align-48")
NO_CROPS = np.zeros((0, 48, 48, 3), np.uint8)
CROPS = np.random.default_rng(0).integers(0, 256, (6, 12, 12, 3), dtype=np.uint8)


def damaging(net: nn.Module, change: Callable[[nn.Module], object]) -> Callable[..., None]:
    """An exporter after which PyTorch's net is another one than the file's."""
    export = torch.onnx.export

    def exporting(*arguments: Any, **options: Any) -> None:
        export(*arguments, **options)
        with torch.no_grad():
            change(net)

    return exporting


def rgbx(pixels: np.ndarray, fourth: int = 0) -> np.ndarray:
    """RGB pixels (N, H, W, 3) as an exported net takes them: (N, H, W, 4)."""
    return np.pad(pixels, [(0, 0)] * 3 + [(0, 1)], constant_values=fourth)


def run(onnx: bytes, pixels: np.ndarray, min_score: float = 0.0) -> dict[str, np.ndarray]:
    """What the exported net says of RGBX pixels, by the name of the output."""
    session = onnxruntime.InferenceSession(onnx)
    names = [output.name for output in session.get_outputs()]
    given = {"pixels": pixels, "min_score": np.array(min_score, np.float32)}
    asked = {one.name: given[one.name] for one in session.get_inputs()}
    return dict(zip(names, session.run(None, asked), strict=True))


@pytest.mark.parametrize(
    ("name", "outputs"),
    [
        ("li-12", ["places", "scores"]),
        ("joint-12", ["places", "scores", "displacements"]),
        ("joint-48", ["places", "scores", "displacements"]),
        ("align-48", ["displacements", "points"]),
    ],
)
def test_a_net_says_what_it_has_heads_for(name: str, outputs: list[str]) -> None:
    net, window = entry(name).build(), entry(name).window
    said = run(exported(net, entry(name), CROPS[:0]), np.zeros((2, window, window, 4), np.uint8))
    assert list(said) == outputs


def test_scores_are_probabilities_of_a_face() -> None:
    net = FIRST.build().eval()
    with torch.inference_mode():
        logits = net(torch.from_numpy(CROPS).permute(0, 3, 1, 2).float() / 127.5 - 1).face.flatten()
        places, scores, *_ = Judge(net)(torch.from_numpy(rgbx(CROPS)), torch.tensor(0.0))
    assert places.tolist() == list(range(6))
    torch.testing.assert_close(scores, 1 / (1 + (-logits).exp()))


def test_windows_below_the_threshold_are_not_kept() -> None:
    onnx = exported(FIRST.build(), FIRST, CROPS)
    pixels = rgbx(CROPS)
    everything = run(onnx, pixels)
    threshold = float(np.median(everything["scores"]))
    rows = np.flatnonzero(everything["scores"] >= threshold)
    kept = run(onnx, pixels, threshold)
    assert 0 < len(rows) < len(CROPS)
    for name, values in kept.items():
        np.testing.assert_allclose(values, everything[name][rows], atol=1e-6, err_msg=name)
    assert {name: values.shape for name, values in run(onnx, pixels, 1.01).items()} == {
        "places": (0,),
        "scores": (0,),
        "displacements": (0, 3),
    }


@pytest.mark.parametrize(
    ("shape", "positions"),
    [
        ((1, 12, 12, 4), 1),
        ((9, 12, 12, 4), 9),
        ((0, 12, 12, 4), 0),
        ((1, 31, 20, 4), 5 * 3),
        ((2, 16, 12, 4), 4),
    ],
)
def test_the_export_takes_any_number_of_windows_of_any_size(shape: tuple[int, ...], positions: int) -> None:
    said = run(exported(FIRST.build(), FIRST, CROPS), np.zeros(shape, np.uint8))
    assert said["places"].dtype == np.int64
    assert said["places"].tolist() == list(range(positions))
    assert said["scores"].shape == (positions,)
    assert said["displacements"].shape == (positions, 3)


@pytest.mark.parametrize("count", [0, 1, 9])
def test_an_aligner_answers_for_every_window(count: int) -> None:
    """Whatever it is: it has no score, and takes no least one."""
    onnx = exported(LAST.build(), LAST, NO_CROPS)
    said = run(onnx, np.zeros((count, 48, 48, 4), np.uint8))
    assert [one.name for one in onnxruntime.InferenceSession(onnx).get_inputs()] == ["pixels"]
    assert {name: values.shape for name, values in said.items()} == {
        "displacements": (count, 3),
        "points": (count, 5, 2),
    }


def test_the_exported_net_does_not_drop_out() -> None:
    onnx = exported(FIRST.build().train(), FIRST, CROPS)
    first, second = (run(onnx, rgbx(CROPS))["scores"] for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("name", ["li-12", "joint-12", "joint-48", "align-48"])
def test_the_fourth_byte_does_not_matter(name: str) -> None:
    window = entry(name).window
    onnx = exported(entry(name).build(), entry(name), CROPS[:0])
    pixels = np.random.default_rng(1).integers(0, 256, (4, window, window, 3), dtype=np.uint8)
    dark, bright = run(onnx, rgbx(pixels, 0)), run(onnx, rgbx(pixels, 255))
    for output, values in dark.items():
        np.testing.assert_array_equal(values, bright[output], err_msg=output)


def test_crops_are_not_needed() -> None:
    assert exported(FIRST.build(), FIRST, CROPS[:0])


def test_the_same_net_gives_the_same_bytes() -> None:
    net = FIRST.build()
    assert exported(net, FIRST, CROPS) == exported(net, FIRST, CROPS[:0], seed=3)


@pytest.mark.parametrize(
    ("name", "output", "change"),
    [
        ("joint-48", "scores", lambda net: net.face.bias.add_(0.01)),
        ("joint-48", "scores", lambda net: net.trunk[1].weight.mul_(2)),
        ("joint-48", "scores", lambda net: net.face.weight.fill_(float("nan"))),
        ("joint-48", "displacements", lambda net: net.displacement.bias[0].add_(0.1)),
        ("align-48", "displacements", lambda net: net.displacement.bias[0].add_(0.1)),
        ("align-48", "points", lambda net: net.points.bias[9].add_(1e-3)),
    ],
)
def test_a_mismatch_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, output: str, change: Callable[[Any], object]
) -> None:
    net = entry(name).build()
    monkeypatch.setattr(torch.onnx, "export", damaging(net, change))
    with pytest.raises(
        BundleError, match=rf"the exported net's {output} differ from PyTorch's by .*; nothing was written"
    ):
        exported(net, entry(name), NO_CROPS)


@pytest.mark.parametrize(
    ("name", "layer"),
    [("joint-48", "trunk"), ("joint-48", "face"), ("joint-48", "displacement"), ("align-48", "points")],
)
def test_weights_that_are_no_numbers_are_refused(name: str, layer: str) -> None:
    net = entry(name).build()
    with torch.no_grad():
        next(net.get_submodule(layer).parameters()).view(-1)[0] = float("nan")
    with pytest.raises(BundleError, match="the net's weights are no numbers: its training diverged"):
        exported(net, entry(name), NO_CROPS)


@pytest.mark.parametrize("name", ["li-24-cal", "li-24-direct"])
def test_a_net_that_only_calibrates_is_refused(name: str) -> None:
    with pytest.raises(SpecError, match="net: a calibrator alone does not tell faces from background"):
        exported(entry(name).build(), entry(name), np.zeros((0, 24, 24, 3), np.uint8))


def test_random_pixels_and_real_crops_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[np.ndarray] = []
    monkeypatch.setattr(publish, "_compare", lambda net, onnx, probes: compared.extend(probes))
    exported(FIRST.build(), FIRST, CROPS)
    windows, picture, crops = compared
    assert windows.shape[1:] == (12, 12, 3)
    assert min(picture.shape[1:3]) > 12
    np.testing.assert_array_equal(crops, CROPS)


def test_an_aligner_which_never_slides_is_compared_on_windows_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[np.ndarray] = []
    monkeypatch.setattr(publish, "_compare", lambda net, onnx, probes: compared.extend(probes))
    exported(LAST.build(), LAST, NO_CROPS)
    assert {probe.shape[1:] for probe in compared} == {(48, 48, 3)}
