"""``smilecascade detect``: the faces in photos and folders of photos."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import click

import smilecascade
from smilecascade.cli.failures import OK, UNREAD, one_line
from smilecascade.cli.inputs import find_inputs, reason
from smilecascade.cli.options import (
    bundle_option,
    debug_option,
    min_face_option,
    min_score_option,
    threads_option,
)
from smilecascade.cli.progress import Progress
from smilecascade.cli.table import table
from smilecascade.cli.targets import Drawings, require_file, standard_output
from smilecascade.draw import draw_faces
from smilecascade.errors import ImageError
from smilecascade.export import FORMATS, FoundFaces, Outcome, Unread, Write, json_lines, open_export
from smilecascade.images import read, save
from smilecascade.mipmaps import Pixels
from smilecascade.records import Face

Search = Callable[[Pixels], list[Face]]

STANDARD_OUTPUT = Path("-")

#: Formats that a later version writes; asking for one gets this said rather than "unknown".
LATER_FORMATS = (".csv", ".parquet")


def _known_format(ctx: click.Context, param: click.Parameter, out: Path | None) -> Path | None:
    if out is None or out == STANDARD_OUTPUT or out.suffix.lower() in FORMATS:
        return out
    wanted = f"give a name that ends in {' or '.join(FORMATS)}, or - for JSON lines on standard output"
    if out.suffix.lower() in LATER_FORMATS:
        raise click.BadParameter(f"{out}: {out.suffix} comes with a later version; {wanted}.")
    raise click.BadParameter(f"{out}: the name does not say which format to write; {wanted}.")


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path, allow_dash=True),
    callback=_known_format,
    help="Write the faces to FILE, as JSON lines (.jsonl) or as one JSON array (.json); - writes JSON "
    "lines to standard output. Without it a table is printed.",
)
@click.option(
    "--draw",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write a copy of each photo into the folder DIR, with its faces marked.",
)
@min_face_option(default=40, what="searched; smaller faces take more time")
@min_score_option
@threads_option(default=None)
@bundle_option
@debug_option
def detect(
    paths: tuple[Path, ...],
    out: Path | None,
    draw: Path | None,
    min_face: float,
    min_score: float | None,
    threads: int | None,
    bundle: Path | None,
) -> int:
    """Find the faces in photos and folders of photos.

    A photo that cannot be read costs one line on standard error, and the others are still
    searched. Boxes are in pixels of the upright photo.

    Exit code 0: all photos were read. 1: some photo could not be read. 2: wrong usage, a target
    that cannot be written, or damaged weights.
    """
    if out and out != STANDARD_OUTPUT:
        require_file(out)
    inputs = list(find_inputs(paths, draw))
    drawings = Drawings(draw, [photo for photo in inputs if isinstance(photo, Path)]) if draw else None
    cascade = smilecascade.load(bundle, threads=threads)
    search = partial(cascade.detect, min_face=min_face, min_score=min_score)
    with _destination(out, inputs) as write, Progress(len(inputs), visible=_bar_fits(out)) as progress:
        unread = 0
        for entry in inputs:
            outcome = look_at(entry, search, drawings)
            _tell(outcome, write, progress)
            unread += isinstance(outcome, Unread)
    return UNREAD if unread else OK


def look_at(entry: Path | Unread, search: Search, drawings: Drawings | None) -> Outcome:
    """The faces in one photo, or why it could not be read; its annotated copy is written."""
    if isinstance(entry, Unread):
        return entry
    try:
        image = read(entry)
        faces = tuple(search(image))
    except ImageError as error:
        return Unread(path=str(entry), error=reason(error, entry))
    if drawings:
        save(draw_faces(image, faces), drawings.path_for(entry))
    height, width = image.shape[:2]
    return FoundFaces(path=str(entry), width=width, height=height, faces=faces)


def _tell(outcome: Outcome, write: Write, progress: Progress) -> None:
    if isinstance(outcome, Unread):
        progress.say(f"error: {one_line(outcome.path)}: {one_line(outcome.error)}")
    write(outcome)
    progress.advance()


def _destination(out: Path | None, inputs: Iterable[Path | Unread]) -> AbstractContextManager[Write]:
    if out is None:
        paths = (entry.path if isinstance(entry, Unread) else str(entry) for entry in inputs)
        return table(standard_output(), paths)
    return json_lines(standard_output(encoding="utf-8")) if out == STANDARD_OUTPUT else open_export(out)


def _bar_fits(out: Path | None) -> bool:
    """Whether a bar would not be mixed with what is printed on the same terminal."""
    return out not in (None, STANDARD_OUTPUT) or not (sys.stdout and sys.stdout.isatty())
