"""Pictures of a run: PNG files in ``images/``, in a folder a run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from smilecascade.errors import ImageError
from smilecascade.images import save
from smilecascade.images.arrays import Pixels
from smilecascade.runs import files
from smilecascade.runs.inbox import Inbox
from smilecascade.runs.info import RunImage

#: More waiting pictures are no longer kept: a disk that is full must not fill the memory too.
LIMIT = 64


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """A picture on its way to the disk, with pixels of its own."""

    name: str
    step: int
    time: float
    pixels: Pixels


class Pictures:
    """Pictures that are not stored yet; beyond ``LIMIT`` the oldest are dropped.

    ``put`` may be called by any thread; the rest belongs to the writer.
    """

    def __init__(self, root: Path, run: str) -> None:
        #: Those whose files are written, and whose rows are not.
        self.saved: list[RunImage] = []
        self._root, self._run = root, run
        self._inbox: Inbox[Picture] = Inbox(LIMIT)

    def __len__(self) -> int:
        return len(self._inbox) + len(self.saved)

    def put(self, picture: Picture) -> None:
        """Take this picture."""
        self._inbox.put([picture])

    def save(self) -> tuple[list[Picture], ImageError | None]:
        """Write the files; returns the pictures written, and why others, which go on waiting, were not."""
        written, unwritten, failure = [], [], None
        for picture in self._inbox.drain():
            try:
                self._save(picture)
                written.append(picture)
            except ImageError as error:
                unwritten.append(picture)
                failure = error
        self._inbox.put(unwritten)
        return written, failure

    def clear(self) -> None:
        """Forget the saved ones, which are stored."""
        self.saved = []

    def _save(self, picture: Picture) -> None:
        path = files.picture(self._run, picture.name, picture.step)
        try:
            (self._root / path).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ImageError(f"{self._root / path}: its folder cannot be made ({error.strerror})") from error
        save(picture.pixels, self._root / path)
        self.saved.append(RunImage(name=picture.name, step=picture.step, time=picture.time, path=path))
