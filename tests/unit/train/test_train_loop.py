import csv
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from smilecascade.errors import SpecError
from smilecascade.nets import Outputs, entry
from smilecascade.specs import TrainSpec
from smilecascade.train import loop
from smilecascade.train import samples as module
from smilecascade.train.crops import FaceCrops
from smilecascade.train.loop import fit, in_float32, learning_rate, normalised
from smilecascade.train.samples import Samples

SPEC = TrainSpec(net="joint-12", steps=8, batch=24, warmup=2, validate_every=3, threads=1, seed=5)

Stop = Callable[[int, float], None]


class Killed(BaseException):
    """Ends a training where it stands."""


@pytest.fixture
def samples(face_crops: FaceCrops) -> Samples:
    return samples_for(SPEC, face_crops)


def samples_for(spec: TrainSpec, faces: FaceCrops) -> Samples:
    window = entry(spec.net).window
    negatives = np.random.default_rng(1).integers(0, 256, (30, window, window, 3), dtype=np.uint8)
    return Samples(faces, negatives, window, spec)


def no_figures(net: nn.Module) -> dict[str, float]:
    return {"weights": float(sum(weight.abs().sum() for weight in net.parameters()))}


def trained(
    samples: Samples, folder: Path, spec: TrainSpec = SPEC, stop: Stop = lambda step, loss: None
) -> nn.Module:
    return fit(samples, spec, folder, validate=no_figures, progress=stop)


def killed_at(step: int) -> Stop:
    def stop(now: int, loss: float) -> None:
        if now == step:
            raise Killed

    return stop


def same(first: dict[str, Tensor], second: dict[str, Tensor]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "progress.csv").open(newline="", encoding="utf-8") as file:
        return [
            {key: value for key, value in row.items() if key != "elapsed_s"} for row in csv.DictReader(file)
        ]


@pytest.mark.parametrize("step", [1, 3, 4, 6, 7, 8])
def test_a_training_goes_on_as_if_it_had_never_stopped(samples: Samples, tmp_path: Path, step: int) -> None:
    whole = trained(samples, tmp_path / "whole").state_dict()
    with pytest.raises(Killed):
        trained(samples, tmp_path / "cut", stop=killed_at(step))
    assert same(trained(samples, tmp_path / "cut").state_dict(), whole)
    assert rows(tmp_path / "cut") == rows(tmp_path / "whole")
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


def test_a_training_killed_between_figures_and_checkpoint_writes_no_row_twice(
    samples: Samples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained(samples, tmp_path / "whole")

    def killed(*_: object) -> None:
        raise Killed

    with pytest.raises(Killed):
        trained(samples, tmp_path / "cut", stop=killed_at(4))
    with monkeypatch.context() as patch:
        patch.setattr(loop, "_save", killed)
        with pytest.raises(Killed):
            trained(samples, tmp_path / "cut")
    assert [int(row["step"]) for row in rows(tmp_path / "cut")] == [1, 2, 3, 4, 5, 6]
    trained(samples, tmp_path / "cut")
    assert rows(tmp_path / "cut") == rows(tmp_path / "whole")


def test_a_half_written_checkpoint_is_no_checkpoint(samples: Samples, tmp_path: Path) -> None:
    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / "checkpoint.partial").write_bytes(b"half")
    trained(samples, tmp_path / "cut")
    assert sorted(path.name for path in (tmp_path / "cut").iterdir()) == [
        "checkpoint.safetensors",
        "progress.csv",
    ]


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


def test_the_seed_decides_the_weights(face_crops: FaceCrops, tmp_path: Path) -> None:
    other = replace(SPEC, seed=6)
    nets = [
        trained(samples_for(spec, face_crops), tmp_path / name, spec).state_dict()
        for name, spec in (("first", SPEC), ("same", SPEC), ("other", other))
    ]
    assert same(nets[0], nets[1])
    assert not same(nets[0], nets[2])


def test_figures_are_written_where_they_are_due(samples: Samples, tmp_path: Path) -> None:
    seen: list[tuple[int, float]] = []
    trained(samples, tmp_path, stop=lambda step, loss: seen.append((step, loss)))
    assert [step for step, _ in seen] == list(range(1, 9))
    written = rows(tmp_path)
    assert [int(row["step"]) for row in written] == list(range(1, 9))
    assert list(written[0]) == ["step", "loss", "weights"]
    assert [float(row["loss"]) for row in written] == pytest.approx([loss for _, loss in seen], rel=1e-5)
    assert [row["step"] for row in written if row["weights"]] == ["3", "6", "8"]


