"""The page's own files, read once: a couple of dozen small ones that every visit asks for at once."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from smilecascade.monitor.answers import RequestError, tag_of, unless_known

#: What the system says of these suffixes may be wrong, and browsers run no module of another type.
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Asset:
    """A file: what it holds, what that is, and a tag that is another one for other content."""

    content: bytes
    kind: str
    tag: str

    @classmethod
    def read(cls, path: Path) -> Asset:
        """The file at this path."""
        content = path.read_bytes()
        kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "text/plain"
        return cls(content, kind, tag_of(content))


class Assets:
    """All files below a folder, by their paths in it; nothing else can be asked for."""

    def __init__(self, folder: Path) -> None:
        files = [path for path in folder.rglob("*") if path.is_file()]
        self._assets = {path.relative_to(folder).as_posix(): Asset.read(path) for path in files}

    def answer(self, request: Request, name: str) -> Response:
        """The file of this name, or 304 where the reader has it. Raises RequestError (404) for others.

        Browsers ask again each time, so that a newer version is never shown with scripts of an older.
        """
        asset = self._assets.get(name)
        if asset is None:
            raise RequestError(404, f"there is no {name!r} here; the page is at /")
        return unless_known(request, asset.content, asset.kind, asset.tag)
