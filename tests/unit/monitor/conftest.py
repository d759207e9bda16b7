"""A store with runs in it, and a reader of the monitor that needs no socket."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from smilecascade import runs
from smilecascade.monitor.access import Access
from smilecascade.monitor.app import application

Logged = Callable[..., str]


class Reader:
    """Asks a monitor, as a browser does that was pointed at http://localhost:8642/."""

    def __init__(self, root: Path, access: Access) -> None:
        transport = httpx.ASGITransport(application(root, access), raise_app_exceptions=False)
        self._open = lambda: httpx.AsyncClient(transport=transport, base_url="http://localhost:8642")

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.ask("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.ask("POST", path, **options)

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def answer() -> httpx.Response:
            async with self._open() as client:
                return await client.request(method, path, **options)

        return asyncio.run(answer())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of runs; nothing is in it yet."""
    return tmp_path / "runs"


@pytest.fixture
def open_reader(root: Path) -> Callable[..., Reader]:
    """Reads the monitor of that folder as these facts of ``Access`` have it."""
    return lambda **facts: Reader(root, Access(**facts))


@pytest.fixture
def reader(open_reader: Callable[..., Reader]) -> Reader:
    """Reads the monitor of that folder, which asks for no token."""
    return open_reader()


@pytest.fixture
def logged(root: Path) -> Logged:
    """Stores a finished run and gives its id: a value a step in each metric, from step 0."""

    def log(name: str, metrics: Mapping[str, Sequence[float]], **facts: Any) -> str:
        with runs.start(name, root, **facts) as run:
            for metric, values in metrics.items():
                for step, value in enumerate(values):
                    run.log({metric: value}, step)
        return run.id

    return log
