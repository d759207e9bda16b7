"""Photos as they are listed, here or at an address, before anybody has looked at them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

import pyarrow as pa
from pyarrow import fs

from smilecascade.errors import ClusterError
from smilecascade.images import PHOTO_SUFFIXES

SCHEMA = pa.schema(
    [
        pa.field("path", pa.string(), nullable=False),
        pa.field("file", pa.binary(), nullable=False),
        pa.field("store", pa.int32()),
        pa.field("size", pa.int64()),
        pa.field("mtime", pa.int64()),
        pa.field("trouble", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """One photo to look at.

    path: as results name it. file: where it lies, in the bytes of its store's own names. store: the
    number of that store; None: the files of the machine. size: in bytes; mtime: when it was changed,
    microseconds since 1970; None where nobody can say. trouble: why there is nothing to look at.
    """

    path: str
    file: bytes
    store: int | None = None
    size: int | None = None
    mtime: int | None = None
    trouble: str | None = None


def local_photo(path: Path, trouble: str | None = None) -> Photo:
    """A photo on this machine, and on all others that see the same folders."""
    try:
        stat = path.stat()
    except (OSError, ValueError):
        return Photo(path=_text(path), file=_bytes(path), trouble=trouble)
    mtime = stat.st_mtime_ns // 1000
    return Photo(path=_text(path), file=_bytes(path), size=stat.st_size, mtime=mtime, trouble=trouble)


def opened(address: str) -> tuple[fs.FileSystem, str]:
    """The store at an address, and what lies there as the store names it. Raises ClusterError."""
    try:
        store, root = fs.FileSystem.from_uri(address)
    except (OSError, ValueError, NotImplementedError) as error:
        raise ClusterError(
            f"{address}: cannot be opened ({' '.join(str(error).split())}); check the address and your "
            "rights there"
        ) from error
    return store, root


class Stores:
    """The stores of the addresses that were given, by number; travels to the workers."""

    def __init__(self) -> None:
        self._opened: list[fs.FileSystem] = []

    def __getitem__(self, number: int) -> fs.FileSystem:
        """The store of this number."""
        return self._opened[number]

    def photos(self, address: str) -> Iterator[Photo]:
        """The photos at an address, sorted: the one that it names, or all below it.

        What counts as a photo below it is told by its suffix, and names that begin with a dot are
        left out, as in folders. Raises ClusterError where it cannot be listed.
        """
        store, root = opened(address)
        self._opened.append(store)
        prefix = address.partition("?")[0].removesuffix(root.rstrip("/")).removesuffix(root)
        try:
            infos = _listed(store, root)
        except OSError as error:
            raise ClusterError(f"{address}: cannot be listed ({error}); check your rights there") from error
        for info in infos:
            yield self._photo(prefix + info.path, info)

    def _photo(self, path: str, info: fs.FileInfo) -> Photo:
        there = info.type != fs.FileType.NotFound
        return Photo(
            path=path,
            file=info.path.encode(),
            store=len(self._opened) - 1,
            size=info.size if there else None,
            mtime=info.mtime_ns // 1000 if there and info.mtime_ns is not None else None,
            trouble=None if there else "there is no such file; check the address",
        )


def table(photos: Sequence[Photo]) -> pa.Table:
    """Photos as rows of ``SCHEMA``."""
    return pa.Table.from_pylist([asdict(photo) for photo in photos], schema=SCHEMA)


def _listed(store: fs.FileSystem, root: str) -> list[fs.FileInfo]:
    (there,) = store.get_file_info([root])
    if there.type != fs.FileType.Directory:
        return [there]
    below = store.get_file_info(fs.FileSelector(root, recursive=True))
    photos = [info for info in below if info.type == fs.FileType.File and _is_photo(info.path, root)]
    return sorted(photos, key=lambda info: PurePosixPath(info.path))


def _is_photo(path: str, root: str) -> bool:
    below = PurePosixPath(path).relative_to(root)
    return below.suffix.lower() in PHOTO_SUFFIXES and not any(part.startswith(".") for part in below.parts)


def _text(path: Path) -> str:
    """As results name it: the bytes of names that are not UTF-8 are escapes."""
    return str(path).encode("utf-8", "backslashreplace").decode()


def _bytes(path: Path) -> bytes:
    return os.fsencode(Path.cwd() / path)
