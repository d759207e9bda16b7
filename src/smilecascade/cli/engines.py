"""``detect --engine ray``: the same search, spread over the workers of Ray, into a folder of shards."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from smilecascade.bundle import open_bundle
from smilecascade.cli.destination import STANDARD_OUTPUT, known_format
from smilecascade.cli.failures import OK, UNREAD, TargetError, describe, one_line
from smilecascade.cli.inputs import VIDEO_SUFFIXES, find_inputs
from smilecascade.cli.progress import Progress, patiently
from smilecascade.cluster.addresses import is_address
from smilecascade.export import Plain

if TYPE_CHECKING:
    from smilecascade.cluster.photos import Photo, Stores

#: A path, or an address for ``--engine ray``.
Place = Path | str

#: Options of a search on this machine alone.
OF_ONE_MACHINE = {
    "resume": "goes on with a file, and --engine ray with its folder by itself",
    "draw": "draws on this machine alone",
    "every": "is of videos, which --engine ray does not take",
    "workers": "is of this machine, and --engine ray has workers of its own",
    "threads": "is of this machine, and the workers of --engine ray use the cores that Ray gives them",
}


class PlaceType(click.Path):
    """A path, or an address as it was written: a path would lose a slash of it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Place:
        """The place that this text names."""
        return value if isinstance(value, str) and is_address(value) else Path(os.fsdecode(value))


def folder_or_format(ctx: click.Context, param: click.Parameter, out: Place | None) -> Place | None:
    """The value of ``--out``: a folder or an address for an engine, else a file of a known format."""
    if ctx.params.get("engine"):
        return out
    return out if isinstance(out, str) else known_format(ctx, param, out)


def engine_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--engine`` and ``--address``."""
    engine = click.option(
        "--engine",
        type=click.Choice(["ray"]),
        is_eager=True,  # by which --out is understood
        help="Spread the photos over the workers of Ray, on this machine or several; needs the extra 'ray'. "
        "--out is then a folder, of Parquet shards, and both it and PATH may be addresses such as "
        "s3://bucket/folder. What it holds already is not looked at again. See docs/cluster.md.",
    )
    address = click.option(
        "--address",
        metavar="HOST:PORT",
        help="With --engine ray: the cluster to use; auto: the one that this machine belongs to. Without it "
        "Ray is started on this machine, for this run.",
    )
    return engine(address(command))


def on_this_machine(
    places: Sequence[Place], target: Place | None, address: str | None
) -> tuple[list[Path], Path | None]:
    """What is to be searched and written without an engine. Raises UsageError where that needs one."""
    if address:
        raise click.UsageError("--address names a cluster of Ray: give --engine ray, too.")
    for place in (*places, target):
        if isinstance(place, str):
            raise click.UsageError(f"{place}: an address needs --engine ray.")
    return [Path(place) for place in places], None if target is None else Path(target)


@dataclass(frozen=True, kw_only=True)
class Spread:
    """How to search, and on which cluster; None: this machine."""

    address: str | None
    min_face: float
    min_score: float | None
    bundle: Path | None


def detect_by_ray(places: Sequence[Place], target: Place | None, spread: Spread, *, debug: bool) -> int:
    """Find the faces in the photos of these places, and return the exit code of ``detect``."""
    folder = _folder(target)
    _require_fitting(click.get_current_context(), places)
    _require_ray()
    # Extras, and slow to import.
    from smilecascade.cluster.looker import Search
    from smilecascade.cluster.pipeline import look
    from smilecascade.cluster.shards import Shards

    digest = open_bundle(spread.bundle).digest
    search = Search(
        bundle=spread.bundle and spread.bundle.absolute(),
        digest=digest,
        min_face=spread.min_face,
        min_score=spread.min_score,
        describe=describe,
    )
    shards = Shards.at(folder)
    shards.begin({"--min-face": spread.min_face, "--min-score": spread.min_score, "bundle": digest})
    photos, stores = _listed(places)
    held = shards.settle(photos, retry=True)
    left = held.left(photos)
    if left:
        done = len(photos) - len(left)
        if done:
            click.echo(one_line(f"going on with what is in {folder} (photos: {done})"), err=True)
        with _ray(spread.address, folder, debug), Progress(len(photos), visible=True, done=done) as progress:
            held = look(left, photos, search, shards, stores, partial(_tell, progress))
    return UNREAD if held.unread(photos) else OK


def _folder(out: Place | None) -> str:
    if out is None or out == STANDARD_OUTPUT:
        raise click.UsageError("--engine ray writes Parquet shards into a folder: give --out DIR, too.")
    if isinstance(out, Path) and out.is_file():
        raise TargetError(f"{out}: is a file; give --out the name of a folder")
    return str(out)


def _require_fitting(ctx: click.Context, places: Sequence[Place]) -> None:
    for name in OF_ONE_MACHINE:
        if ctx.get_parameter_source(name) is not ParameterSource.DEFAULT:
            raise click.UsageError(f"--{name} {OF_ONE_MACHINE[name]}: leave it out, or leave out --engine.")
    for place in places:
        if Path(str(place).partition("?")[0]).suffix.lower() in VIDEO_SUFFIXES:
            raise click.UsageError(f"{place}: --engine ray takes no videos; give them to a run without it.")


def _require_ray() -> None:
    for module in ("ray", "pyarrow"):
        if find_spec(module) is None:
            raise ModuleNotFoundError(name="ray")


def _listed(places: Sequence[Place]) -> tuple[dict[str, Photo], Stores]:
    """The photos of all places by their paths, each once, and the stores of those at addresses."""
    from smilecascade.cluster.photos import Stores, local_photo

    stores = Stores()
    photos: dict[str, Photo] = {}
    for place in places:
        if isinstance(place, str):
            with patiently(f"looking for photos in {place} ..."):
                found = list(stores.photos(place))
            if not found:
                click.echo(one_line(f"warning: {place}: no photos at this address"), err=True)
        else:
            found = [local_photo(task.path, task.trouble) for task in find_inputs([place], None)]
        photos |= {photo.path: photo for photo in found}
    return photos, stores


@contextmanager
def _ray(address: str | None, folder: str, loud: bool) -> Iterator[None]:
    from smilecascade.cluster.engine import running

    try:
        with ExitStack() as stack:
            with patiently("starting Ray ..."):
                stack.enter_context(running(address, loud=loud))
            yield
    except KeyboardInterrupt:
        raise click.Abort(
            f"interrupted; {folder} keeps the shards that are whole: the same command goes on"
        ) from None


def _tell(progress: Progress, rows: Sequence[Plain]) -> None:
    for row in rows:
        if row["error"] is not None:
            progress.say(f"error: {one_line(row['path'])}: {one_line(row['error'])}")
        progress.advance()
