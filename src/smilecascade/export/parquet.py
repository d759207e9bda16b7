"""Parquet: a row a photo or frame, its faces a list within it. Needs the extra 'parquet'.

The schema is the same whatever was searched, so that files can be read together; what a row or
a face does not have is null.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from smilecascade.export.cells import CELLS, cells
from smilecascade.export.outcomes import Plain

#: Rows that are held in memory, and written as one row group.
GROUP_ROWS = 10_000

FACE = pa.struct(
    [pa.field(name, pa.float64()) for name in CELLS]
    + [
        pa.field("track", pa.int64()),
        pa.field("expression", pa.string()),
        pa.field("smiley", pa.string()),
        pa.field("probabilities", pa.map_(pa.string(), pa.float64())),
    ]
)

#: ``faces`` is null in a row with an ``error``; ``width`` and ``height`` are of photos, ``frame`` and
#: ``time_s`` of the frames of a video.
SCHEMA = pa.schema(
    [
        pa.field("path", pa.string(), nullable=False),
        pa.field("width", pa.int32()),
        pa.field("height", pa.int32()),
        pa.field("error", pa.string()),
        pa.field("frame", pa.int64()),
        pa.field("time_s", pa.float64()),
        pa.field("faces", pa.list_(FACE)),
    ]
)


def write_parquet(records: Iterable[Plain], path: Path) -> None:
    """Write a file of this schema, a group of rows after the other; no records give one without rows."""
    rows = map(to_row, records)
    with pq.ParquetWriter(path, SCHEMA) as writer:
        while group := list(islice(rows, GROUP_ROWS)):
            writer.write_batch(pa.RecordBatch.from_pylist(group, schema=SCHEMA))


def to_row(record: Plain) -> dict[str, Any]:
    """What ``to_json`` gives of an outcome, as a row of ``SCHEMA``; fields that are left out are null.

    Text must be UTF-8 here, so the bytes of names that are not are written as escapes.
    """
    texts = {name: text for name, text in record.items() if isinstance(text, str)}
    row = record | {name: text.encode("utf-8", "backslashreplace").decode() for name, text in texts.items()}
    return row | {"faces": [_face(face) for face in row["faces"]]} if "faces" in row else row


def _face(face: Plain) -> dict[str, Any]:
    row = cells(face)
    return row | {"probabilities": list(row["probabilities"].items())} if "probabilities" in row else row
