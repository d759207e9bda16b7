"""Files that are only ever whole: written to the side, and put in their place when they are done."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def aside(path: Path) -> Iterator[Path]:
    """Where to write a file that takes the place of ``path`` when the block ends well.

    Otherwise it is removed, and what was at ``path`` stays. A link stays a link: what it points at is
    replaced. Raises OSError.
    """
    final = path.resolve()
    partial = final.with_name(f".{final.name}.{os.getpid()}.partial")
    try:
        yield partial
        partial.replace(final)
    finally:
        partial.unlink(missing_ok=True)
