"""Things handed from any thread to the one that stores them, without a lock to wait for."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Inbox(Generic[Item]):
    """A queue of at most ``limit`` items: beyond, the oldest are dropped, and counted."""

    def __init__(self, limit: int) -> None:
        self.dropped = 0
        self._limit = limit
        # Its single operations are atomic, which is all that is needed here.
        self._items: deque[Item] = deque()

    def __len__(self) -> int:
        return len(self._items)

    def put(self, items: Iterable[Item]) -> None:
        """Take these items; by any thread."""
        self._items.extend(items)
        if len(self._items) > self._limit:
            self.dropped += len(self._popped(len(self._items) - self._limit))

    def drain(self) -> list[Item]:
        """Give up all items that are there now, oldest first."""
        return self._popped(len(self._items))

    def _popped(self, count: int) -> list[Item]:
        popped: list[Item] = []
        with suppress(IndexError):  # another thread took the rest
            for _ in range(count):
                popped.append(self._items.popleft())
        return popped
