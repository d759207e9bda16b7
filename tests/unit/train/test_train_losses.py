from dataclasses import replace
from math import log

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from smilecascade.geometry.calibration import DISPLACEMENTS
from smilecascade.nets import Outputs
from smilecascade.specs import TrainSpec
from smilecascade.train.losses import displacement_loss, errors, face_loss, loss, points_loss
from smilecascade.train.samples import Batch

SPEC = TrainSpec(net="joint-48", steps=1, hard_share=1.0)
CLASSES = torch.from_numpy(DISPLACEMENTS)


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def batch(labels: list[int], displacements: Tensor, points: Tensor) -> Batch:
    pixels = torch.zeros(len(labels), 3, 48, 48)
    return Batch(pixels=pixels, labels=torch.tensor(labels), displacements=displacements, points=points)


def of_windows(head: Tensor) -> Tensor:
    """As a net gives it, for windows."""
    return head[:, :, None, None]


@pytest.fixture
def known() -> Batch:
    """Three faces, the second hardly in place, and two windows without one."""
    return batch([1, -1, 1, 0, 0], noise(3, 3) * 0.05, noise(3, 6, 2, seed=1) * 0.3)


@pytest.fixture
def outputs() -> Outputs:
    """What a net with all heads might say of those five windows."""
    return Outputs(
        face=of_windows(noise(5, 1, seed=2)),
        displacement=of_windows(noise(5, 45, seed=3)),
        points=of_windows(noise(5, 10, seed=4)),
    )


def test_the_loss_of_a_face_is_the_cross_entropy() -> None:
    logits, labels = noise(6), torch.tensor([1, 0, 0, 1, 1, 0])
    likely = torch.where(labels == 1, torch.sigmoid(logits), 1 - torch.sigmoid(logits))
    torch.testing.assert_close(face_loss(logits, labels, 1.0), -likely.log().mean())


def test_samples_that_are_neither_are_not_asked() -> None:
    logits, labels = noise(6).requires_grad_(), torch.tensor([1, -1, 0, -1, 1, 0])
    asked = face_loss(logits, labels, 1.0)
    torch.testing.assert_close(asked, face_loss(logits[labels >= 0], labels[labels >= 0], 1.0))
    asked.backward()
    assert (logits.grad != 0).tolist() == (labels >= 0).tolist()


def test_only_the_hardest_share_counts() -> None:
    logits, labels = (
        torch.tensor([9.0, -9, 0, 9, -1, -8, -7, -9, -9, -9, 50]),
        torch.tensor([1] + [0] * 9 + [-1]),
    )
    hardest = functional.softplus(torch.tensor([9.0, 0]))
    torch.testing.assert_close(face_loss(logits, labels, 0.2), hardest.mean())
    torch.testing.assert_close(face_loss(logits, labels, 0.01), hardest[0])


def test_of_logits_the_loss_is_least_at_the_shares_of_the_classes() -> None:
    displacements = CLASSES[[0, 22, 40]]
    right, wrong = 20 * torch.eye(45)[[0, 22, 40]], 20 * torch.eye(45)[[1, 21, 44]]
    assert displacement_loss(right, displacements) < 1e-4
    assert displacement_loss(wrong, displacements) == pytest.approx(20, abs=1e-3)


def test_between_two_classes_both_are_wanted() -> None:
    between = (CLASSES[[22]] + CLASSES[[23]]) / 2
    one, both = torch.full((1, 45), -20.0), torch.full((1, 45), -20.0)
    one[0, 22] = both[0, 22] = both[0, 23] = 0
    assert displacement_loss(both, between) == pytest.approx(log(2), abs=1e-4)
    assert displacement_loss(one, between) == pytest.approx(10, abs=1e-3)


def test_of_three_numbers_the_loss_is_their_distance_in_steps_of_the_classes() -> None:
    displacements = noise(4, 3) * 0.1
    assert displacement_loss(displacements, displacements) == 0
    for axis, step in enumerate((0.17, 0.17, log(1.1))):
        off = displacements.clone()
        off[:, axis] += 2 * step  # smooth L1: 1.5 on one axis of three
        assert displacement_loss(off, displacements) == pytest.approx(0.5, abs=1e-3)


def test_the_loss_of_points_is_their_mean_distance_along_x_and_y() -> None:
    points = noise(2, 6, 2)
    points[:, 5] = torch.nan
    assert points_loss(points[:, :5].flatten(1), points) == 0
    off = points[:, :5] + torch.tensor([0.1, -0.3])
    assert points_loss(off.flatten(1), points) == pytest.approx(0.2, abs=1e-6)


def test_unknown_points_count_nothing() -> None:
    predicted, points = noise(2, 10).requires_grad_(), noise(2, 6, 2, seed=1)
    points[0, 2], points[:, 5], points[1] = torch.nan, torch.nan, torch.nan
    lost = points_loss(predicted, points)
    known = [0, 1, 3, 4]
    wanted = (predicted[0].reshape(5, 2)[known] - points[0, known]).abs().mean()
    torch.testing.assert_close(lost, wanted)
    lost.backward()
    asked = torch.zeros(2, 5, 2, dtype=torch.bool)
    asked[0, known] = True
    assert torch.equal(predicted.grad.reshape(2, 5, 2) != 0, asked)


def test_where_no_point_is_known_nothing_is_lost() -> None:
    predicted = noise(2, 10).requires_grad_()
    lost = points_loss(predicted, torch.full((2, 6, 2), torch.nan))
    lost.backward()
    assert lost == 0
    assert (predicted.grad == 0).all()


