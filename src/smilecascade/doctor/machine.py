"""The machine: its system, its cores and the instruction sets that the networks gain from."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from pathlib import Path

from smilecascade.doctor.findings import Finding

#: Instruction sets for which ONNX Runtime has kernels of its own, as Linux calls them.
INSTRUCTION_SETS = (
    *("sse4_1", "avx", "f16c", "fma", "avx2", "avx512f", "avx_vnni", "avx512_vnni", "amx_int8"),
    *("asimd", "asimddp", "i8mm", "bf16", "sve"),
)

CPU_INFO = Path("/proc/cpuinfo")


def examine() -> Iterator[Finding]:
    """The system, and the processor."""
    yield Finding(what="system", found=platform.platform())
    yield Finding(what="processor", found=f"{_cores()}, {platform.machine()}{_instruction_sets()}")


def _cores() -> str:
    there, ours = os.cpu_count() or 1, _cores_of_this_process()
    return f"{there} cores" if ours == there else f"{ours} of {there} cores"


def _cores_of_this_process() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _instruction_sets() -> str:
    """Those of the list that the processor has; "" where the system does not tell."""
    try:
        words = CPU_INFO.read_text("utf-8", errors="replace").split()
    except OSError:
        return ""
    there = [name for name in INSTRUCTION_SETS if name in words]
    return f" with {' '.join(there)}" if there else ""
