from dataclasses import replace

import numpy as np
import pytest
import torch

from smilecascade.errors import DatasetError
from smilecascade.geometry.boxes import iou
from smilecascade.specs import TrainSpec
from smilecascade.train import samples as module
from smilecascade.train.augment import Chance
from smilecascade.train.crops import FaceCrops
from smilecascade.train.samples import PART_IOU, Batch, Samples, part_windows, shrunk

SPEC = TrainSpec(net="face-12", steps=100, batch=40, positives=0.25, seed=3)


@pytest.fixture
def negatives() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (30, 12, 12, 3), dtype=np.uint8)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Samples are not augmented, so that they show what they were cut from."""
    monkeypatch.setattr(module, "augmented", lambda pixels, chance: pixels)


def same(first: Batch, second: Batch) -> bool:
    return torch.equal(first.pixels, second.pixels) and torch.equal(first.labels, second.labels)


def test_a_batch_depends_on_seed_and_step_alone(face_crops: FaceCrops, negatives: np.ndarray) -> None:
    first = Samples(face_crops, negatives, 12, SPEC)
    batches = [first.batch(step) for step in range(4)]
    torch.manual_seed(99)
    np.random.default_rng(99).random(5)
    second = Samples(face_crops, negatives, 12, replace(SPEC, net="li-12", steps=7, learning_rate=0.5))
    assert same(second.batch(3), batches[3])
    assert same(second.batch(0), batches[0])
    assert same(first.batch(2), batches[2])


def test_other_steps_and_seeds_give_other_batches(face_crops: FaceCrops, negatives: np.ndarray) -> None:
    samples = Samples(face_crops, negatives, 12, SPEC)
    other = Samples(face_crops, negatives, 12, replace(SPEC, seed=4))
    assert not same(samples.batch(0), samples.batch(1))
    assert not same(samples.batch(0), other.batch(0))
    assert not same(samples.batch(1), other.batch(0))


@pytest.mark.parametrize("window", [12, 24, 48])
def test_faces_come_first_in_their_share(face_crops: FaceCrops, window: int) -> None:
    negatives = np.zeros((5, window, window, 3), np.uint8)
    batch = Samples(face_crops, negatives, window, SPEC).batch(0)
    assert batch.pixels.shape == (40, 3, window, window)
    assert batch.pixels.dtype == torch.float32
    assert 0 <= batch.pixels.min() <= batch.pixels.max() <= 255
    assert batch.labels.tolist() == [1] * 10 + [0] * 30
    assert batch.labels.dtype == torch.int64


@pytest.mark.usefixtures("plain")
def test_samples_show_what_their_labels_say(face_crops: FaceCrops) -> None:
    red = np.zeros_like(face_crops.pixels)
    red[..., 0] = 200
    blue = np.zeros((5, 12, 12, 3), np.uint8)
    blue[..., 2] = 200
    batch = Samples(replace(face_crops, pixels=red), blue, 12, replace(SPEC, batch=400)).batch(0)
    of_face = (batch.pixels[:, 0].round() == 200).flatten(1).all(1)
    of_background = (batch.pixels[:, 2].round() == 200).flatten(1).all(1)
    assert (of_face ^ of_background).all()
    assert of_face[batch.labels == 1].all()
    # Of those that are no face, 15% are parts of one.
    assert of_face[batch.labels == 0].float().mean() == pytest.approx(0.15, abs=0.01)


@pytest.mark.usefixtures("plain")
def test_sets_are_drawn_by_their_weight(face_crops: FaceCrops) -> None:
    marked = np.zeros_like(face_crops.pixels)
    marked[face_crops.sets == "fddb_train"] = 255
    spec = replace(SPEC, batch=4000, positives=0.5)
    batch = Samples(replace(face_crops, pixels=marked), np.zeros((5, 12, 12, 3), np.uint8), 12, spec).batch(0)
    share = (batch.pixels[:2000].amax((1, 2, 3)) > 127).float().mean()
    assert share == pytest.approx(1.5 / (1.5 + 0.4), abs=0.04)


@pytest.mark.usefixtures("plain")
def test_parts_are_cut_only_where_no_other_face_is_near(face_crops: FaceCrops) -> None:
    marked = np.zeros_like(face_crops.pixels)
    marked[~face_crops.alone] = 255
    spec = replace(SPEC, batch=400, positives=0.01)
    batch = Samples(replace(face_crops, pixels=marked), np.zeros((5, 12, 12, 3), np.uint8), 12, spec).batch(0)
    assert batch.pixels[batch.labels == 0].max() == 0


@pytest.mark.usefixtures("plain")
def test_faces_and_parts_are_picked_where_detection_picks(face_crops: FaceCrops) -> None:
    checks = np.zeros_like(face_crops.pixels)
    checks[:, ::4, ::4] = checks[:, 1::4, 1::4] = 255
    faces, empty = replace(face_crops, pixels=checks), np.zeros((5, 48, 48, 3), np.uint8)
    picked = Samples(faces, empty, 48, SPEC, picked=True).batch(0).pixels
    assert set(picked.unique().tolist()) == {0, 255}
    assert len(Samples(faces, empty, 48, SPEC).batch(0).pixels.unique()) > 50


def test_without_lonely_faces_there_are_no_parts(face_crops: FaceCrops, negatives: np.ndarray) -> None:
    crowded = replace(face_crops, alone=np.zeros(12, bool))
    assert Samples(crowded, negatives, 12, SPEC).batch(0).labels.tolist() == [1] * 10 + [0] * 30


@pytest.mark.parametrize("batch", [1, 2, 3, 5])
def test_small_batches_are_batches(face_crops: FaceCrops, negatives: np.ndarray, batch: int) -> None:
    found = Samples(face_crops, negatives, 12, replace(SPEC, batch=batch)).batch(0)
    assert len(found.pixels) == len(found.labels) == batch


@pytest.mark.parametrize(("window", "size"), [(12, 32), (24, 64), (48, 128), (64, 128)])
def test_crops_are_shrunk_as_far_as_a_window_allows(face_crops: FaceCrops, window: int, size: int) -> None:
    small = shrunk(face_crops.pixels, window)
    factor = 128 // size
    means = face_crops.pixels.reshape(12, size, factor, size, factor, 3).mean(axis=(2, 4))
    assert small.dtype == np.uint8
    np.testing.assert_allclose(small, means, atol=1.01)


def test_nothing_to_learn_from_is_an_error(face_crops: FaceCrops, negatives: np.ndarray) -> None:
    nobody = replace(face_crops, pixels=face_crops.pixels[:0], sets=face_crops.sets[:0])
    with pytest.raises(DatasetError, match="there are no faces to learn from; is the data folder complete"):
        Samples(nobody, negatives, 12, SPEC)
    with pytest.raises(DatasetError, match="there are no negatives to learn from"):
        Samples(face_crops, negatives[:0], 12, SPEC)


def test_no_crops_shrink_to_none() -> None:
    assert shrunk(np.zeros((0, 128, 128, 3), np.uint8), 12).shape == (0, 32, 32, 3)


@pytest.mark.parametrize("count", [0, 1, 500])
def test_parts_overlap_their_face_too_little_to_show_it(count: int) -> None:
    windows = part_windows(count, Chance(5))
    assert windows.shift.shape == (count, 2)
    corner = windows.shift - windows.side[:, None] / 2
    boxes = torch.cat([corner, corner + windows.side[:, None]], dim=1).numpy()
    face = np.array([[-0.5, -0.5, 0.5, 0.5]], np.float32)
    assert (iou(boxes, face) < PART_IOU + 1e-6).all()
    assert (np.abs(boxes) <= 1.05 + 1e-6).all()
    assert (windows.roll == 0).all()


def test_parts_lie_on_and_beside_the_face() -> None:
    windows = part_windows(500, Chance(5))
    inside = windows.shift.abs().amax(1) + windows.side / 2 <= 0.5
    assert 0.05 < inside.float().mean() < 0.95
