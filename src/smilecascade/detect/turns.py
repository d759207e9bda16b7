"""Threads that take turns, so that each works undisturbed until it has to wait."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from types import TracebackType
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Turn:
    """What the thread whose turn it is holds; ``with turn:`` waits for it, and passes it on.

    Python runs one thread at a time anyway, but NumPy lets others in at every array, a hundred times
    a photo, and each time a sleeping thread is woken for nothing. Two threads that take turns, and
    pass on only around what runs without Python, take five sixths of the time (docs/lab-notes.md).
    """

    def __init__(self) -> None:
        self._lock = Lock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    def without(self, call: Callable[P, T]) -> Callable[P, T]:
        """The same call, during which it is another's turn: of a net, a file or a queue."""

        def called(*args: P.args, **kwargs: P.kwargs) -> T:
            self._lock.release()
            try:
                return call(*args, **kwargs)
            finally:
                self._lock.acquire()

        return called
