"""A batch drawn in parts, which several processes can share."""

from dataclasses import replace
from itertools import zip_longest

import numpy as np
import pytest

from smilecascade.errors import SpecError
from smilecascade.specs import TrainSpec
from smilecascade.train import samples as module
from smilecascade.train.augment import Chance
from smilecascade.train.crops import FaceCrops
from smilecascade.train.samples import Batch, Samples

SPEC = TrainSpec(net="joint-12", steps=100, batch=40, positives=0.25, seed=3)


@pytest.fixture
def negatives() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (30, 12, 12, 3), dtype=np.uint8)


def in_some_order(batch: Batch) -> list[tuple[list[float], ...]]:
    """All that is known of each sample, sorted; those without a face have no displacement and no points."""
    facts = (batch.pixels.flatten(1), batch.displacements, batch.points.flatten(1).nan_to_num(9))
    samples = zip_longest(batch.labels.tolist(), *(fact.tolist() for fact in facts), fillvalue=[])
    return sorted(samples, key=repr)


def test_a_batch_of_one_part_is_what_it_was_without_parts(
    face_crops: FaceCrops, negatives: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The part's number, 0, adds nothing to the seed: trainings of before parts can be repeated."""
    samples = Samples(face_crops, negatives, 12, SPEC)
    batch = in_some_order(samples.batch(3))
    monkeypatch.setattr(module, "Chance", lambda seed, step, part: Chance(seed, step))
    assert in_some_order(samples.batch(3)) == batch


@pytest.mark.parametrize(("parts", "processes"), [(2, 1), (2, 2), (4, 2), (4, 4)])
def test_a_batch_of_parts_is_the_shares_of_all_processes(
    face_crops: FaceCrops, negatives: np.ndarray, parts: int, processes: int
) -> None:
    samples = Samples(face_crops, negatives, 12, replace(SPEC, parts=parts))
    shares = [samples.batch(3, rank, processes) for rank in range(processes)]
    assert {len(share.labels) for share in shares} == {40 // processes}
    assert in_some_order(Batch.joined(shares)) == in_some_order(samples.batch(3))


def test_the_faces_of_all_parts_come_first(face_crops: FaceCrops, negatives: np.ndarray) -> None:
    batch = Samples(face_crops, negatives, 12, replace(SPEC, parts=5)).batch(0)
    assert batch.faces == 10
    assert (batch.labels[:10] != 0).all()
    assert batch.labels[10:].tolist() == [0] * 30
    assert len(batch.displacements.unique(dim=0)) == 10


@pytest.mark.parametrize("parts", [3, 41, 80])
def test_parts_that_are_not_of_one_size_are_refused(parts: int) -> None:
    with pytest.raises(SpecError, match=f"parts: {parts} parts of one size do not make a batch of 40"):
        replace(SPEC, parts=parts)
