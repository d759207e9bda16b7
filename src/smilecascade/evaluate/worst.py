"""What a detector gets wrong: the faces that it misses, and what it takes for a face, to be looked at."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from smilecascade import images
from smilecascade.draw import contact
from smilecascade.draw.paint import Colour
from smilecascade.evaluate.match import FALSE_ALARM, Truth, match
from smilecascade.evaluate.measure import Found, mended
from smilecascade.geometry.boxes import Box, square_of_box
from smilecascade.mipmaps import Pixels
from smilecascade.records import AnnotatedPhoto

MIN_IOU = 0.5

#: Faces on a sheet, and sheets of each kind of mistake: as many as anybody looks through.
ON_A_SHEET = 8 * contact.COLUMNS
MOST_SHEETS = 5

_MISSED: Colour = (40, 180, 90)
_ALARM: Colour = (200, 60, 50)


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A face that was missed, or a false alarm.

    square: of the label, or about the middle of the detection, of its area; pixels. score: of the
    detection; of a missed face that of the best detection on it that was not sure enough, 0 without.
    """

    photo: AnnotatedPhoto
    square: Box
    score: float

    @property
    def side(self) -> float:
        """Of the square, pixels."""
        return self.square[2] - self.square[0]

    @property
    def words(self) -> tuple[str, str]:
        """What stands below its picture."""
        return f"{self.score:.2f}  {self.side:.0f} px", Path(self.photo.name).name


@dataclass(frozen=True, kw_only=True)
class Mistakes:
    """All of a detector: the missed faces, largest first, and the false alarms, surest first."""

    missed: list[Mistake]
    false_alarms: list[Mistake]


def mistakes(
    photos: Sequence[AnnotatedPhoto], found: Sequence[Found], *, min_face: float, least_score: float
) -> Mistakes:
    """What is wrong if faces from this score on are reported; boxes are judged after the usual fit.

    found: what was found in each photo, less sure faces among it.
    """
    truths = [Truth.of(photo, min_face) for photo in photos]
    missed: list[Mistake] = []
    alarms: list[Mistake] = []
    for photo, one, truth in zip(
        photos, mended(found, truths, [photo.name for photo in photos]), truths, strict=True
    ):
        verdicts = match(one.boxes, one.scores, truth, min_face=min_face, min_iou=MIN_IOU)
        best = np.zeros(len(truth.wanted), np.float32)
        best[verdicts[verdicts >= 0]] = one.scores[verdicts >= 0]
        missed += [
            Mistake(photo=photo, square=tuple(truth.wanted[row].tolist()), score=float(best[row]))
            for row in np.flatnonzero(best < least_score)
        ]
        wrong = np.flatnonzero((verdicts == FALSE_ALARM) & (one.scores >= least_score))
        alarms += [
            Mistake(
                photo=photo,
                square=square_of_box(tuple(one.boxes[row].tolist())),
                score=float(one.scores[row]),
            )
            for row in wrong
        ]
    missed.sort(key=lambda mistake: -mistake.side)
    alarms.sort(key=lambda mistake: -mistake.score)
    return Mistakes(missed=missed, false_alarms=alarms)


def write_sheets(folder: Path, wrong: Mistakes) -> None:
    """Write contact sheets, ``missed-1.jpg`` and on, ``false-alarms-1.jpg`` and on, and ``mistakes.csv``.

    The CSV holds all; the sheets, at most ``MOST_SHEETS`` of each kind, the first. Sheets that an earlier
    run has left are removed.
    """
    for kind, colour, ones in _kinds(wrong):
        for old in folder.glob(f"{kind}-[0-9].jpg"):
            old.unlink()
        shown = ones[: MOST_SHEETS * ON_A_SHEET]
        for number, first in enumerate(range(0, len(shown), ON_A_SHEET), start=1):
            part = pictures(shown[first : first + ON_A_SHEET], colour)
            images.save(contact.sheet(part), folder / f"{kind}-{number}.jpg")
    _write_csv(folder / "mistakes.csv", wrong)


def pictures(ones: Sequence[Mistake], colour: Colour) -> list[Pixels]:
    """A picture of each mistake, in their order; a photo of several is read once."""
    shown: dict[int, Pixels] = {}
    by_photo: dict[Path, list[int]] = {}
    for row, one in enumerate(ones):
        by_photo.setdefault(one.photo.path, []).append(row)
    for path, rows in by_photo.items():
        image = images.read(path)
        shown |= {row: contact.picture(image, ones[row].square, colour, ones[row].words) for row in rows}
    return [shown[row] for row in range(len(ones))]


def _kinds(wrong: Mistakes) -> Iterator[tuple[str, Colour, list[Mistake]]]:
    yield "missed", _MISSED, wrong.missed
    yield "false-alarms", _ALARM, wrong.false_alarms


def _write_csv(path: Path, wrong: Mistakes) -> None:
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("mistake", "photo", "score", "x1", "y1", "x2", "y2"))
        writer.writerows(_rows(_kinds(wrong)))


def _rows(kinds: Iterable[tuple[str, Colour, list[Mistake]]]) -> Iterator[tuple[str, ...]]:
    for kind, _, ones in kinds:
        for one in ones:
            corners = (f"{edge:.1f}" for edge in one.square)
            yield (kind, str(one.photo.path), f"{one.score:.4f}", *corners)
