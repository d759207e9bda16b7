"""What a few steps of the loop teach a net, and which of its heads."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from smilecascade.nets import Outputs, entry
from smilecascade.specs import TrainSpec
from smilecascade.train import samples as module
from smilecascade.train.crops import FaceCrops
from smilecascade.train.loop import Validation, fit, in_float32
from smilecascade.train.samples import Samples

SPEC = TrainSpec(net="joint-12", steps=8, batch=24, warmup=2, validate_every=3, threads=1, seed=5)


def samples_for(spec: TrainSpec, faces: FaceCrops) -> Samples:
    window = entry(spec.net).window
    negatives = np.random.default_rng(1).integers(0, 256, (30, window, window, 3), dtype=np.uint8)
    return Samples(faces, negatives, window, spec)


def learned(samples: Samples, spec: TrainSpec, folder: Path) -> tuple[nn.Module, list[float]]:
    """The net, and the loss of every step."""
    losses: list[float] = []
    net = fit(
        samples,
        spec,
        folder,
        validate=lambda net: Validation({}),
        progress=lambda step, loss: losses.append(loss),
    )
    return net, losses


def test_a_net_learns_to_tell_white_from_black(face_crops: FaceCrops, tmp_path: Path) -> None:
    spec = replace(SPEC, steps=25, batch=32, positives=0.5, learning_rate=1e-2, displacement_weight=0.0)
    black = np.zeros((10, 12, 12, 3), np.uint8)
    white = replace(face_crops, pixels=np.full_like(face_crops.pixels, 255), alone=np.zeros(12, bool))
    _, losses = learned(Samples(white, black, 12, spec), spec, tmp_path)
    assert np.mean(losses[-5:]) < 0.5 * np.mean(losses[:5])


def test_only_the_hardest_samples_count(face_crops: FaceCrops, tmp_path: Path) -> None:
    hardest, all_of_them = (
        learned(
            samples_for(SPEC, face_crops), replace(SPEC, steps=1, hard_share=share), tmp_path / str(share)
        )
        for share in (0.1, 1.0)
    )
    assert hardest[1] > all_of_them[1]


@pytest.mark.parametrize(("weight", "learns"), [(0.3, True), (0.0, False)])
def test_a_head_learns_if_it_has_a_weight(
    face_crops: FaceCrops, tmp_path: Path, weight: float, learns: bool
) -> None:
    first, later = after_1_and_8_steps(
        face_crops, replace(SPEC, displacement_weight=weight, weight_decay=0.0), tmp_path
    )
    assert not torch.equal(first["face.weight"], later["face.weight"])
    assert torch.equal(first["displacement.weight"], later["displacement.weight"]) is not learns


def after_1_and_8_steps(
    faces: FaceCrops, spec: TrainSpec, folder: Path
) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
    """The weights of two trainings, of which every loss is a number."""
    samples = samples_for(spec, faces)
    trainings = [learned(samples, replace(spec, steps=steps), folder / str(steps)) for steps in (1, 8)]
    assert all(np.isfinite(losses).all() for _, losses in trainings)
    first, later = (net.state_dict() for net, _ in trainings)
    return first, later


def test_a_calibrator_learns_from_faces_alone(face_crops: FaceCrops, tmp_path: Path) -> None:
    spec = replace(SPEC, net="article-12-cal", positives=1.0, displaced="classes")
    samples = Samples(face_crops, np.zeros((0, 12, 12, 3), np.uint8), 12, spec)
    assert np.isfinite(learned(samples, spec, tmp_path)[1]).all()


@pytest.mark.parametrize(
    ("positives", "learning", "idle"),
    [(0.01, "face", "displacement"), (1.0, "displacement", "face")],
    ids=["no faces", "faces hardly in place"],
)
def test_while_one_head_is_told_nothing_another_learns(
    face_crops: FaceCrops,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    positives: float,
    learning: str,
    idle: str,
) -> None:
    monkeypatch.setattr(module, "FACE_IOU", 1.1)  # no window overlaps its face so much
    first, later = after_1_and_8_steps(
        face_crops, replace(SPEC, net="joint-48", positives=positives, weight_decay=0.0), tmp_path
    )
    assert not torch.equal(first[f"{learning}.weight"], later[f"{learning}.weight"])
    assert torch.equal(first[f"{idle}.weight"], later[f"{idle}.weight"])


def test_half_precision_hardly_changes_the_loss(face_crops: FaceCrops, tmp_path: Path) -> None:
    losses = {}
    for precision in ("float32", "bfloat16"):
        spec = replace(SPEC, precision=precision, steps=2)  # type: ignore[arg-type]
        net, losses[precision] = learned(samples_for(spec, face_crops), spec, tmp_path / precision)
        assert {weight.dtype for weight in net.parameters()} == {torch.float32}
    assert losses["bfloat16"] == pytest.approx(losses["float32"], rel=0.03)
    assert losses["bfloat16"] != losses["float32"]


def test_outputs_are_float32_for_the_loss() -> None:
    half = Outputs(face=torch.ones(2, 1, 1, 1, dtype=torch.bfloat16), points=torch.ones(2, 10, 1, 1))
    outputs = in_float32(half)
    assert outputs.face is not None
    assert outputs.face.dtype == torch.float32
    assert outputs.displacement is None
    torch.testing.assert_close(outputs.points, half.points)
