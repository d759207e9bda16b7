"""The loop, on a handful of tiles: it learns, goes on where it stopped, and heeds a teacher."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from smilecascade.errors import SpecError
from smilecascade.nets import Net, entry
from smilecascade.train.expression.ask import taught
from smilecascade.train.expression.loop import fit, learning_rate, logits_of, trained
from smilecascade.train.expression.losses import loss
from smilecascade.train.expression.recipe import ExpressionSpec
from smilecascade.train.expression.samples import Tiles, TileSamples
from smilecascade.train.expression.scaling import Scaling, fitted

pytestmark = pytest.mark.usefixtures("quiet_torch")

SPEC = ExpressionSpec(
    net="eye-24", steps=6, batch=8, warmup=2, validate_every=2, precision="float32", threads=1, average=0.5
)


def eyes() -> TileSamples:
    """Bright bars are open, dark ones closed: whoever looks can tell."""
    grey = np.full((16, 48, 48), 128, np.uint8)
    grey[:8, 20:28], grey[8:, 20:28] = 250, 5
    targets = (np.arange(16)[:, None] >= 8).astype(np.float32)
    return TileSamples([Tiles(grey=grey, targets=targets)], 24, SPEC)


def silent(net: Net) -> Mapping[str, float]:
    return {}


class KilledError(Exception):
    """The process ends here."""


def weights(net: Net) -> list[torch.Tensor]:
    return list(net.state_dict().values())


def test_a_training_that_was_killed_ends_with_the_same_weights(tmp_path: Path) -> None:
    whole = fit(eyes(), tmp_path / "whole", validate=silent)

    def dies(step: int, _: float) -> None:
        if step == 5:
            raise KilledError

    with pytest.raises(KilledError):
        fit(eyes(), tmp_path / "parts", validate=silent, progress=dies)
    assert trained(SPEC, tmp_path / "parts") is None
    resumed = fit(eyes(), tmp_path / "parts", validate=silent)
    for one, other in zip(weights(whole), weights(resumed), strict=True):
        assert torch.equal(one, other)
    again = trained(SPEC, tmp_path / "parts")
    assert again is not None
    assert all(map(torch.equal, weights(again), weights(whole)))


def test_a_checkpoint_of_another_spec_is_refused(tmp_path: Path) -> None:
    fit(eyes(), tmp_path, validate=silent)
    with pytest.raises(SpecError, match="belongs to another spec; give another --work folder"):
        trained(replace(SPEC, seed=2), tmp_path)


def test_what_is_told_apart_is_learned(tmp_path: Path) -> None:
    samples = eyes()
    samples.spec = replace(SPEC, steps=60, warmup=5, mixup=0.0)
    told: list[float] = []
    net = fit(samples, tmp_path, validate=silent, progress=lambda _, lost: told.append(lost))
    assert np.mean(told[-10:]) < 0.5 * np.mean(told[:10])
    assert not net.training


def test_the_validation_sees_the_mean_net(tmp_path: Path) -> None:
    seen: list[Net] = []

    def remember(net: Net) -> Mapping[str, float]:
        seen.append(net)
        return {"figure": 1.0}

    assert fit(eyes(), tmp_path, validate=remember) is seen[-1]
    assert len(seen) == 3


def test_the_rate_rises_and_falls() -> None:
    spec = replace(SPEC, steps=100, warmup=10)
    rates = [learning_rate(spec, step) for step in range(100)]
    assert max(rates) == rates[9] == spec.learning_rate
    assert rates == sorted(rates[:10]) + sorted(rates[10:], reverse=True)
    assert rates[-1] < 0.01 * spec.learning_rate


FACES = replace(SPEC, net="expression-48")


def logits(*favoured: int) -> torch.Tensor:
    rows = torch.zeros(len(favoured), 10)
    rows[range(len(favoured)), list(favoured)] = 20
    return rows


def shares(*classes: int) -> torch.Tensor:
    rows = torch.full((len(classes), 10), float("nan"))
    rows[:, :8] = torch.eye(8)[list(classes)]
    return rows


def test_right_answers_cost_little_and_wrong_ones_much() -> None:
    assert float(loss(logits(1, 2), shares(1, 2), FACES)) < 1e-3
    assert float(loss(logits(1, 2), shares(2, 1), FACES)) > 5


def test_what_nobody_knows_costs_nothing() -> None:
    unknown = torch.full((2, 10), float("nan"))
    assert float(loss(logits(1, 2), unknown, FACES)) == 0
    smiles = unknown.clone()
    smiles[0, 8] = 1
    assert float(loss(torch.zeros(2, 10), smiles, FACES)) == pytest.approx(0.3 * np.log(2), rel=1e-4)


def test_a_teacher_is_heeded_and_where_nobody_voted_alone() -> None:
    teacher = entry("expression-48").build().eval()
    targets = np.full((3, 10), np.nan, np.float32)
    targets[:2, :8] = np.eye(8)[[1, 2]]
    targets[2, 8] = 1
    grey = np.random.default_rng(0).integers(0, 256, (3, 48, 48), dtype=np.uint8)
    told = taught(Tiles(grey=grey, targets=targets), teacher, 48, 0.25).targets
    np.testing.assert_allclose(told[:, :8].sum(1), 1, rtol=1e-5)
    assert told[0, 1] > 0.75
    assert told[2, :8].max() < 0.75
    assert told[2, 8] == 1
    assert np.isnan(told[:, 9]).all()


def test_the_opinion_of_a_mirrored_tile_is_the_same() -> None:
    teacher = entry("expression-48").build().eval()
    grey = np.random.default_rng(0).integers(0, 256, (2, 48, 48), dtype=np.uint8)
    unknown = np.full((2, 10), np.nan, np.float32)
    one, other = (
        taught(Tiles(grey=tiles, targets=unknown), teacher, 48, 1.0).targets
        for tiles in (grey, np.ascontiguousarray(grey[:, :, ::-1]))
    )
    np.testing.assert_allclose(one, other, atol=1e-6)


def test_of_an_eye_one_answer_is_told() -> None:
    closed = torch.tensor([[1.0], [0.0]])
    assert float(loss(torch.tensor([[9.0], [-9.0]]), closed, SPEC)) < 1e-3


def test_a_spec_out_of_range_is_refused() -> None:
    with pytest.raises(SpecError, match="balance: expected 0 to 1, got 2"):
        replace(SPEC, balance=2)
    with pytest.raises(SpecError, match="batch: expected 2 or more, got 1"):
        replace(SPEC, batch=1)


def honest(count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Logits, and expressions as likely as they say."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 1.5, (count, 8)).astype(np.float32)
    likely = np.exp(logits.astype(np.float64))
    return logits, np.array([rng.choice(8, p=row / row.sum()) for row in likely])


def test_scaling_undoes_exaggeration_and_favour() -> None:
    logits, truth = honest()
    favour = np.array([1, 0, 0, 0, 0, 0, 0, -1], np.float32)
    scaling = fitted(3 * logits + favour, truth, lean=0)
    assert scaling.temperature == pytest.approx(3, rel=0.1)
    assert scaling.biases[0] - scaling.biases[7] == pytest.approx(-2 / 3, abs=0.15)
    restored = scaling.of(3 * logits + favour)
    np.testing.assert_allclose(np.diff(restored), np.diff(logits), atol=0.4)


def test_leaning_makes_rare_expressions_likelier() -> None:
    logits, truth = honest()
    kept = truth != 7
    straight, leaned = (fitted(logits[kept], truth[kept], lean=lean).biases for lean in (0.0, 0.5))
    assert np.argmax(np.subtract(leaned, straight)) == 7


def test_of_no_faces_nothing_is_scaled() -> None:
    assert fitted(np.zeros((0, 8), np.float32), np.zeros(0, np.int64)) == Scaling()
    logits = honest(5)[0]
    assert np.array_equal(Scaling().of(logits), logits)


def test_the_nets_see_no_colour_and_no_brightness() -> None:
    net = entry("expression-48").build().eval()
    grey = torch.rand(3, 1, 48, 48).expand(-1, 3, -1, -1) * 2 - 1
    with torch.inference_mode():
        torch.testing.assert_close(logits_of(net, grey), logits_of(net, grey + 0.2), atol=1e-4, rtol=1e-3)
