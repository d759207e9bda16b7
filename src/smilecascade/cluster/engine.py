"""Ray itself: one of our own on this machine, or the cluster at an address."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from socket import create_connection
from typing import Any
from urllib.parse import urlsplit

from smilecascade.analyze import cores
from smilecascade.detect.crew import MOST_THREADS
from smilecascade.errors import ClusterError

#: Bytes for rows on their way, of which a photo's are one or two thousand. Ray itself would take a
#: third of the memory.
STORE_BYTES = 256_000_000

#: Nothing is sent to anybody.
OFFLINE = {"RAY_USAGE_STATS_ENABLED": "0"}

#: Makes Ray, on any system, one of this machine alone, which then uses the loopback interface. Its
#: workers yield to no other program more than this one does, where Ray would have them yield to all.
ALONE = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_worker_niceness": "0"}

LOOPBACK = ("127.0.0.1", "localhost", "::1")

#: How long a cluster may take to answer.
CONNECT_S = 10.0

#: Ray's own part of this process says nothing that its exceptions do not say.
QUIET = {"RAY_BACKEND_LOG_LEVEL": "fatal"}


@contextmanager
def running(address: str | None = None, *, loud: bool = False) -> Iterator[None]:
    """Ray while the block lasts: at this address, or on this machine, with the cores it may use.

    One of our own listens on the loopback interface alone, and ends with the block. loud: let Ray
    say what it does. Raises ClusterError where there is no cluster at the address, and
    ModuleNotFoundError where Ray is not installed.
    """
    alone = address is None or urlsplit(f"//{address}").hostname in LOOPBACK
    for name, value in (OFFLINE | (ALONE if alone else {}) | ({} if loud else QUIET)).items():
        os.environ.setdefault(name, value)
    # An extra, slow to import, and it reads these settings as it is imported.
    import ray
    import ray.data

    try:
        _require_listener(address)
        with _hushed(loud):
            ray.init(**_whose(address), log_to_driver=loud, logging_level="INFO" if loud else "ERROR")
    except (OSError, RuntimeError, ValueError) as error:
        raise ClusterError(
            f"{address or 'this machine'}: Ray cannot be used there ({' '.join(str(error).split())}); start "
            "it with: ray start --head"
        ) from error
    try:
        _set_up(ray.data.DataContext.get_current(), loud)
        yield
    finally:
        ray.shutdown()


def cores_of_nodes() -> list[int]:
    """The cores of each machine of the cluster that has any for us."""
    import ray

    cores = [int(node["Resources"].get("CPU", 0)) for node in ray.nodes() if node["Alive"]]
    return [count for count in cores if count]


def share_of_worker(nodes: Sequence[int]) -> int:
    """How many cores a worker should have, so that fewest are left over, and then as many as it can use."""
    return max(range(1, MOST_THREADS + 1), key=lambda share: (_used(nodes, share), share))


def _used(nodes: Sequence[int], share: int) -> int:
    return sum(count // share * share for count in nodes)


def _whose(address: str | None) -> dict[str, Any]:
    if address:
        return {"address": address}
    return {
        "address": "local",
        "num_cpus": cores(),
        "include_dashboard": False,
        "object_store_memory": STORE_BYTES,
    }


def _require_listener(address: str | None) -> None:
    """Raise OSError where nobody listens: Ray itself would try for minutes."""
    place = urlsplit(f"//{address or ''}")
    if place.hostname and place.port:
        create_connection((place.hostname, place.port), CONNECT_S).close()


def _set_up(context: Any, loud: bool) -> None:
    context.enable_progress_bars = loud
    context.print_on_execution_start = loud
    if not loud:
        for handler in logging.getLogger("ray.data").handlers:
            if isinstance(handler, logging.StreamHandler):
                handler.setLevel(logging.CRITICAL)


@contextmanager
def _hushed(loud: bool) -> Iterator[None]:
    """Keep what Ray's libraries print as they start off standard error; what Python prints stays."""
    if loud or sys.stderr is None:
        yield
        return
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    try:
        with open(kept, "w", encoding="utf-8", closefd=False) as stream, redirect_stderr(stream):
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
