import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from smilecascade.errors import SpecError
from smilecascade.nets import NETS, entry
from smilecascade.nets.joint import joint_12
from smilecascade.specs import TrainSpec
from smilecascade.train.crops import FaceCrops
from smilecascade.train.loop import (
    Validation,
    check_resumable,
    fit,
    learning_rate,
    normalised,
    step_reached,
    trained_net,
)
from smilecascade.train.processes import Processes
from smilecascade.train.record import UNRECORDED, Record
from smilecascade.train.samples import Samples

SPEC = TrainSpec(net="joint-12", steps=8, batch=24, warmup=2, validate_every=3, threads=1, seed=5)

Build = Callable[[], nn.Module]
Stop = Callable[[int, float], None]


class Killed(BaseException):
    """Ends a training where it stands."""


class Told:
    """A record that keeps what it is told, in order."""

    def __init__(self) -> None:
        self.figures: list[tuple[int, Mapping[str, float]]] = []
        self.pictures: list[tuple[int, str, int]] = []

    def log(self, values: Mapping[str, float], step: int) -> None:
        self.figures.append((step, dict(values)))

    def image(self, name: str, pixels: np.ndarray, step: int) -> None:
        self.pictures.append((step, name, int(pixels[0, 0, 0])))

    def flush(self) -> None:
        """Everything is kept already."""

    def all_of(self, name: str) -> dict[int, float]:
        return {step: values[name] for step, values in self.figures if name in values}


class KilledOnceTold(Told):
    """Ends the training of step 6 between its figures and its checkpoint."""

    def flush(self) -> None:
        if self.figures[-1][0] == 6:
            raise Killed


@pytest.fixture
def samples(face_crops: FaceCrops) -> Samples:
    return samples_for(SPEC, face_crops)


def samples_for(spec: TrainSpec, faces: FaceCrops) -> Samples:
    window = entry(spec.net).window
    negatives = np.random.default_rng(1).integers(0, 256, (30, window, window, 3), dtype=np.uint8)
    return Samples(faces, negatives, window, spec)


def judged(net: nn.Module) -> Validation:
    figures = {"weights": float(sum(weight.abs().sum() for weight in net.parameters()))}
    return Validation(figures, {"grey": np.full((2, 2, 3), 7, np.uint8)})


def trained(
    samples: Samples,
    folder: Path,
    spec: TrainSpec = SPEC,
    stop: Stop = lambda step, loss: None,
    record: Record = UNRECORDED,
    initial: Mapping[str, Tensor] | None = None,
) -> nn.Module:
    return fit(samples, spec, folder, validate=judged, progress=stop, record=record, initial=initial)


def killed_at(step: int) -> Stop:
    def stop(now: int, loss: float) -> None:
        if now == step:
            raise Killed

    return stop


