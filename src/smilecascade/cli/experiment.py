"""``smilecascade experiment``: the article's claims, each tried anew by one command."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smilecascade.cli.bars import say, steps_bar, tracked
from smilecascade.cli.options import debug_option, runs_option, work_option
from smilecascade.cli.training import data_option, opinion_of, places_of, resume_option, second_opinion_option

if TYPE_CHECKING:
    from smilecascade.train.experiments.registry import Entry
    from smilecascade.train.experiments.setting import Setting

#: Where the pages are written, below the folder that the command is started in.
PAGES = Path("docs", "experiments")
QUICK_PAGES = Path("experiments-quick")

#: Lines of a claim are no longer than this, however wide the terminal is.
WIDEST = 100


@click.command()
@click.argument("name")
@data_option(required=False)
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help=f"Folder of the page. [default: {PAGES}; with --quick {QUICK_PAGES}]",
)
@work_option
@runs_option
@click.option("--quick", is_flag=True, help="Train for a few steps with one seed, to see whether it runs.")
@resume_option
@click.option(
    "--photo",
    metavar="FILE",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="A photo that the page of 'calibration' shows windows of.",
)
@second_opinion_option
@debug_option
def experiment(
    name: str,
    data: Path | None,
    out: Path | None,
    work: Path | None,
    runs_folder: Path,
    quick: bool,
    resume: bool,
    photo: Path | None,
    second_opinion: Path | None,
) -> None:
    """Try one of the article's claims anew; needs the extra 'train'.

    NAME is an experiment, or list: that names them all, with the claims that they answer. The nets that
    are compared are trained, each a run of the store, and NAME.md is written into the folder OUT, with
    their learning curves side by side and a table of their figures. The paragraph that answers the claim
    is a person's: a page that is made anew keeps it.

    An experiment that was stopped goes on when the same command is given again with --resume. Nets that
    are trained are not trained again.
    """
    from smilecascade.train.experiments.materials import Materials
    from smilecascade.train.experiments.registry import EXPERIMENTS, chosen
    from smilecascade.train.experiments.setting import Setting
    from smilecascade.train.session import Session

    if name == "list":
        click.echo("\n\n".join(_described(*each) for each in EXPERIMENTS.items()))
        return
    entry = chosen(name)
    if data is None:
        raise click.UsageError("Missing option '--data'.")
    out = out or (QUICK_PAGES if quick else PAGES)
    opinion = opinion_of(second_opinion, threads=1)
    session = Session(runs=runs_folder, resume=resume, opinion=opinion, say=say, track=tracked)
    with ExitStack() as bars:
        setting = Setting(
            materials=Materials(places=places_of(data, out, work), session=session, quick=quick),
            out=out,
            quick=quick,
            photo=photo,
            watch=lambda label, length: steps_bar(bars, label, length),
            command=_command(name, quick=quick, photo=photo, opinion=second_opinion),
        )
        click.echo(f"{_run(entry, setting)}: written")


def _command(name: str, *, quick: bool, photo: Path | None, opinion: Path | None) -> str:
    """What somebody else types for the same page."""
    options = {"--quick": quick, "--photo PHOTO": photo, "--second-opinion YUNET": opinion}
    given = (f" {option}" for option, value in options.items() if value)
    return f"smilecascade experiment {name} --data DATA{''.join(given)}"


def _run(entry: Entry, setting: Setting) -> Path:
    try:
        return entry.run(setting)
    except KeyboardInterrupt:
        say("stopped; the same command with --resume goes on")
        raise


def _described(name: str, entry: Entry) -> str:
    """The name, and below it the title and the claim, as wide as the terminal is."""
    width = min(shutil.get_terminal_size().columns, WIDEST)
    told = f"{entry.title}. The article's claim: {entry.claim}"
    return f"{name}\n{click.wrap_text(told, width, initial_indent='  ', subsequent_indent='  ')}"