def test_time_goes_on_after_a_stop(samples: Samples, tmp_path: Path) -> None:
    with pytest.raises(Killed):
        trained(samples, tmp_path, stop=killed_at(5))
    path = tmp_path / "progress.csv"
    path.write_text(re.sub(r"(?m)^(\d+),[\d.]+", r"\1,4000.0", path.read_text("utf-8")), "utf-8")
    trained(samples, tmp_path)
    times = [float(text) for text in elapsed(path)]
    assert times == sorted(times)
    assert times[0] == 4000


def elapsed(path: Path) -> list[str]:
    with path.open(newline="", encoding="utf-8") as file:
        return [row["elapsed_s"] for row in csv.DictReader(file)]


def test_a_net_learns_to_tell_white_from_black(face_crops: FaceCrops, tmp_path: Path) -> None:
    spec = replace(SPEC, steps=25, batch=32, positives=0.5, learning_rate=1e-2, displacement_weight=0.0)
    black = np.zeros((10, 12, 12, 3), np.uint8)
    white = replace(face_crops, pixels=np.full_like(face_crops.pixels, 255), alone=np.zeros(12, bool))
    losses: list[float] = []
    trained(Samples(white, black, 12, spec), tmp_path, spec, lambda step, loss: losses.append(loss))
    assert np.mean(losses[-5:]) < 0.5 * np.mean(losses[:5])


def test_only_the_hardest_samples_count(samples: Samples, tmp_path: Path) -> None:
    losses = {}
    for share in (0.1, 1.0):
        spec = replace(SPEC, steps=1, hard_share=share)
        trained(
            samples, tmp_path / str(share), spec, lambda step, loss, share=share: losses.update({share: loss})
        )  # type: ignore[misc]
    assert losses[0.1] > losses[1.0]


@pytest.mark.parametrize(("weight", "learns"), [(0.3, True), (0.0, False)])
def test_a_head_learns_if_it_has_a_weight(
    samples: Samples, tmp_path: Path, weight: float, learns: bool
) -> None:
    spec = replace(SPEC, displacement_weight=weight, weight_decay=0.0)
    first, later = (
        trained(samples, tmp_path / str(steps), replace(spec, steps=steps)).state_dict() for steps in (1, 8)
    )
    assert not torch.equal(first["face.weight"], later["face.weight"])
    assert torch.equal(first["displacement.weight"], later["displacement.weight"]) is not learns


def test_a_calibrator_learns_from_faces_alone(face_crops: FaceCrops, tmp_path: Path) -> None:
    spec = replace(SPEC, net="article-12-cal", positives=1.0, displaced="classes")
    losses: list[float] = []
    samples = Samples(face_crops, np.zeros((0, 12, 12, 3), np.uint8), 12, spec)
    trained(samples, tmp_path, spec, lambda step, loss: losses.append(loss))
    assert np.isfinite(losses).all()


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
    spec = replace(SPEC, net="joint-48", positives=positives, weight_decay=0.0)
    samples, losses = samples_for(spec, face_crops), []
    first, later = (
        trained(
            samples, tmp_path / str(steps), replace(spec, steps=steps), lambda _, loss: losses.append(loss)
        ).state_dict()
        for steps in (1, 8)
    )
    assert np.isfinite(losses).all()
    assert not torch.equal(first[f"{learning}.weight"], later[f"{learning}.weight"])
    assert torch.equal(first[f"{idle}.weight"], later[f"{idle}.weight"])


def test_half_precision_hardly_changes_the_loss(samples: Samples, tmp_path: Path) -> None:
    losses: dict[str, list[float]] = {"float32": [], "bfloat16": []}
    for precision, seen in losses.items():
        spec = replace(SPEC, precision=precision, steps=2)
        net = trained(samples, tmp_path / precision, spec, lambda step, loss, seen=seen: seen.append(loss))  # type: ignore[misc]
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


def test_without_warm_up_it_begins_at_the_top() -> None:
    assert learning_rate(replace(SPEC, warmup=0), 0) == SPEC.learning_rate


def test_a_warm_up_longer_than_the_training_never_ends() -> None:
    spec = replace(SPEC, steps=5, warmup=10)
    assert [learning_rate(spec, step) for step in range(5)] == pytest.approx(
        [spec.learning_rate * k / 10 for k in range(1, 6)]
    )