def test_a_middle_of_the_mouth_holds_the_mean_of_its_corners() -> None:
    points = torch.full((1, 6, 2), torch.nan)
    points[0, 5] = torch.tensor([0.1, 0.2])
    predicted = torch.zeros(1, 5, 2)
    predicted[0, 3], predicted[0, 4] = torch.tensor([-0.2, 0.3]), torch.tensor([0.4, 0.1])
    assert points_loss(predicted.flatten(1), points) == pytest.approx(0, abs=1e-6)
    predicted[0, 4, 0] += 0.2  # moves the mean by 0.1, along one of two axes
    assert points_loss(predicted.flatten(1), points) == pytest.approx(0.05, abs=1e-6)


def test_the_heads_are_weighed(outputs: Outputs, known: Batch) -> None:
    spec = replace(SPEC, displacement_weight=0.25, points_weight=3.0)
    face = face_loss(outputs.face.flatten(), known.labels, 1.0)  # type: ignore[union-attr]
    displacement = displacement_loss(outputs.displacement[:3, :, 0, 0], known.displacements)  # type: ignore[index]
    points = points_loss(outputs.points[:3, :, 0, 0], known.points)  # type: ignore[index]
    torch.testing.assert_close(loss(outputs, known, spec), face + 0.25 * displacement + 3 * points)


@pytest.mark.parametrize("head", ["face", "displacement", "points"])
def test_only_heads_that_a_net_has_are_told(outputs: Outputs, known: Batch, head: str) -> None:
    spec = replace(SPEC, displacement_weight=1.0, points_weight=1.0)
    each = {name: loss(Outputs(**{name: said}), known, spec) for name, said in outputs._asdict().items()}
    without = loss(outputs._replace(**{head: None}), known, spec)
    torch.testing.assert_close(without, sum(each.values()) - each[head])
    assert loss(Outputs(), known, spec) == 0


def test_of_windows_without_a_face_only_that_is_told(outputs: Outputs, known: Batch) -> None:
    rows = torch.tensor([3, 4])
    other = Outputs(
        outputs.face, *(None if said is None else said.index_fill(0, rows, 7.0) for said in outputs[1:])
    )
    assert loss(other, known, SPEC) == loss(outputs, known, SPEC)


def test_without_faces_only_the_face_head_is_told(outputs: Outputs) -> None:
    nobody = batch([0] * 5, torch.zeros(0, 3), torch.zeros(0, 6, 2))
    wanted = face_loss(outputs.face.flatten(), nobody.labels, 1.0)  # type: ignore[union-attr]
    assert wanted.isfinite()
    torch.testing.assert_close(loss(outputs, nobody, SPEC), wanted)


def test_where_no_window_is_asked_of_the_face_head_is_told_nothing(outputs: Outputs, known: Batch) -> None:
    unasked = replace(known, labels=torch.full((5,), -1))
    wanted = loss(outputs._replace(face=None), known, SPEC)
    assert wanted.isfinite()
    torch.testing.assert_close(loss(outputs, unasked, SPEC), wanted)


def test_what_is_said_without_fault_has_no_errors() -> None:
    points = noise(3, 6, 2)
    points[:, 5] = points[:, 3:5].mean(1)
    perfect = Outputs(
        face=torch.zeros(4, 1, 1, 1),
        displacement=of_windows(torch.cat([30 * torch.eye(45)[[3, 22, 41]], noise(1, 45)])),
        points=of_windows(torch.cat([points[:, :5].flatten(1), noise(1, 10)])),
    )
    figures = errors(perfect, batch([1, 1, -1, 0], CLASSES[[3, 22, 41]], points))
    assert figures == pytest.approx({"class_error": 0, "displacement_error": 0, "points_error": 0}, abs=1e-6)


def test_errors_are_told_in_the_units_of_their_names() -> None:
    points = torch.full((2, 6, 2), torch.nan)
    points[0, :2] = torch.tensor([[-0.2, 0.0], [0.2, 0.0]])
    off = torch.zeros(2, 10)
    off[0, :4] = torch.tensor([-0.2, 0.0, 0.2, 0.1])  # a quarter of the distance of the eyes
    wrong = Outputs(displacement=of_windows(30 * torch.eye(45)[[22, 23]]), points=of_windows(off))
    figures = errors(wrong, batch([1, 1], CLASSES[[22, 22]], points))
    assert figures["class_error"] == 0.5
    assert figures["displacement_error"] == pytest.approx(0.17 / 6, abs=1e-6)
    assert figures["points_error"] == pytest.approx(0.125, abs=1e-6)


def test_only_heads_that_a_net_has_have_errors(known: Batch, outputs: Outputs) -> None:
    assert errors(Outputs(face=outputs.face), known) == {}
    direct = Outputs(displacement=of_windows(torch.cat([known.displacements, noise(2, 3)])))
    assert errors(direct, known) == {"displacement_error": 0}


def test_a_displacement_between_two_classes_is_of_the_nearer() -> None:
    near = CLASSES[[22]] + torch.tensor([[0.05, 0, 0]])
    assert np.abs(DISPLACEMENTS - near.numpy()).sum(1).argmin() == 22
    right = Outputs(displacement=of_windows(torch.eye(45)[[22]]))
    assert errors(right, batch([1], near, torch.zeros(1, 6, 2)))["class_error"] == 0
