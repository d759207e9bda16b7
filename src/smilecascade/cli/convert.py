"""``smilecascade convert``: detections and labels from one format to another."""

from __future__ import annotations

from pathlib import Path

import click

from smilecascade.cli.failures import TargetError
from smilecascade.cli.options import debug_option
from smilecascade.cli.targets import require_file, require_folder
from smilecascade.interchange.formats import FORMATS, Setting, guessed, read


@click.command()
@click.argument("source", metavar="IN", type=click.Path(exists=True, path_type=Path))
@click.option("--from", "source_format", type=click.Choice(list(FORMATS)), help="The format of IN.")
@click.option("--to", "target_format", type=click.Choice(list(FORMATS)), help="The format to write.")
@click.option(
    "--out",
    metavar="PATH",
    required=True,
    type=click.Path(path_type=Path),
    help="The file to write, or for voc and wider-results the folder, which must be new or empty.",
)
@click.option(
    "--root",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the photos, where detections are converted: the other formats then name photos from "
    "there on. Without it names stay as they are.",
)
@click.option(
    "--ids",
    metavar="FILE",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="The COCO instances that coco-results belong to: results name photos by number alone.",
)
@debug_option
def convert(
    source: Path,
    source_format: str | None,
    target_format: str | None,
    out: Path,
    root: Path | None,
    ids: Path | None,
) -> None:
    """Convert detections and labels to and from the formats of others.

    \b
    detections     what detect --out writes, .jsonl or .json
    coco           COCO instances: labels of every class
    coco-results   COCO results: detections of the photos in --ids
    fddb           FDDB's list of ellipses
    fddb-results   FDDB's list of detections
    voc            a folder of Pascal VOC's XML files
    wider          WIDER FACE's list of labels
    wider-results  a folder of EVENT/PHOTO.txt as WIDER FACE wants results

    A name that ends in .jsonl says that it is detections; otherwise --from and --to are needed.
    What the format to write has no place for is lost: scores in labels, points, attributes. Labels
    written as detections have the score 1. A box becomes the ellipse within it, and an ellipse the
    box about it. docs/interchange.md says more.
    """
    source_format = source_format or _guessed(source, "--from")
    target_format = target_format or _guessed(out, "--to")
    target, setting = FORMATS[target_format], Setting(root=root, ids=ids)
    if not target.is_folder:
        require_file(out)
    content = read(source, source_format, setting)
    if target.is_folder:
        _require_empty(out)
    target.write(content.photos, out, setting)
    for count, what in ((content.unread, "unread photos"), (content.empty, "boxes without width or height")):
        if count:
            click.echo(f"warning: {source}: {count} {what} are left out", err=True)


def _guessed(path: Path, option: str) -> str:
    format = guessed(path)
    if format is None:
        raise click.UsageError(f"{path}: the name does not say which format it has; give {option}.")
    return format


def _require_empty(folder: Path) -> None:
    require_folder(folder, "--out")
    if any(folder.iterdir()):
        raise TargetError(f"{folder}: is not empty; give --out the name of a new folder")
