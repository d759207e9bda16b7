"""The pipeline: photos → rows of results → shards, by Ray Data."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from inspect import signature
from typing import Any

from smilecascade.cluster.engine import cores_of_nodes, share_of_worker
from smilecascade.cluster.looker import Looker, Search
from smilecascade.cluster.photos import Photo, Stores, table
from smilecascade.cluster.shards import Held, Shards
from smilecascade.cluster.watch import Seen, watched
from smilecascade.errors import ClusterError
from smilecascade.export import Unread, parquet, to_json

#: Photos of a shard: so many are looked at again where a run or a worker is killed. A conveyor runs
#: empty at the end of each.
MOST_ROWS = 500

#: Of fewer photos, each worker has at least so many shares, so that all are busy until the end.
SHARES = 4

#: How often the photos of a worker that has died are tried again, together and then alone.
TRIES = 2

#: Of so many shares, or of this part of all, the worker may die again and again, or the shard may not
#: be written. More than that is no accident, and ends the run.
LOST_SHARES, LOST_PART = 8, 0.01

LOST = "the worker that read it ended, as for want of memory; the next run tries again"


def look(
    left: Sequence[Photo],
    photos: Mapping[str, Photo],
    search: Search,
    shards: Shards,
    stores: Stores,
    seen: Seen,
) -> Held:
    """Look at what is left of the photos, and return what the shards hold of all of them in the end.

    Ray must be running. Whole shards are told to ``seen`` as they come. A worker that dies is
    replaced. Photos of which several have died are looked at one by one, and what a worker dies of
    alone has an error as its result. Raises ClusterError where no worker can begin.
    """
    with watched(shards, seen):
        for most_rows in (MOST_ROWS, 1):
            _write(left, search, shards, stores, most_rows)
            held = shards.settle(photos, retry=False)
            if not (left := held.left(photos)):
                return held
        shards.add([parquet.to_row(to_json(Unread(path=photo.path, error=LOST))) for photo in left])
    return shards.settle(photos, retry=False)


def _write(photos: Sequence[Photo], search: Search, shards: Shards, stores: Stores, most_rows: int) -> None:
    import ray.data

    cpus = share_of_worker(nodes := cores_of_nodes())
    workers = max(1, sum(count // cpus for count in nodes))
    size = min(most_rows, -(-len(photos) // (SHARES * workers)))
    blocks = [table(photos[start : start + size]) for start in range(0, len(photos), size)]
    ray.data.DataContext.get_current().max_errored_blocks = max(LOST_SHARES, int(LOST_PART * len(blocks)))
    dataset = ray.data.from_arrow(blocks)
    with warnings.catch_warnings(action="ignore"):
        looked_at = dataset.map_batches(
            Looker,
            fn_constructor_args=(search, shards, stores, cpus),
            compute=ray.data.ActorPoolStrategy(min_size=1, max_size=workers),
            batch_size=None,
            batch_format="pyarrow",
            num_cpus=cpus,
            **_tries(dataset.map_batches),
        )
    try:
        # Writing takes no core of its own: all may belong to the workers, until these are done.
        looked_at.write_parquet(shards.folder, filesystem=shards.store, ray_remote_args={"num_cpus": 0})
    except ray.exceptions.RayError as error:
        raise ClusterError(_told(error)) from error


def _tries(method: Any) -> dict[str, int]:
    """How Ray is told to try only so often; it means to take that away, and then tries for ever."""
    takes_any = any(of.kind is of.VAR_KEYWORD for of in signature(method).parameters.values())
    return {"max_task_retries": TRIES} if takes_any else {}


def _told(error: Any) -> str:
    """The last line of what a worker said."""
    return str(error).strip().splitlines()[-1]
