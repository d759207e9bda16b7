"""Samples on disk, in files of a bounded size, of which only what a batch asks for is in memory.

A folder of shards is one array of samples: ``00000.npy``, ``00001.npy``, … of equally many rows (the
last may have fewer), and an index, written when all of them are complete. Each is an ordinary
``.npy``, which ``np.load(..., mmap_mode="r")`` maps.

Reading does not map them, but reads rows at their places. A mapped file brings the neighbours of
each row into the process, over a gigabyte in fifty batches; and to give these back after each batch
makes reading take two and a half times as long, and ten times from the disk, which is asked for one
page after the other (``benchmarks/shards.py``). What was read stays in the system's cache while nobody
else needs the memory.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from io import FileIO
from itertools import groupby
from math import prod
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from smilecascade.errors import SpecError
from smilecascade.mipmaps import Pixels
from smilecascade.train.stored import INDEX, damaged, is_stored, note_inputs, noted

#: Most bytes of samples in a shard: few files, and none too large to be copied or lost.
SHARD_BYTES = 1 << 28

Shape: TypeAlias = tuple[int, ...]
_Place: TypeAlias = tuple[FileIO, int]


class Shards:
    """The samples of a folder: uint8 of ``shape`` (N, S, S, 3), read from disk as they are asked for.

    ``shards[rows]``: a fresh array of the samples in these rows, which are (K,) integers from 0 to
    N − 1, in any order and as often as wanted, or a slice. Threads may ask at the same time where
    the system can read at a place without seeking there, as Linux does. SpecError where a file is
    missing or damaged.
    """

    def __init__(self, folder: Path) -> None:
        index = noted(folder)
        self.folder = folder
        try:
            self.shape: Shape = (int(index["count"]), *map(int, index["shape"]))
            self.inputs: Mapping[str, Any] = index["inputs"]
            self._rows = int(index["rows"])
        except (KeyError, TypeError, ValueError):
            raise damaged(folder / INDEX, "is no index of shards") from None
        with ExitStack() as files:
            self._shards = [files.enter_context(_opened(*shard)) for shard in self._shapes()]
            self._starts = [file.tell() for file in self._shards]
            # Not closing them by hand is no fault: samples live as long as their training.
            self._close = weakref.finalize(self, files.pop_all().close)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: NDArray[np.integer[Any]] | slice) -> Pixels:
        places = [self._place(row) for row in self._checked(rows)]
        found = np.empty((len(places), *self.shape[1:]), np.uint8)
        _ask_ahead(places, prod(self.shape[1:]))
        for sample, (file, offset) in zip(found, places, strict=True):
            _read(file, offset, sample)
        return found

    def close(self) -> None:
        """Close the files, after which nothing can be read; without it they are closed when it is dropped."""
        self._close()

    def _shapes(self) -> Iterator[tuple[Path, Shape]]:
        """The file of each shard, and the shape of what should be in it."""
        for number, start in enumerate(range(0, len(self), self._rows)):
            yield _file(self.folder, number), (min(self._rows, len(self) - start), *self.shape[1:])

    def _place(self, row: int) -> _Place:
        shard, within = divmod(row, self._rows)
        return self._shards[shard], self._starts[shard] + within * prod(self.shape[1:])

    def _checked(self, rows: NDArray[np.integer[Any]] | slice) -> Iterable[int]:
        if isinstance(rows, slice):
            return range(*rows.indices(len(self)))
        if rows.ndim != 1 or rows.dtype.kind not in "iu":
            raise TypeError(f"rows are (K,) integers or a slice, got {rows.dtype} of shape {rows.shape}")
        if len(rows) and not 0 <= rows.min() <= rows.max() < len(self):
            raise IndexError(f"rows {rows.min()} to {rows.max()}: there are {len(self)}, from 0")
        numbers: list[int] = rows.tolist()
        return numbers


#: Samples (N, S, S, 3) uint8, in memory or on disk; rows are taken from both in the same way.
Stack: TypeAlias = Pixels | Shards


def store(parts: Iterable[Pixels], folder: Path, shape: Shape, inputs: Mapping[str, Any]) -> Shards:
    """The samples of a folder; written first, if they are not there.

    Arguments as for ``write``. Raises SpecError where those that are there came from other inputs.
    """
    if not is_stored(folder, inputs):
        write(parts, folder, shape, inputs)
    return Shards(folder)


def write(parts: Iterable[Pixels], folder: Path, shape: Shape, inputs: Mapping[str, Any]) -> None:
    """Write samples as they come, in place of any shards that the folder has.

    parts: arrays (n, *shape) of uint8, n ≥ 0. inputs: what the samples depend on, as JSON knows it.
    What is interrupted has no index, and so counts for nothing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for pattern in (INDEX, "*.npy", "*.partial"):
        for left in folder.glob(pattern):
            left.unlink()
    rows = max(1, SHARD_BYTES // prod(shape))
    shards = groupby(_split(parts, shape, rows), key=itemgetter(0))
    count = sum(
        _write_shard(_file(folder, number), (piece for _, piece in pieces), shape)
        for number, pieces in shards
    )
    note_inputs(folder, inputs, count=count, shape=list(shape), rows=rows)


def _file(folder: Path, number: int) -> Path:
    return folder / f"{number:05d}.npy"


def _split(parts: Iterable[Pixels], shape: Shape, rows: int) -> Iterator[tuple[int, Pixels]]:
    """The parts, cut where a shard of so many rows is full, each piece with the number of its shard."""
    count = 0
    for part in parts:
        if part.dtype != np.uint8 or part.shape[1:] != shape:
            raise ValueError(f"samples are uint8 of shape {shape}, got {part.dtype} of {part.shape[1:]}")
        left = part
        while len(left):
            shard, taken = divmod(count, rows)
            piece, left = left[: rows - taken], left[rows - taken :]
            count += len(piece)
            yield shard, piece


def _write_shard(place: Path, pieces: Iterable[Pixels], shape: Shape) -> int:
    """Write one shard to the side, then give it its name; returns its number of rows."""
    partial, count = place.with_name(place.name + ".partial"), 0
    with partial.open("wb") as file:
        _write_header(file, (0, *shape))
        for piece in pieces:
            file.write(np.ascontiguousarray(piece).data)
            count += len(piece)
        # NumPy leaves room in the header for any number of rows, so the second is as long as the first.
        file.seek(0)
        _write_header(file, (count, *shape))
    partial.replace(place)
    return count


def _write_header(file: Any, shape: Shape) -> None:
    header = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)


