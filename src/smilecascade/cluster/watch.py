"""Shards as they come, while Ray writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from smilecascade.cluster.shards import Shards
from smilecascade.export import Plain

#: How often the folder is listed.
EVERY_S = 1.0

#: Is told the keys of the rows of a shard.
Seen = Callable[[list[Plain]], object]


@contextmanager
def watched(shards: Shards, seen: Seen) -> Iterator[None]:
    """Tell ``seen`` of each shard that becomes whole while the block lasts."""
    known, ended = set(shards.files()), Event()

    def look_up() -> None:
        for name in shards.files():
            keys = None if name in known else shards.keys(name)
            if keys is not None:
                known.add(name)
                seen(keys.to_pylist())

    def go_round() -> None:
        while not ended.wait(EVERY_S):
            try:
                look_up()
            except OSError:  # a store that does not answer now may do so in a second
                continue

    thread = Thread(target=go_round, name="smilecascade watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
    look_up()
