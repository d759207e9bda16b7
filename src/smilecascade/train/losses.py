"""What each head of a net is told: face or not, the displacement, the points."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from smilecascade.nets import Outputs
from smilecascade.specs import TrainSpec
from smilecascade.train.samples import Batch
from smilecascade.train.targets import class_weights, expected

#: Displacements predicted directly are compared in steps of the classes: 0.17 sides, ln 1.1.
_UNIT = torch.tensor([0.17, 0.17, 0.0953])


def loss(outputs: Outputs, batch: Batch, spec: TrainSpec) -> Tensor:
    """The weighted sum of what the heads that a net has are told; a scalar."""
    # What is told nothing must still lead back to the weights.
    total = sum(
        (output.sum() * 0 for output in outputs if output is not None),
        torch.zeros((), device=batch.labels.device),
    )
    asked = bool((batch.labels >= 0).any())
    if outputs.face is not None and asked:
        total = total + face_loss(outputs.face.flatten(), batch.labels, spec.hard_share)
    if outputs.displacement is not None and batch.faces:
        faces = outputs.displacement.flatten(1)[: batch.faces]
        total = total + spec.displacement_weight * displacement_loss(faces, batch.displacements)
    if outputs.points is not None:
        faces = outputs.points.flatten(1)[: batch.faces]
        total = total + spec.points_weight * points_loss(faces, batch.points)
    return total


def face_loss(logits: Tensor, labels: Tensor, hard_share: float) -> Tensor:
    """Cross-entropy of (N,) logits with labels 1 and 0, over the share of samples where it is highest.

    Easy background otherwise drowns the rest (MTCNN, section 3.2.4). Samples labelled −1 are
    not asked; at least one must be.
    """
    asked = labels >= 0
    losses = functional.binary_cross_entropy_with_logits(
        logits[asked], labels[asked].float(), reduction="none"
    )
    return losses.topk(max(1, round(len(losses) * hard_share))).values.mean()


def displacement_loss(predicted: Tensor, displacements: Tensor) -> Tensor:
    """Of (N, 45) logits the cross-entropy with the classes' shares; of (N, 3) the smooth L1 distance.

    Of another number of logits the same with the table of that size.
    """
    if predicted.shape[1] == displacements.shape[1]:
        unit = _UNIT.to(predicted.device)
        return functional.smooth_l1_loss(predicted / unit, displacements / unit)
    return functional.cross_entropy(predicted, class_weights(displacements, predicted.shape[1]))


def points_loss(predicted: Tensor, points: Tensor) -> Tensor:
    """Distance of (N, 10) predictions from those of the (N, 6, 2) points that are labelled, along x and y.

    The sixth is the middle of the mouth: where a set labels it instead of the corners, the mean
    of the two predicted corners is held to it.
    """
    six = _with_mouth(predicted)
    known = points.isfinite()
    distance = (six - torch.where(known, points, torch.zeros_like(points))).abs()
    return (distance * known).sum() / known.sum().clamp(min=1)


def errors(outputs: Outputs, batch: Batch) -> dict[str, float]:
    """Figures of the heads on a batch of known windows, by name; shares in 0..1.

    class_error: share of the windows whose likeliest of the 45 classes is not the nearest one.
    displacement_error: mean of |error| of dx, dy and ln s. points_error: mean distance of the
    points, in distances of the eyes.
    """
    figures: dict[str, float] = {}
    outputs = Outputs(*(None if each is None else each.detach() for each in outputs))
    if outputs.displacement is not None:
        faces = outputs.displacement.flatten(1)[: batch.faces]
        if faces.shape[1] > batch.displacements.shape[1]:
            wrong = faces.argmax(1) != class_weights(batch.displacements, faces.shape[1]).argmax(1)
            figures["class_error"] = float(wrong.float().mean())
        figures["displacement_error"] = float((expected(faces) - batch.displacements).abs().mean())
    if outputs.points is not None:
        six = _with_mouth(outputs.points.flatten(1)[: batch.faces])
        eyes = (batch.points[:, 0] - batch.points[:, 1]).norm(dim=1, keepdim=True)
        figures["points_error"] = float(((six - batch.points).norm(dim=2) / eyes).nanmean())
    return figures


def _with_mouth(predicted: Tensor) -> Tensor:
    """Predictions (N, 10) as six points (N, 6, 2): the last is the mean of the two corners of the mouth."""
    five = predicted.unflatten(1, (5, 2))  # type: ignore[no-untyped-call]
    return torch.cat([five, five[:, 3:].mean(1, keepdim=True)], dim=1)
