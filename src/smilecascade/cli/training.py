"""What the commands that train on the data sets share: options, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from smilecascade.cli.options import work_folder

if TYPE_CHECKING:
    from smilecascade.train.materials import Places
    from smilecascade.train.opinions import Opinion


def data_option(*, required: bool) -> Callable[[Any], Any]:
    """``--data``."""
    return click.option(
        "--data",
        required=required,
        type=click.Path(file_okay=False, resolve_path=True, path_type=Path),
        help="Folder of the unpacked data sets.",
    )


#: ``--resume``.
resume_option = click.option(
    "--resume",
    is_flag=True,
    help="Go on with the training in the folder of --work, where it was stopped.",
)

#: ``--second-opinion``.
second_opinion_option = click.option(
    "--second-opinion",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="YuNet's ONNX file: no negative is cut where it sees an unlabelled face.",
)


def places_of(data: Path, out: Path, work: Path | None) -> Places:
    """Where the data lie, and where the work is done: beside what is written in the end."""
    from smilecascade.train.materials import Places

    return Places(data=data, work=work_folder(work, out))


def opinion_of(path: Path | None, threads: int) -> Opinion | None:
    """Another detector's view, down to faces of 8 pixels and scores of 0.3."""
    if path is None:
        return None
    from smilecascade.evaluate.peers import YuNet

    yunet = YuNet(path, min_score=0.3, threads=threads)
    return lambda image: yunet.detect(image, 8)
