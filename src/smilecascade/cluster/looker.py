"""What a worker does: it loads the weights once, and makes rows of results of rows of photos."""

from __future__ import annotations

import os
import platform
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import fs

from smilecascade.analyze import Searched, Source, load
from smilecascade.cluster.photos import Photo, Stores
from smilecascade.cluster.shards import SCHEMA, Shards
from smilecascade.errors import BundleError, ClusterError, ImageError, SmilecascadeError
from smilecascade.export import FoundFaces, Outcome, Unread, parquet, to_json
from smilecascade.images import read, read_bytes
from smilecascade.mipmaps import Pixels

#: Photos that are fetched from a store at a time, ahead of the one that is looked at.
FETCHED_AHEAD = 16

#: A file that is larger is no photo: 50 million pixels are less, however they are stored.
MOST_BYTES = 500_000_000


@dataclass(frozen=True, kw_only=True)
class Search:
    """How to search, the same in all workers.

    digest: of the bundle that all must have. describe: puts an error that is none of ours into words.
    """

    bundle: Path | None
    digest: str
    min_face: float
    min_score: float | None
    describe: Callable[[Exception], str]


class UnfetchedError(ImageError):
    """A photo that its store did not give, which it may do the next time."""


class Looker:
    """A worker's worth of the search: called with rows of photos, it gives as many rows of results."""

    def __init__(self, search: Search, shards: Shards, stores: Stores, threads: int) -> None:
        """Load the weights.

        Raises BundleError where they are not those of the others, ClusterError where this machine
        does not see the folder of results.
        """
        self._search, self._stores = search, stores
        self._cascade = load(search.bundle, threads=threads)
        self._fetchers = ThreadPoolExecutor(FETCHED_AHEAD)
        machine = platform.node()
        if self._cascade.bundle.digest != search.digest:
            raise BundleError(f"{machine}: has other weights; install the same smilecascade on all machines")
        if not shards.is_begun():
            raise ClusterError(
                f"{shards.name}: {machine} does not see this folder; give --out one that all machines share, "
                "or an address such as s3://"
            )

    def __call__(self, photos: pa.Table) -> pa.Table:
        """A row of results a photo, in the same order; what cannot be read has its error in it."""
        rows = [Photo(**row) for row in photos.to_pylist()]
        results = self._cascade.detect_each(
            self._sources(rows), min_face=self._search.min_face, min_score=self._search.min_score
        )
        with closing(results):
            found = [self._row(photo, result) for photo, result in zip(rows, results, strict=True)]
        return pa.Table.from_pylist(found, schema=SCHEMA)

    def _sources(self, photos: Iterable[Photo]) -> Iterator[Source]:
        begun: deque[Source] = deque()
        for photo in photos:
            begun.append(self._source(photo))
            if len(begun) > FETCHED_AHEAD:
                yield begun.popleft()
        while begun:
            yield begun.popleft()

    def _source(self, photo: Photo) -> Source:
        if photo.trouble:
            return partial(_refuse, photo)
        if photo.store is None:
            return partial(read, Path(os.fsdecode(photo.file)))
        fetched = self._fetchers.submit(_fetch, self._stores[photo.store], photo)
        return partial(_decode, fetched, photo)

    def _row(self, photo: Photo, result: Searched | Exception) -> dict[str, Any]:
        row = parquet.to_row(to_json(self._outcome(photo, result)))
        reached = not isinstance(result, UnfetchedError)
        return row | {"size": photo.size if reached else None, "mtime": photo.mtime if reached else None}

    def _outcome(self, photo: Photo, result: Searched | Exception) -> Outcome:
        if isinstance(result, Searched):
            faces = tuple(result.faces)
            return FoundFaces(path=photo.path, width=result.width, height=result.height, faces=faces)
        if isinstance(result, SmilecascadeError):
            name = os.fsdecode(photo.file) if photo.store is None else photo.path
            return Unread(path=photo.path, error=str(result).removeprefix(f"{name}: "))
        return Unread(path=photo.path, error=self._search.describe(result))


def _refuse(photo: Photo) -> Pixels:
    raise ImageError(photo.trouble)


def _fetch(store: fs.FileSystem, photo: Photo) -> bytes:
    if photo.size and photo.size > MOST_BYTES:
        raise ImageError(f"{photo.path}: {photo.size:,} bytes are over the limit of {MOST_BYTES:,}")
    try:
        with store.open_input_stream(photo.file.decode()) as stream:
            return bytes(stream.read())
    except OSError as error:
        raise UnfetchedError(
            f"{photo.path}: cannot be fetched ({error}); the next run tries again"
        ) from error


def _decode(fetched: Future[bytes], photo: Photo) -> Pixels:
    return read_bytes(fetched.result(), photo.path)
