"""The loop: batches in, a trained net out; survives being killed at any moment.

A checkpoint holds the weights and the optimiser's moments as safetensors, and as JSON the spec
and the step. Every random generator is seeded anew in each step, from the seed and the step
alone, so these two are all of their state, and a training goes on exactly where it stopped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import cos, pi
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from smilecascade.errors import SpecError
from smilecascade.mipmaps import Pixels
from smilecascade.nets import Net, Outputs, entry
from smilecascade.specs import TrainSpec, to_mapping
from smilecascade.train.losses import loss
from smilecascade.train.processes import ALONE, Processes
from smilecascade.train.record import UNRECORDED, Record
from smilecascade.train.samples import Batch, Samples

#: Half of the range of a pixel's bytes.
HALF_RANGE = 127.5

#: The file of a training in its folder.
CHECKPOINT = "checkpoint.safetensors"

#: Is told the step and the loss, for a progress bar.
Progress = Callable[[int, float], None]


class Validation(NamedTuple):
    """What a net reaches on samples that it does not learn from: figures, and pictures, by name."""

    figures: Mapping[str, float]
    pictures: Mapping[str, Pixels] = {}


#: Asked of a net every so many steps.
Validate = Callable[[Net], Validation]


@dataclass
class _State:
    net: Net
    optimiser: torch.optim.AdamW
    step: int = 0


def fit(
    samples: Samples,
    spec: TrainSpec,
    folder: Path,
    *,
    validate: Validate,
    initial: Mapping[str, Tensor] | None = None,
    record: Record = UNRECORDED,
    progress: Progress = lambda step, loss: None,
    processes: Processes = ALONE,
) -> Net:
    """Train a net to the end, going on from the checkpoint in ``folder`` if there is one.

    initial: weights to begin with, instead of random ones. record: is told the loss of every step,
    and what ``validate`` says. Of several ``processes`` each learns from its share of a batch; the
    first one records, and writes the checkpoint. Raises SpecError where the checkpoint belongs to
    another spec, or the spec's ``parts`` cannot be shared.
    """
    processes.check(spec.parts)
    folder.mkdir(parents=True, exist_ok=True)
    with _repeatable(spec.threads, processes.device):
        state = _resumed(spec, folder / CHECKPOINT, processes) or _fresh(spec, processes, initial)
        learning = processes.learning_together(state.net)
        while state.step < spec.steps:
            lost = _step(
                state, learning, samples.batch(state.step, processes.rank, processes.count), spec, processes
            )
            if not processes.is_first:
                continue
            record.log({"loss": lost, "learning_rate": learning_rate(spec, state.step - 1)}, state.step)
            progress(state.step, lost)
            if state.step % spec.validate_every == 0 or state.step == spec.steps:
                _record_validation(state, validate, record)
                record.flush()
                _save(state, spec, folder / CHECKPOINT)
    return state.net.eval().cpu()


def step_reached(folder: Path, spec: TrainSpec | None = None) -> int | None:
    """The step of the checkpoint in a folder, or None where there is none.

    Raises SpecError where it belongs to another spec than the one given.
    """
    path = folder / CHECKPOINT
    if not path.exists():
        return None
    with safe_open(path, framework="pt") as file:
        meta = file.metadata()
    if spec is not None:
        _check_spec(meta, spec, path)
    return int(meta["step"])


def trained_net(folder: Path, spec: TrainSpec) -> Net:
    """The net of the checkpoint in a folder. Raises SpecError without one, or if it is of another spec."""
    state = _resumed(spec, folder / CHECKPOINT, ALONE)
    if state is None:
        raise SpecError(f"{folder}: there is no training")
    return state.net.eval()


def check_resumable(folder: Path, resume: bool) -> None:
    """Raise SpecError where a folder has a training that nobody asked to go on with."""
    reached = None if resume else step_reached(folder)
    if reached is not None:
        raise SpecError(
            f"{folder}: a training is there, at step {reached}; give --resume to go on with it, "
            "or another --work folder"
        )


@contextmanager
def _repeatable(threads: int, device: torch.device) -> Iterator[None]:
    """A fixed number of threads and, on the processor, only operations that give the same bits again."""
    before = torch.are_deterministic_algorithms_enabled()
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(device.type == "cpu")
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)


def normalised(pixels: Tensor) -> Tensor:
    """Pixels 0..255 as the nets want them: −1..1."""
    return (pixels - HALF_RANGE) / HALF_RANGE


def _fresh(spec: TrainSpec, processes: Processes, initial: Mapping[str, Tensor] | None = None) -> _State:
    torch.manual_seed(spec.seed)
    net = entry(spec.net).build()
    if initial is not None:
        net.load_state_dict(initial)
    net.to(processes.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = torch.optim.AdamW(net.parameters(), lr=spec.learning_rate, weight_decay=spec.weight_decay)
    return _State(net=net, optimiser=optimiser)


def _step(state: _State, learning: nn.Module, share: Batch, spec: TrainSpec, processes: Processes) -> float:
    """One step of learning; returns the loss, averaged over the samples learned from."""
    torch.manual_seed((spec.seed * 1_000_003 + state.step) * processes.count + processes.rank)
    for group in state.optimiser.param_groups:
        group["lr"] = learning_rate(spec, state.step)
    _let_learn(state.net, spec)
    share = share.to(processes.device)
    pixels = normalised(share.pixels).to(memory_format=torch.channels_last)
    halved = spec.precision == "bfloat16" or processes.device.type == "cuda"
    with torch.autocast(processes.device.type, torch.bfloat16, enabled=halved):
        outputs = learning(pixels)
    total = loss(*processes.gathered(in_float32(outputs), share), spec)
    state.optimiser.zero_grad(set_to_none=True)
    processes.scaled(total).backward()  # type: ignore[no-untyped-call]
    state.optimiser.step()
    state.step += 1
    return float(total.detach())


def _let_learn(net: Net, spec: TrainSpec) -> None:
    """Training mode, but for normalisations whose statistics are to stay."""
    net.train()
    if spec.freeze_normalisation:
        for layer in net.modules():
            if isinstance(layer, nn.BatchNorm2d | nn.SyncBatchNorm):
                layer.eval()


def in_float32(outputs: Outputs) -> Outputs:
    """The same outputs for the loss, which needs more digits than bfloat16 has."""
    return Outputs(*(None if each is None else each.float() for each in outputs))


def learning_rate(spec: TrainSpec, step: int) -> float:
    """Linear warm-up, then half a cosine down to zero at the last step, or no change."""
    if step < spec.warmup:
        return spec.learning_rate * (step + 1) / spec.warmup
    if spec.schedule == "constant":
        return spec.learning_rate
    done = (step - spec.warmup) / max(1, spec.steps - spec.warmup)
    return spec.learning_rate * (1 + cos(pi * done)) / 2


def _record_validation(state: _State, validate: Validate, record: Record) -> None:
    state.net.eval()
    with torch.inference_mode():
        figures, pictures = validate(state.net)
    record.log(figures, state.step)
    for name, picture in pictures.items():
        record.image(name, picture, state.step)


def _save(state: _State, spec: TrainSpec, path: Path) -> None:
    tensors = {f"net.{name}": value for name, value in state.net.state_dict().items()}
    for index, moments in state.optimiser.state_dict()["state"].items():
        tensors |= {f"moment.{index}.{name}": value for name, value in moments.items()}
    plain = {name: value.contiguous() for name, value in tensors.items()}
    partial = path.with_suffix(".partial")
    meta = {"spec": json.dumps(to_mapping(spec)), "step": str(state.step)}
    save_file(plain, partial, metadata=meta)
    partial.replace(path)


def _resumed(spec: TrainSpec, path: Path, processes: Processes) -> _State | None:
    if not path.exists():
        return None
    with safe_open(path, framework="pt") as file:
        meta = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    _check_spec(meta, spec, path)
    state = _fresh(spec, processes)
    state.net.load_state_dict(_below(tensors, "net."))
    moments: dict[int, dict[str, Tensor]] = {}
    for name, value in _below(tensors, "moment.").items():
        index, _, key = name.partition(".")
        moments.setdefault(int(index), {})[key] = value
    groups = state.optimiser.state_dict()["param_groups"]
    state.optimiser.load_state_dict({"state": moments, "param_groups": groups})
    state.step = int(meta["step"])
    return state


def _check_spec(meta: Mapping[str, str], spec: TrainSpec, path: Path) -> None:
    if json.loads(meta["spec"]) != to_mapping(spec):
        raise SpecError(f"{path}: belongs to another spec; give another --work folder or delete this one")


def _below(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): v for name, v in tensors.items() if name.startswith(prefix)}