def same(first: dict[str, Tensor], second: dict[str, Tensor]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("step", [1, 3, 4, 6, 7, 8])
def test_a_training_goes_on_as_if_it_had_never_stopped(samples: Samples, tmp_path: Path, step: int) -> None:
    told, before, after = Told(), Told(), Told()
    whole = trained(samples, tmp_path / "whole", record=told).state_dict()
    with pytest.raises(Killed):
        trained(samples, tmp_path / "cut", stop=killed_at(step), record=before)
    reached = step_reached(tmp_path / "cut") or 0
    assert same(trained(samples, tmp_path / "cut", record=after).state_dict(), whole)
    assert before.figures == told.figures[: len(before.figures)]
    assert after.figures == [figures for figures in told.figures if figures[0] > reached]
    final = [load_file(tmp_path / name / "checkpoint.safetensors") for name in ("whole", "cut")]
    assert same(*final)


@pytest.mark.parametrize("net", ["joint-24", "joint-48", "li-24", "li-24-cal", "li-24-direct"])
def test_every_kind_of_layer_goes_on(face_crops: FaceCrops, tmp_path: Path, net: str) -> None:
    spec = replace(SPEC, net=net, batch=12, steps=4, validate_every=2)
    samples = samples_for(spec, face_crops)
    whole = trained(samples, tmp_path / "whole", spec).state_dict()
    with pytest.raises(Killed):
        trained(samples, tmp_path / "cut", spec, killed_at(3))
    assert same(trained(samples, tmp_path / "cut", spec).state_dict(), whole)


def test_a_training_stopped_again_and_again_arrives(samples: Samples, tmp_path: Path) -> None:
    whole = trained(samples, tmp_path / "whole").state_dict()
    for step in (2, 5, 4, 8):
        with pytest.raises(Killed):
            trained(samples, tmp_path / "cut", stop=killed_at(step))
    assert same(trained(samples, tmp_path / "cut").state_dict(), whole)


def test_figures_without_a_checkpoint_are_told_again(samples: Samples, tmp_path: Path) -> None:
    told, before, after = Told(), KilledOnceTold(), Told()
    trained(samples, tmp_path / "whole", record=told)
    with pytest.raises(Killed):
        trained(samples, tmp_path / "cut", record=before)
    assert list(before.all_of("weights")) == [3, 6]
    assert step_reached(tmp_path / "cut") == 3
    trained(samples, tmp_path / "cut", record=after)
    assert after.figures == [figures for figures in told.figures if figures[0] > 3]


def test_a_half_written_checkpoint_is_no_checkpoint(samples: Samples, tmp_path: Path) -> None:
    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / "checkpoint.partial").write_bytes(b"half")
    trained(samples, tmp_path / "cut")
    assert [path.name for path in (tmp_path / "cut").iterdir()] == ["checkpoint.safetensors"]


def test_a_finished_training_is_not_repeated(samples: Samples, tmp_path: Path) -> None:
    first = trained(samples, tmp_path).state_dict()
    asked: list[int] = []
    again = trained(samples, tmp_path, stop=lambda step, loss: asked.append(step))
    assert asked == []
    assert same(again.state_dict(), first)
    assert not again.training


def test_a_checkpoint_of_another_spec_is_refused(samples: Samples, tmp_path: Path) -> None:
    trained(samples, tmp_path)
    with pytest.raises(
        SpecError, match=r"checkpoint\.safetensors: belongs to another spec; give another --work"
    ):
        trained(samples, tmp_path, replace(SPEC, steps=9))


def test_a_trained_net_is_read_back(samples: Samples, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="there is no training"):
        trained_net(tmp_path, SPEC)
    whole = trained(samples, tmp_path)
    net = trained_net(tmp_path, SPEC)
    assert same(net.state_dict(), whole.state_dict())
    assert not net.training
    assert step_reached(tmp_path, SPEC) == 8
    for asked in (trained_net, step_reached):
        with pytest.raises(SpecError, match="belongs to another spec"):
            asked(tmp_path, replace(SPEC, seed=6))


def test_the_seed_decides_the_weights(face_crops: FaceCrops, tmp_path: Path) -> None:
    other = replace(SPEC, seed=6)
    nets = [
        trained(samples_for(spec, face_crops), tmp_path / name, spec).state_dict()
        for name, spec in (("first", SPEC), ("same", SPEC), ("other", other))
    ]
    assert same(nets[0], nets[1])
    assert not same(nets[0], nets[2])


def test_figures_are_told_where_they_are_due(samples: Samples, tmp_path: Path) -> None:
    seen: list[tuple[int, float]] = []
    told = Told()
    trained(samples, tmp_path, stop=lambda step, loss: seen.append((step, loss)), record=told)
    assert [step for step, _ in seen] == list(range(1, 9))
    assert list(told.all_of("loss").items()) == seen
    assert list(told.all_of("learning_rate").values()) == [learning_rate(SPEC, step) for step in range(8)]
    assert list(told.all_of("weights")) == [3, 6, 8]
    assert told.pictures == [(3, "grey", 7), (6, "grey", 7), (8, "grey", 7)]


def shared() -> nn.Module:
    """The net as GPUs that learn together have it."""
    return nn.SyncBatchNorm.convert_sync_batchnorm(joint_12())


