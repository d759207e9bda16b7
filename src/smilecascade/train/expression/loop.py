"""The loop of these nets: as ``train.loop``, and it keeps the mean of the last nets.

A checkpoint holds the weights, their mean and the optimiser's moments as safetensors, and as JSON the
spec and the step; a batch depends on the seed and the step alone. So a training that was killed goes
on exactly where it stopped.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from math import cos, pi
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from smilecascade.errors import SpecError
from smilecascade.nets import Net, Outputs, entry
from smilecascade.train.expression.losses import loss
from smilecascade.train.expression.recipe import ExpressionSpec
from smilecascade.train.expression.samples import TileBatch, TileSamples
from smilecascade.train.loop import CHECKPOINT, Progress, normalised
from smilecascade.train.record import UNRECORDED, Record

#: Asked of the mean net every so many steps: figures by name.
Validate = Callable[[Net], Mapping[str, float]]


@dataclass
class _State:
    net: Net
    mean: Net
    optimiser: torch.optim.AdamW
    step: int = 0


def fit(
    samples: TileSamples,
    folder: Path,
    *,
    validate: Validate,
    record: Record = UNRECORDED,
    progress: Progress = lambda step, loss: None,
) -> Net:
    """Train ``samples.spec``'s net to the end, going on from the checkpoint in ``folder`` if there is one.

    Returns the mean of the last nets. Raises SpecError where the checkpoint belongs to another spec.
    """
    spec = samples.spec
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(spec.threads)
    state = _resumed(spec, folder / CHECKPOINT) or _fresh(spec)
    while state.step < spec.steps:
        lost = _step(state, samples.batch(state.step), spec)
        record.log({"loss": lost, "learning_rate": learning_rate(spec, state.step - 1)}, state.step)
        progress(state.step, lost)
        if state.step % spec.validate_every == 0 or state.step == spec.steps:
            with torch.inference_mode():
                record.log(validate(state.mean), state.step)
            record.flush()
            _save(state, spec, folder / CHECKPOINT)
    return state.mean


def trained(spec: ExpressionSpec, folder: Path) -> Net | None:
    """The net of a training that has come to its end, or None."""
    state = _resumed(spec, folder / CHECKPOINT)
    return state.mean if state and state.step == spec.steps else None


def learning_rate(spec: ExpressionSpec, step: int) -> float:
    """Linear warm-up, then half a cosine down to zero at the last step."""
    if step < spec.warmup:
        return spec.learning_rate * (step + 1) / spec.warmup
    done = (step - spec.warmup) / max(1, spec.steps - spec.warmup)
    return spec.learning_rate * (1 + cos(pi * done)) / 2


def pixels_of(tiles: Tensor) -> Tensor:
    """Grey tiles (N, 1, S, S) in 0..255 as nets want them: (N, 3, S, S) in −1..1."""
    return normalised(tiles).expand(-1, 3, -1, -1)


def _step(state: _State, batch: TileBatch, spec: ExpressionSpec) -> float:
    torch.manual_seed(spec.seed * 1_000_003 + state.step)
    for group in state.optimiser.param_groups:
        group["lr"] = learning_rate(spec, state.step)
    state.net.train()
    pixels = pixels_of(batch.pixels)
    with torch.autocast("cpu", torch.bfloat16, enabled=spec.precision == "bfloat16"):
        said = logits_of(state.net, pixels)
    total = loss(said, batch.targets, spec)
    state.optimiser.zero_grad(set_to_none=True)
    total.backward()  # type: ignore[no-untyped-call]
    state.optimiser.step()
    _average(state, spec)
    state.step += 1
    return float(total.detach())


def logits_of(net: Net, pixels: Tensor) -> Tensor:
    """What a net says of (N, 3, S, S) pixels in −1..1: (N, C) float32."""
    outputs: Outputs = net(pixels)
    assert outputs.shown is not None
    return outputs.shown.flatten(1).float()


def _average(state: _State, spec: ExpressionSpec) -> None:
    """Move the mean towards the net; at first faster, so that it forgets the random beginning."""
    kept = min(spec.average, (state.step + 1) / (state.step + 50))
    new = state.net.state_dict()
    with torch.no_grad():
        for name, value in state.mean.state_dict().items():
            if value.dtype.is_floating_point:
                value.lerp_(new[name], 1 - kept)
            else:
                value.copy_(new[name])


def _fresh(spec: ExpressionSpec) -> _State:
    torch.manual_seed(spec.seed)
    net = entry(spec.net).build().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    decayed = [value for value in net.parameters() if value.ndim > 1]
    others = [value for value in net.parameters() if value.ndim <= 1]
    groups = [
        {"params": decayed, "weight_decay": spec.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, lr=spec.learning_rate)
    return _State(net=net, mean=copy.deepcopy(net).eval(), optimiser=optimiser)


def _save(state: _State, spec: ExpressionSpec, path: Path) -> None:
    tensors = _named("net", state.net) | _named("mean", state.mean)
    for index, moments in state.optimiser.state_dict()["state"].items():
        tensors |= {f"moment.{index}.{name}": value for name, value in moments.items()}
    partial = path.with_suffix(".partial")
    meta = {"spec": json.dumps(asdict(spec)), "step": str(state.step)}
    save_file({name: value.contiguous() for name, value in tensors.items()}, partial, metadata=meta)
    partial.replace(path)


def _resumed(spec: ExpressionSpec, path: Path) -> _State | None:
    if not path.exists():
        return None
    with safe_open(path, framework="pt") as file:
        meta = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    if json.loads(meta["spec"]) != asdict(spec):
        raise SpecError(f"{path}: belongs to another spec; give another --work folder or delete this one")
    state = _fresh(spec)
    state.net.load_state_dict(_below(tensors, "net."))
    state.mean.load_state_dict(_below(tensors, "mean."))
    moments: dict[int, dict[str, Tensor]] = {}
    for name, value in _below(tensors, "moment.").items():
        index, _, key = name.partition(".")
        moments.setdefault(int(index), {})[key] = value
    groups = state.optimiser.state_dict()["param_groups"]
    state.optimiser.load_state_dict({"state": moments, "param_groups": groups})
    state.step = int(meta["step"])
    return state


def _named(prefix: str, net: nn.Module) -> dict[str, Tensor]:
    return {f"{prefix}.{name}": value for name, value in net.state_dict().items()}


def _below(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): v for name, v in tensors.items() if name.startswith(prefix)}
