from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from smilecascade.errors import DatasetError, SpecError
from smilecascade.geometry.boxes import iou
from smilecascade.geometry.calibration import displaced
from smilecascade.specs import TrainSpec
from smilecascade.train import augment, shards
from smilecascade.train import samples as module
from smilecascade.train.augment import Chance
from smilecascade.train.crops import CONTEXT, FaceCrops
from smilecascade.train.samples import FACE_IOU, PART_IOU, Batch, Samples, part_windows, shrunk
from smilecascade.train.shards import Shards

FACE = np.array([[-0.5, -0.5, 0.5, 0.5]], np.float32)

SPEC = TrainSpec(net="joint-12", steps=100, batch=40, positives=0.25, seed=3)


@pytest.fixture
def negatives() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (30, 12, 12, 3), dtype=np.uint8)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Samples are mirrored, but not augmented otherwise, so that they show what they were cut from."""
    monkeypatch.setattr(
        module, "augmented", lambda pixels, background, flipped, chance: augment.mirrored(pixels, flipped)
    )


def same(first: Batch, second: Batch) -> bool:
    return all(
        torch.equal(one.nan_to_num(9), other.nan_to_num(9))
        for one, other in zip(vars(first).values(), vars(second).values(), strict=True)
    )


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
    assert batch.faces == 10
    assert (batch.labels[:10] != 0).all()
    assert batch.labels[10:].tolist() == [0] * 30
    assert batch.labels.dtype == torch.int64
    assert batch.displacements.shape == (10, 3)
    assert batch.points.shape == (10, 6, 2)


def test_a_face_is_one_if_it_overlaps_its_window_enough(face_crops: FaceCrops, negatives: np.ndarray) -> None:
    batch = Samples(face_crops, negatives, 12, replace(SPEC, batch=800)).batch(0)
    windows = displaced(FACE.repeat(batch.faces, 0), batch.displacements.numpy())
    shown = iou(windows, FACE)[:, 0] >= FACE_IOU
    assert batch.labels[: batch.faces].tolist() == np.where(shown, 1, -1).tolist()
    assert 0.75 < shown.mean() < 0.99


def test_each_of_the_classes_shows_its_face(face_crops: FaceCrops, negatives: np.ndarray) -> None:
    batch = Samples(face_crops, negatives, 12, replace(SPEC, batch=2000, displaced="classes")).batch(0)
    assert len(batch.displacements.unique(dim=0)) == 45
    assert (batch.labels[: batch.faces] == 1).all()


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("halved", [False, True])
def test_a_sample_shows_its_points_where_it_says(face_crops: FaceCrops, halved: bool) -> None:
    at = ((np.arange(128) + 0.5) / 128 - 0.5) * CONTEXT
    light = np.exp(-(((at - 0.1) / 0.08) ** 2))  # about (0.1, 0.1)
    lit = np.broadcast_to(255 * np.outer(light, light)[None, :, :, None], face_crops.pixels.shape)
    points = np.full((12, 6, 2), np.nan, np.float32)
    points[:, 0] = 0.1
    faces = replace(face_crops, pixels=lit.astype(np.uint8), points=points)
    spec, no_light = replace(SPEC, batch=200, displaced="classes"), np.zeros((5, 24, 24, 3), np.uint8)
    batch = Samples(faces, no_light, 24, spec, halved=halved).batch(0)
    shown = batch.pixels[: batch.faces, 0]
    where = (torch.arange(24) + 0.5) / 24 - 0.5
    seen = torch.stack([(shown.sum(1) * where).sum(1), (shown.sum(2) * where).sum(1)], 1)
    eye = batch.points[:, :2].nan_to_num(0).sum(1)  # the left one, or the right one of a mirrored face
    assert (batch.points[:, :2].isfinite().all(2).sum(1) == 1).all()
    assert (seen / shown.sum((1, 2))[:, None] - eye).abs().max() < 1 / 24


def test_unknown_points_are_unknown_in_samples(face_crops: FaceCrops, negatives: np.ndarray) -> None:
    batch = Samples(face_crops, negatives, 12, replace(SPEC, batch=400)).batch(0)
    known = batch.points.isfinite().all(2)
    assert (known.sum(1) % 5 == 0).all()  # of one set five, of the other none
    assert not known[:, 5].any()
    assert known[:, 0].float().mean() == pytest.approx(0.4 / (1.5 + 0.4), abs=0.15)


def test_a_batch_may_be_faces_alone(face_crops: FaceCrops, negatives: np.ndarray) -> None:
    batch = Samples(face_crops, negatives[:0], 12, replace(SPEC, positives=1.0)).batch(0)
    assert batch.faces == len(batch.pixels) == 40
    assert (batch.labels != 0).all()


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
    assert of_face[: batch.faces].all()
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
def test_faces_are_picked_from_copies_of_two_resolutions(face_crops: FaceCrops) -> None:
    checks = np.zeros_like(face_crops.pixels)
    checks[:, ::2, ::2] = checks[:, 1::2, 1::2] = 255
    faces, spec = replace(face_crops, pixels=checks), replace(SPEC, batch=300, positives=1.0)
    picked = Samples(faces, checks[:0], 48, spec).batch(0).pixels
    assert set(picked.unique().tolist()) == {0, 127.5, 255}
    grey = (picked == 127.5).flatten(1)
    assert (grey.any(1) == grey.all(1)).all()
    assert grey.all(1).float().mean() == pytest.approx(0.4, abs=0.08)


@pytest.mark.usefixtures("plain")
def test_for_the_first_level_they_are_halved_once_more(face_crops: FaceCrops) -> None:
    noise, spec = face_crops.pixels, replace(SPEC, batch=300, positives=1.0)
    picked, halved = (
        Samples(face_crops, noise[:0], 48, spec, halved=halved).batch(0).pixels for halved in (False, True)
    )
    assert halved.shape == picked.shape
    assert halved.std() < 0.7 * picked.std()


@pytest.mark.usefixtures("plain")
def test_without_lonely_faces_there_are_no_parts(face_crops: FaceCrops, negatives: np.ndarray) -> None:
    bright = replace(face_crops, pixels=np.full_like(face_crops.pixels, 255), alone=np.zeros(12, bool))
    batch = Samples(bright, np.zeros_like(negatives), 12, SPEC).batch(0)
    assert batch.pixels[: batch.faces].min() == 255
    assert batch.pixels[batch.faces :].max() == 0


@pytest.mark.parametrize("batch", [1, 2, 3, 5])
def test_small_batches_are_batches(face_crops: FaceCrops, negatives: np.ndarray, batch: int) -> None:
    found = Samples(face_crops, negatives, 12, replace(SPEC, batch=batch)).batch(0)
    assert len(found.pixels) == len(found.labels) == batch
    assert len(found.displacements) == len(found.points) == found.faces == round(batch * 0.25)


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


def on_disk(pixels: np.ndarray, folder: Path, **inputs: object) -> Shards:
    return shards.store([pixels], folder, pixels.shape[1:], inputs)


@pytest.mark.parametrize(("window", "halved"), [(12, False), (12, True), (48, False)])
def test_samples_on_disk_give_the_batches_of_those_in_memory(
    face_crops: FaceCrops, tmp_path: Path, window: int, halved: bool
) -> None:
    negatives = np.random.default_rng(1).integers(0, 256, (30, window, window, 3), dtype=np.uint8)
    stored = replace(face_crops, pixels=on_disk(face_crops.pixels, tmp_path / "faces" / "128"))
    from_memory = Samples(face_crops, negatives, window, SPEC, halved=halved)
    from_disk = Samples(stored, on_disk(negatives, tmp_path / "negatives"), window, SPEC, halved=halved)
    assert all(same(from_disk.batch(step), from_memory.batch(step)) for step in range(3))


def test_shrunk_crops_are_stored_once_beside_the_crops(
    face_crops: FaceCrops, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = on_disk(face_crops.pixels, tmp_path / "128", photos="6f1c")
    first = shrunk(stored, 12)
    np.testing.assert_array_equal(first[:], shrunk(face_crops.pixels, 12))
    assert sorted(folder.name for folder in tmp_path.iterdir()) == ["128", "32", "64"]
    monkeypatch.setattr(shards, "write", None)
    np.testing.assert_array_equal(shrunk(stored, 12)[:], first[:])


@pytest.mark.parametrize(
    ("count", "photos", "message"),
    [(12, "0b7e", "photos '6f1c', now it is '0b7e'"), (11, "6f1c", "count 12, now it is 11")],
)
def test_shrunk_crops_of_other_crops_are_refused(
    face_crops: FaceCrops, tmp_path: Path, count: int, photos: str, message: str
) -> None:
    shrunk(on_disk(face_crops.pixels, tmp_path / "128", photos="6f1c"), 24)
    shards.write([face_crops.pixels[:count]], tmp_path / "128", (128, 128, 3), {"photos": photos})
    with pytest.raises(SpecError, match=f"64: was made with {message}"):
        shrunk(Shards(tmp_path / "128"), 24)


@pytest.mark.parametrize("count", [0, 1, 500])
def test_parts_overlap_their_face_too_little_to_show_it(count: int) -> None:
    windows = part_windows(count, Chance(5))
    assert windows.shift.shape == (count, 2)
    corner = windows.shift - windows.side[:, None] / 2
    boxes = torch.cat([corner, corner + windows.side[:, None]], dim=1).numpy()
    assert (iou(boxes, FACE) < PART_IOU + 1e-6).all()
    assert (np.abs(boxes) <= 1.05 + 1e-6).all()
    assert (windows.roll == 0).all()


def test_parts_lie_on_and_beside_the_face() -> None:
    windows = part_windows(500, Chance(5))
    inside = windows.shift.abs().amax(1) + windows.side / 2 <= 0.5
    assert 0.05 < inside.float().mean() < 0.95


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(("weight", "share"), [(1.0, 0.5), (0.25, 0.2), (0.0, 0.0)])
def test_faces_without_points_are_drawn_by_the_weight_of_boxes(
    face_crops: FaceCrops, weight: float, share: float
) -> None:
    marked = np.zeros_like(face_crops.pixels)
    marked[:6] = 255  # of these no point is known
    faces = replace(face_crops, pixels=marked, sets=np.full(12, "of no weight of its own"))
    spec = replace(SPEC, batch=1000, positives=1.0, boxes_weight=weight)
    batch = Samples(faces, marked[:0], 12, spec).batch(0)
    bright = (batch.pixels.amax((1, 2, 3)) > 127).float().mean()
    assert bright == pytest.approx(share, abs=0.05)
