"""Several processes that train one net together, each on its share of a batch.

``torchrun`` starts them and says who they are in the environment; nothing else is to be set.
GPUs are used where there are any (nccl), or else the processor (gloo). The loss is that of the
whole batch, in every process: the hardest samples are the hardest of all shares.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

import torch
import torch.distributed
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from smilecascade.errors import SpecError
from smilecascade.nets import Net, Outputs
from smilecascade.train.samples import Batch

_PROCESSOR = torch.device("cpu")

#: The others wait while the first one mines: for hours, where there are many photos.
_PATIENCE = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Processes:
    """How many train together, which of them this is (0 is the first), and what it computes on."""

    rank: int = 0
    count: int = 1
    device: torch.device = _PROCESSOR

    @property
    def is_first(self) -> bool:
        """Whether this is the one that writes and speaks."""
        return self.rank == 0

    def check(self, parts: int) -> None:
        """Raise SpecError where a batch of so many parts cannot be shared evenly."""
        if parts % self.count:
            raise SpecError(
                f"parts: {parts} cannot be shared by {self.count} processes; give a multiple of them"
            )

    def learning_together(self, net: Net) -> nn.Module:
        """The net with its gradients averaged over all processes; alone, the net itself.

        On GPUs the batch normalisation takes its statistics over all shares, too; on processors,
        where PyTorch cannot, over each process's own.
        """
        if self.count == 1:
            return net
        if self.device.type == "cuda":
            net = cast(Net, nn.SyncBatchNorm.convert_sync_batchnorm(net))  # type: ignore[no-untyped-call]
        return DistributedDataParallel(net)

    def gathered(self, outputs: Outputs, share: Batch) -> tuple[Outputs, Batch]:
        """Outputs and labels of all shares, as of one batch: the faces of all first.

        Gradients flow through this process's own outputs; the others' are numbers. Pixels stay
        this process's own.
        """
        if self.count == 1:
            return outputs, share
        everyone = Outputs(*(None if each is None else self._all(each, share.faces) for each in outputs))
        return everyone, Batch(
            pixels=share.pixels,
            labels=self._all(share.labels, share.faces),
            displacements=self._all(share.displacements, share.faces),
            points=self._all(share.points, share.faces),
        )

    def scaled(self, total: Tensor) -> Tensor:
        """The loss to go back from: of the whole batch, of which each process sees one way only, so
        that what is averaged is a part of the gradient, not the whole."""
        return total * self.count

    @contextmanager
    def one_after_the_other(self) -> Iterator[None]:
        """The first process does it, the others after it: they find stored what it has made."""
        if not self.is_first:
            self._wait()
        yield
        if self.is_first:
            self._wait()

    def _all(self, own: Tensor, faces: int) -> Tensor:
        parts = [torch.empty_like(own, memory_format=torch.contiguous_format) for _ in range(self.count)]
        torch.distributed.all_gather(parts, own.detach().contiguous())
        parts[self.rank] = own
        return torch.cat([part[:faces] for part in parts] + [part[faces:] for part in parts])

    def _wait(self) -> None:
        if self.count > 1:
            torch.distributed.barrier()


#: One process, on the processor.
ALONE = Processes()


@contextmanager
def joined() -> Iterator[Processes]:
    """The processes that torchrun started, or this one alone, on a GPU if there is one."""
    rank, count = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    device = _device(int(os.environ.get("LOCAL_RANK", 0)))
    if count == 1:
        yield Processes(device=device)
        return
    backend = "nccl" if device.type == "cuda" else "gloo"
    torch.distributed.init_process_group(backend, timeout=_PATIENCE)
    try:
        yield Processes(rank=rank, count=count, device=device)
    finally:
        torch.distributed.destroy_process_group()


def _device(local_rank: int) -> torch.device:
    if not torch.cuda.is_available():
        return _PROCESSOR
    device = torch.device("cuda", local_rank)
    torch.cuda.set_device(device)
    return device
