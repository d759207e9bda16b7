from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from smilecascade.nets import Classifier, entry
from smilecascade.specs import TrainSpec
from smilecascade.train import validation as module
from smilecascade.train.crops import FaceCrops
from smilecascade.train.samples import Samples
from smilecascade.train.validation import validation

SPEC = TrainSpec(net="li-24", steps=1, batch=60, positives=0.5)


def samples(faces: FaceCrops, spec: TrainSpec) -> Samples:
    negatives = np.random.default_rng(1).integers(0, 256, (30, 24, 24, 3), dtype=np.uint8)
    return Samples(faces, negatives, 24, spec)


def net_of(name: str, bias: float | None = None) -> nn.Module:
    torch.manual_seed(1)
    net = entry(name).build().eval()
    if bias is not None:
        with torch.no_grad():
            net.layers[-1].weight.zero_()
            net.layers[-1].bias.copy_(torch.tensor([0.0, bias]))
    return net


@torch.inference_mode()
def figures(net: nn.Module, faces: FaceCrops, spec: TrainSpec = SPEC) -> dict[str, float]:
    said = validation(samples(faces, spec))(net)  # type: ignore[arg-type]
    assert list(said.pictures) == ["mistakes"] * isinstance(net, Classifier)
    return dict(said.figures)


def test_a_net_that_says_face_of_everything_is_wrong_where_there_is_none(face_crops: FaceCrops) -> None:
    labels = samples(face_crops, SPEC).batch(0).labels
    said = figures(net_of("li-24", bias=3.0), face_crops)
    assert said["val_error"] == pytest.approx(float((labels == 0).sum() / (labels >= 0).sum()))
    assert said["val_recall_at_1pc"] == 0


def test_a_net_that_has_diverged_has_no_figures(face_crops: FaceCrops) -> None:
    said = figures(net_of("li-24", bias=float("nan")), face_crops)
    assert list(said) == ["val_loss", "val_error", "val_recall_at_1pc"]
    assert np.isnan(list(said.values())).all()


@pytest.mark.parametrize(
    ("name", "named"), [("li-24-cal", True), ("li-24-cal-27", True), ("li-24-direct", False)]
)
def test_a_calibrator_is_judged_by_its_displacements(face_crops: FaceCrops, name: str, named: bool) -> None:
    """One that predicts them directly names no class."""
    said = figures(net_of(name), face_crops, replace(SPEC, net=name, positives=1.0))
    assert said.keys() == {"displacement_error", *(["class_error"] if named else [])}


def test_windows_asked_about_in_parts_are_judged_alike(
    face_crops: FaceCrops, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = figures(net_of("li-24"), face_crops)
    monkeypatch.setattr(module, "_AT_ONCE", 7)
    assert figures(net_of("li-24"), face_crops) == pytest.approx(at_once)
