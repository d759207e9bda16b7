"""The loop: batches in, a trained net out; survives being killed at any moment.

A checkpoint holds the weights, the optimiser's moments and the step, as safetensors; since
the batch and the dropout of a step depend on the seed and the step alone, nothing else is
needed to go on exactly where it stopped.
"""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from smilecascade.errors import SpecError
from smilecascade.nets import Net, Outputs, entry
from smilecascade.specs import TrainSpec, to_mapping
from smilecascade.train.losses import loss
from smilecascade.train.samples import Batch, Samples

#: Half of the range of a pixel's bytes.
HALF_RANGE = 127.5

#: Is told the step and the loss, for a progress bar.
Progress = Callable[[int, float], None]

#: Validation figures of a net by name.
Validate = Callable[[Net], dict[str, float]]


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
    progress: Progress = lambda step, loss: None,
) -> Net:
    """Train a net to the end, going on from the checkpoint in ``folder`` if there is one.

    Writes ``checkpoint.safetensors`` and ``progress.csv`` there. Raises SpecError where the
    checkpoint belongs to another spec.
    """
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(spec.threads)
    state = _resumed(spec, folder / "checkpoint.safetensors") or _fresh(spec)
    log = _Log(folder / "progress.csv", state.step)
    while state.step < spec.steps:
        lost = _step(state, samples.batch(state.step), spec)
        log.add(state.step, {"loss": lost})
        progress(state.step, lost)
        if state.step % spec.validate_every == 0 or state.step == spec.steps:
            log.add(state.step, _validated(state.net, validate))
            log.write()
            _save(state, spec, folder / "checkpoint.safetensors")
    return state.net.eval()


def normalised(pixels: Tensor) -> Tensor:
    """Pixels 0..255 as the nets want them: −1..1."""
    return (pixels - HALF_RANGE) / HALF_RANGE


def _fresh(spec: TrainSpec) -> _State:
    torch.manual_seed(spec.seed)
    net = entry(spec.net).build()
    net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = torch.optim.AdamW(net.parameters(), lr=spec.learning_rate, weight_decay=spec.weight_decay)
    return _State(net=net, optimiser=optimiser)


def _step(state: _State, batch: Batch, spec: TrainSpec) -> float:
    """One step of learning; returns the loss, averaged over the samples learned from."""
    torch.manual_seed(spec.seed * 1_000_003 + state.step)
    for group in state.optimiser.param_groups:
        group["lr"] = learning_rate(spec, state.step)
    state.net.train()
    pixels = normalised(batch.pixels).to(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16, enabled=spec.precision == "bfloat16"):
        outputs = state.net(pixels)
    total = loss(in_float32(outputs), batch, spec)
    state.optimiser.zero_grad(set_to_none=True)
    total.backward()  # type: ignore[no-untyped-call]
    state.optimiser.step()
    state.step += 1
    return float(total.detach())


def in_float32(outputs: Outputs) -> Outputs:
    """The same outputs for the loss, which needs more digits than bfloat16 has."""
    return Outputs(*(None if each is None else each.float() for each in outputs))


def learning_rate(spec: TrainSpec, step: int) -> float:
    """Linear warm-up, then half a cosine down to zero at the last step."""
    if step < spec.warmup:
        return spec.learning_rate * (step + 1) / spec.warmup
    done = (step - spec.warmup) / max(1, spec.steps - spec.warmup)
    return spec.learning_rate * (1 + cos(pi * done)) / 2


def _validated(net: Net, validate: Validate) -> dict[str, float]:
    net.eval()
    with torch.inference_mode():
        return validate(net)


def _save(state: _State, spec: TrainSpec, path: Path) -> None:
    tensors = {f"net.{name}": value for name, value in state.net.state_dict().items()}
    for index, moments in state.optimiser.state_dict()["state"].items():
        tensors |= {f"moment.{index}.{name}": value for name, value in moments.items()}
    plain = {name: value.contiguous() for name, value in tensors.items()}
    partial = path.with_suffix(".partial")
    meta = {"spec": json.dumps(to_mapping(spec)), "step": str(state.step)}
    save_file(plain, partial, metadata=meta)
    partial.replace(path)


def _resumed(spec: TrainSpec, path: Path) -> _State | None:
    if not path.exists():
        return None
    with safe_open(path, framework="pt") as file:
        meta = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    if json.loads(meta["spec"]) != to_mapping(spec):
        raise SpecError(f"{path}: belongs to another spec; give another --work folder or delete this one")
    state = _fresh(spec)
    state.net.load_state_dict(_below(tensors, "net."))
    moments: dict[int, dict[str, Tensor]] = {}
    for name, value in _below(tensors, "moment.").items():
        index, _, key = name.partition(".")
        moments.setdefault(int(index), {})[key] = value
    groups = state.optimiser.state_dict()["param_groups"]
    state.optimiser.load_state_dict({"state": moments, "param_groups": groups})
    state.step = int(meta["step"])
    return state


def _below(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): v for name, v in tensors.items() if name.startswith(prefix)}


class _Log:
    """``progress.csv``: a row a step with its loss, and the validation figures where there are some.

    It is written with the checkpoints; rows after the step resumed from are dropped.
    """

    def __init__(self, path: Path, step: int) -> None:
        self.path = path
        self.rows: list[dict[str, str]] = []
        if path.exists():
            with path.open(newline="", encoding="utf-8") as file:
                self.rows = [row for row in csv.DictReader(file) if int(row["step"]) <= step]
        spent_s = float(self.rows[-1]["elapsed_s"]) if self.rows else 0.0
        self.started = time.monotonic() - spent_s

    def add(self, step: int, figures: dict[str, float]) -> None:
        if not self.rows or self.rows[-1]["step"] != str(step):
            elapsed_s = time.monotonic() - self.started
            self.rows.append({"step": str(step), "elapsed_s": f"{elapsed_s:.1f}"})
        self.rows[-1] |= {name: f"{value:.6g}" for name, value in figures.items()}

    def write(self) -> None:
        partial = self.path.with_suffix(".partial")
        with partial.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(self.rows[-1]), restval="")
            writer.writeheader()
            writer.writerows(self.rows)
        partial.replace(self.path)