def _opened(path: Path, shape: Shape) -> FileIO:
    """A shard's file, where its samples begin; SpecError where it is not of this shape."""
    try:
        file = FileIO(path)
    except OSError as error:
        raise damaged(path, f"cannot be read ({error.strerror})") from None
    try:
        _check(file, shape)
    except BaseException:
        file.close()
        raise
    return file


def _check(file: FileIO, shape: Shape) -> None:
    try:
        version = np.lib.format.read_magic(file)
        header = np.lib.format.read_array_header_1_0(file) if version == (1, 0) else None
    except Exception:  # NumPy names none that a damaged header raises; of a tokenizer, too
        header = None
    if header != (shape, False, np.dtype(np.uint8)):
        raise _damaged(file, "is no shard of this folder")
    if os.fstat(file.fileno()).st_size != file.tell() + prod(shape):
        raise _damaged(file, "is cut off or too long")


def _ask_ahead(places: Iterable[_Place], size: int) -> None:
    """Tell the system what will be read, so that a disk fetches all of it at once, not one by one."""
    if hasattr(os, "posix_fadvise"):
        for file, offset in places:
            os.posix_fadvise(file.fileno(), offset, size, os.POSIX_FADV_WILLNEED)


def _read(file: FileIO, offset: int, sample: Pixels) -> None:
    """Fill a sample with the bytes at a place."""
    try:
        if hasattr(os, "preadv"):
            count = os.preadv(file.fileno(), [sample.data], offset)
        else:
            file.seek(offset)
            count = file.readinto(sample.data)
    except OSError as error:
        raise _damaged(file, f"cannot be read ({error.strerror})") from None
    if count != sample.nbytes:
        raise _damaged(file, "is cut off")


def _damaged(file: FileIO, what: str) -> SpecError:
    return damaged(Path(str(file.name)), what)
