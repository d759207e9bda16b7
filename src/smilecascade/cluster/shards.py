"""The folder of results: Parquet shards that Ray writes, and what an earlier run has left in them.

A shard holds rows of ``SCHEMA`` in no order, those of ``--out x.parquet`` with the size and time of the
photo they are of. A run that is killed may leave half a shard, a photo may have changed since, and a
worker that outlives its run may write what the next run has done already: ``settle`` mends all three.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from smilecascade.cluster.addresses import is_address
from smilecascade.cluster.photos import Photo, opened
from smilecascade.errors import ClusterError
from smilecascade.export import Plain, Settings, parquet, refuse_other

SCHEMA = parquet.SCHEMA.append(pa.field("size", pa.int64())).append(
    pa.field("mtime", pa.timestamp("us", tz="UTC"))
)

#: What a row is known by, and whether it was read.
KEYS = ("path", "size", "mtime", "error")

#: Readers of Parquet folders pass over names that begin so.
NOTE = "_smilecascade.json"

#: Shards of a store that is far away are read so many at a time.
READERS = 16


@dataclass(frozen=True, kw_only=True)
class Shards:
    """The folder of results: the store it is in, its name there, and as the user gave it."""

    store: fs.FileSystem
    folder: str
    name: str

    @classmethod
    def at(cls, out: str) -> Shards:
        """The folder of this path or address. Raises ClusterError."""
        if is_address(out):
            store, folder = opened(out)
            return cls(store=store, folder=folder.rstrip("/"), name=out)
        return cls(store=fs.LocalFileSystem(), folder=Path(out).absolute().as_posix(), name=out)

    def begin(self, settings: Settings) -> None:
        """Make the folder, and note what its results are found with.

        Raises ClusterError where it cannot be written or holds other files of Parquet, ExportError
        where it was begun with other settings.
        """
        try:
            self.store.create_dir(self.folder, recursive=True)
            before = self._noted()
            if before is None:
                self._note(settings)
        except (OSError, ValueError) as error:
            raise ClusterError(
                f"{self.name}: cannot be written ({error}); give --out another folder"
            ) from error
        if before is not None:
            refuse_other(settings, before, Path(self.name))

    def is_begun(self) -> bool:
        """Whether the folder can be seen from here and has its note."""
        (info,) = self.store.get_file_info([self._file(NOTE)])
        return bool(info.type == fs.FileType.File)

    def files(self) -> list[str]:
        """The names of the shards, sorted; some may still be written."""
        infos = self.store.get_file_info(fs.FileSelector(self.folder))
        names = (PurePosixPath(info.path).name for info in infos if info.type == fs.FileType.File)
        return sorted(name for name in names if name.endswith(".parquet") and name[0] not in "._")

    def keys(self, name: str) -> pa.Table | None:
        """The ``KEYS`` of a shard's rows; None where it is not whole."""
        try:
            with self.store.open_input_file(self._file(name)) as file:
                return pq.ParquetFile(file).read(columns=list(KEYS))
        except pa.ArrowInvalid:
            return None

    def settle(self, photos: Mapping[str, Photo], *, retry: bool) -> Held:
        """What the shards hold, once half shards and rows that count no more are removed.

        A row counts no more where its photo has another size or time than in ``photos``, and where
        another row is of the same photo. A row without a size is of what could not be reached: with
        ``retry`` it counts no more either. Memory grows with the number of rows.
        """
        held = Held()
        for name, keys in self._all_keys():
            if keys is None:
                self.store.delete_file(self._file(name))
                continue
            keep = [held.take(row, photos.get(row["path"]), retry) for row in _rows(keys)]
            if not all(keep):
                self._rewrite(name, keep)
        return held

    def add(self, rows: Sequence[Plain]) -> None:
        """Write one more shard."""
        self._write(pa.Table.from_pylist(list(rows), schema=SCHEMA), f"{uuid4().hex}.parquet")

    def _all_keys(self) -> Iterator[tuple[str, pa.Table | None]]:
        names = self.files()
        with ThreadPoolExecutor(READERS) as readers:
            yield from zip(names, readers.map(self.keys, names), strict=True)

    def _rewrite(self, name: str, keep: Sequence[bool]) -> None:
        if any(keep):
            with self.store.open_input_file(self._file(name)) as file:
                whole = pq.ParquetFile(file).read()
            self._write(whole.filter(pa.array(keep)), name)
        else:
            self.store.delete_file(self._file(name))

    def _write(self, rows: pa.Table, name: str) -> None:
        aside = self._file(f".{name}.partial")
        pq.write_table(rows, aside, filesystem=self.store)
        self.store.move(aside, self._file(name))

    def _noted(self) -> dict[str, object] | None:
        if self.is_begun():
            with self.store.open_input_file(self._file(NOTE)) as file:
                return dict(json.loads(file.read()))
        if self.files():
            raise ValueError(f"{self.files()[0]} in it is none of its shards")
        return None

    def _note(self, settings: Settings) -> None:
        with self.store.open_output_stream(self._file(NOTE)) as file:
            file.write(json.dumps(dict(settings)).encode())

    def _file(self, name: str) -> str:
        return f"{self.folder}/{name}"


@dataclass
class Held:
    """What shards hold: for each path the error of its row, or None where it was read."""

    errors: dict[str, str | None] = field(default_factory=dict)

    def left(self, photos: Mapping[str, Photo]) -> list[Photo]:
        """The photos that are not held."""
        return [photo for path, photo in photos.items() if path not in self.errors]

    def unread(self, photos: Mapping[str, Photo]) -> int:
        """How many of these photos could not be read."""
        return sum(self.errors.get(path) is not None for path in photos)

    def take(self, row: Plain, photo: Photo | None, retry: bool) -> bool:
        """Whether this row counts, which is then held."""
        if row["path"] in self.errors or not _is_current(row, photo, retry):
            return False
        self.errors[row["path"]] = row["error"]
        return True


def _rows(keys: pa.Table) -> Iterator[Plain]:
    moments = keys["mtime"].cast(pa.int64())
    place = keys.schema.get_field_index("mtime")
    yield from keys.set_column(place, "mtime", moments).to_pylist()


def _is_current(row: Plain, photo: Photo | None, retry: bool) -> bool:
    if photo is None:
        return True
    if row["size"] is None:
        return not retry
    return bool((row["size"], row["mtime"]) == (photo.size, photo.mtime))