@pytest.mark.parametrize(("build", "frozen"), [(joint_12, True), (shared, True), (joint_12, False)])
def test_frozen_statistics_stay_while_the_weights_learn(
    samples: Samples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, build: Build, frozen: bool
) -> None:
    monkeypatch.setitem(NETS, SPEC.net, replace(NETS[SPEC.net], build=build))
    torch.manual_seed(SPEC.seed)
    begun = entry(SPEC.net).build().state_dict()
    later = trained(samples, tmp_path, replace(SPEC, freeze_normalisation=frozen)).state_dict()
    stayed = {name for name in begun if torch.equal(begun[name], later[name])}
    statistics = {name for name in begun if "running" in name or "tracked" in name}
    assert len(statistics) == 9
    assert stayed == (statistics if frozen else set())


def test_a_training_begins_with_the_weights_that_it_is_given(samples: Samples, tmp_path: Path) -> None:
    given = entry(SPEC.net).build().state_dict()
    hardly = replace(SPEC, learning_rate=1e-9, freeze_normalisation=True)
    torch.testing.assert_close(
        trained(samples, tmp_path / "begun", hardly, initial=given).state_dict(), given, rtol=0, atol=1e-7
    )


def test_weights_to_begin_with_are_no_weights_to_go_on_with(samples: Samples, tmp_path: Path) -> None:
    given = entry(SPEC.net).build().state_dict()
    whole = trained(samples, tmp_path / "whole", initial=given).state_dict()
    with pytest.raises(Killed):
        trained(samples, tmp_path / "cut", stop=killed_at(4), initial=given)
    assert same(trained(samples, tmp_path / "cut", initial=given).state_dict(), whole)


def test_a_training_goes_on_if_that_is_wanted_alone(samples: Samples, tmp_path: Path) -> None:
    for resume in (True, False):
        check_resumable(tmp_path, resume)
    assert step_reached(tmp_path) is None
    with pytest.raises(Killed):
        trained(samples, tmp_path, stop=killed_at(7))
    check_resumable(tmp_path, True)
    message = f"{tmp_path}: a training is there, at step 6; give --resume to go on with it, or another --work"
    with pytest.raises(SpecError, match=re.escape(message)):
        check_resumable(tmp_path, False)


def test_parts_that_cannot_be_shared_are_refused(samples: Samples, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="parts: 3 cannot be shared by 2 processes; give a multiple of them"):
        fit(samples, replace(SPEC, parts=3), tmp_path, validate=judged, processes=Processes(count=2))


def test_pixels_are_scaled_to_minus_one_and_one() -> None:
    assert normalised(torch.tensor([0.0, 127.5, 255.0])).tolist() == [-1, 0, 1]


def test_the_learning_rate_rises_then_falls_to_zero() -> None:
    spec = replace(SPEC, steps=100, warmup=10, learning_rate=0.5)
    rates = [learning_rate(spec, step) for step in range(100)]
    np.testing.assert_allclose(rates[:10], 0.05 * np.arange(1, 11))
    assert rates[10] == 0.5
    assert (np.diff(rates[10:]) < 0).all()
    assert rates[55] == pytest.approx(0.25)
    assert 0 < rates[-1] < 0.001
    assert learning_rate(spec, 100) == pytest.approx(0)


def test_a_constant_learning_rate_stays_after_the_warm_up() -> None:
    spec = replace(SPEC, steps=100, warmup=4, learning_rate=0.5, schedule="constant")
    assert [learning_rate(spec, step) for step in (0, 3, 4, 50, 99)] == [0.125, 0.5, 0.5, 0.5, 0.5]


def test_without_warm_up_it_begins_at_the_top() -> None:
    assert learning_rate(replace(SPEC, warmup=0), 0) == SPEC.learning_rate


def test_a_warm_up_longer_than_the_training_never_ends() -> None:
    spec = replace(SPEC, steps=5, warmup=10)
    assert [learning_rate(spec, step) for step in range(5)] == pytest.approx(
        [spec.learning_rate * k / 10 for k in range(1, 6)]
    )
