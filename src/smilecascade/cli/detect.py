"""``smilecascade detect``: the faces in photos, videos and folders of photos."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import click

from smilecascade.analyze import MAX_THREADS, cores
from smilecascade.bundle import open_bundle
from smilecascade.cli.destination import destination, is_file, require_destination
from smilecascade.cli.engines import (
    Place,
    PlaceType,
    Spread,
    detect_by_ray,
    engine_options,
    folder_or_format,
    on_this_machine,
)
from smilecascade.cli.failures import OK, UNREAD, one_line
from smilecascade.cli.inputs import find_inputs, without
from smilecascade.cli.looking import Look, Search
from smilecascade.cli.options import (
    Session,
    bundle_option,
    debug_option,
    min_face_option,
    min_score_option,
    threads_option,
)
from smilecascade.cli.progress import Progress
from smilecascade.cli.targets import with_drawings
from smilecascade.cli.workers import share_out
from smilecascade.export import FoundFrame, Outcome, Unread, Write


@click.command()
@click.argument("places", metavar="PATH...", nargs=-1, required=True, type=PlaceType())
@click.option(
    "--out",
    "target",
    metavar="FILE",
    type=PlaceType(),
    callback=folder_or_format,
    help="Write the faces to FILE, as JSON lines (.jsonl), one JSON array (.json), a table with a row a face "
    "(.csv), or with a row a photo (.parquet; needs the extra 'parquet'); - writes JSON lines to standard "
    "output. Without it a table is printed.",
)
@click.option(
    "--resume",
    is_flag=True,
    help="Go on where an earlier run to the same FILE was stopped, or add to a finished one of JSON lines.",
)
@click.option(
    "--draw",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write a copy of each photo or video into the folder DIR, with its faces marked; videos keep their "
    "sound.",
)
@min_face_option(default=40, what="searched; smaller faces take more time")
@min_score_option
@click.option(
    "--every",
    metavar="N",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Look at every Nth frame of a video only.",
)
@click.option(
    "--workers",
    metavar="N",
    type=click.IntRange(1, MAX_THREADS),
    default=1,
    show_default=True,
    help="Processes that search side by side, each with its share of the cores: for machines with many.",
)
@threads_option(default=None)
@engine_options
@bundle_option
@debug_option
@click.make_pass_decorator(Session, ensure=True)
def detect(
    session: Session,
    places: tuple[Place, ...],
    target: Place | None,
    resume: bool,
    draw: Path | None,
    min_face: float,
    min_score: float | None,
    every: int,
    workers: int,
    threads: int | None,
    engine: str | None,
    address: str | None,
    bundle: Path | None,
) -> int:
    """Find the faces in photos, videos and folders of photos.

    A photo that cannot be read costs one line on standard error, and the others are still
    searched. Boxes are in pixels of the upright photo. Videos need the extra 'video' and are named
    one by one: each frame is a result, and a face keeps the number of its track while it is seen.

    Until all are there, results are kept beside FILE, in FILE.partial. After an interruption, a
    crash or a power cut the same command with --resume goes on. Photos that are done, and those
    that could not be read, are known by their paths as they were given, and not looked at again.
    A video that was not finished begins anew.

    Exit code 0: all was read. 1: some photo or video could not be read. 2: wrong usage, a target
    that cannot be written, or damaged weights.
    """
    if engine:
        spread = Spread(address=address, min_face=min_face, min_score=min_score, bundle=bundle)
        return detect_by_ray(places, target, spread, debug=session.debug)
    paths, out = on_this_machine(places, target, address)
    require_destination(out, resume=resume)
    tasks = with_drawings(find_inputs(paths, draw), draw)
    threads = threads or (None if workers == 1 else max(1, cores() // workers))
    search = Search(
        bundle=bundle,
        threads=threads,
        min_face=min_face,
        min_score=min_score,
        every=every,
        debug=session.debug,
    )
    look, digest = _prepared(search, workers)
    settings = {"--min-face": min_face, "--min-score": min_score, "--every": every, "bundle": digest}
    with destination(out, resume=resume, settings=settings, tasks=tasks) as (write, recorded):
        left = list(without(tasks, recorded.done))
        with Progress(len(tasks), visible=_bar_fits(out), done=len(tasks) - len(left)) as progress:
            told = Told(write, progress)
            look(left, told)
    return UNREAD if recorded.unread + told.unread else OK


def _prepared(search: Search, workers: int) -> tuple[Look, str]:
    """What looks at photos, here or in other processes, and the name of the bundle it uses."""
    if workers == 1:
        looking = search.open()
        return looking, looking.cascade.bundle.digest
    digest = open_bundle(search.bundle).digest
    return partial(share_out, open_look=search.open, count=workers), digest


class Told:
    """Writes what was found, tells what could not be read, and counts both; a ``Sink``."""

    def __init__(self, write: Write, progress: Progress) -> None:
        self._write, self._progress = write, progress
        self.unread = 0

    def write(self, outcome: Outcome) -> None:
        """Write one outcome."""
        self._write(outcome)
        if isinstance(outcome, FoundFrame):
            self._progress.pass_frame(outcome.frame, outcome.length)
        elif isinstance(outcome, Unread):
            self.unread += 1
            self._progress.say(f"error: {one_line(outcome.path)}: {one_line(outcome.error)}")

    def drawn(self, frame: int, length: int | None) -> None:
        """Show on the bar which frame of a video's copy is written."""
        self._progress.pass_frame(frame, length, drawn=True)

    def finished(self) -> None:
        """Count one more on the bar."""
        self._progress.advance()


def _bar_fits(out: Path | None) -> bool:
    """Whether a bar would not be mixed with what is printed on the same terminal."""
    return is_file(out) or not (sys.stdout and sys.stdout.isatty())
