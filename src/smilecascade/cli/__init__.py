"""The command line: subcommands loaded when they are called, and one clear line for every error."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NamedTuple

import click

from smilecascade import __version__
from smilecascade.cli.failures import FAILED, OK, PIPE_CLOSED, PipeClosedError, report
from smilecascade.cli.options import Session, debug_option


class LazyCommand(NamedTuple):
    """Where a subcommand lives, and the line of help that is shown without loading it."""

    target: str
    short_help: str


SUBCOMMANDS = {
    "detect": LazyCommand(
        "smilecascade.cli.detect:detect", "Find the faces in photos, videos and folders of photos."
    ),
    "mask": LazyCommand(
        "smilecascade.cli.mask:mask", "Cover the faces in photos, videos and folders of photos."
    ),
    "stages": LazyCommand(
        "smilecascade.cli.stages:stages", "Draw what every step of the cascade does to a photo."
    ),
    "evaluate": LazyCommand("smilecascade.cli.evaluate:evaluate", "Measure the detector on labelled photos."),
    "convert": LazyCommand(
        "smilecascade.cli.convert:convert", "Convert detections and labels to and from the formats of others."
    ),
    "train": LazyCommand(
        "smilecascade.cli.train:train", "Train the networks from raw data; needs the extra 'train'."
    ),
    "finetune": LazyCommand(
        "smilecascade.cli.finetune:finetune", "Retrain it on your own photos; needs the extra 'train'."
    ),
    "experiment": LazyCommand(
        "smilecascade.cli.experiment:experiment",
        "Try one of the article's claims anew; needs the extra 'train'.",
    ),
    "runs": LazyCommand(
        "smilecascade.cli.runs:runs", "List, show, compare, export and delete runs of trainings."
    ),
    "monitor": LazyCommand(
        "smilecascade.cli.monitor:monitor", "Show runs as they learn, on a page; needs the extra 'monitor'."
    ),
    "doctor": LazyCommand(
        "smilecascade.cli.doctor:doctor", "Say what is wrong with this installation, and what mends it."
    ),
}


class LazyGroup(click.Group):
    """A group that imports the module of a subcommand only when that subcommand is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the subcommands, in the order in which a newcomer meets them."""
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the subcommand of this name; None where there is none."""
        if cmd_name not in SUBCOMMANDS:
            return None
        module, attribute = SUBCOMMANDS[cmd_name].target.split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the subcommands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.short_help) for name, command in SUBCOMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run the subcommand, and say here what click would say less well.

        Left to click, Ctrl-C prints an empty line and a closed pipe exits 1, which means here
        that a photo could not be read. Standard output is flushed while an error can be told.
        """
        try:
            result: object = super().invoke(ctx)
            if sys.stdout is not None:
                sys.stdout.flush()
            return result
        except KeyboardInterrupt:
            raise click.Abort from None
        except BrokenPipeError as error:
            raise PipeClosedError from error


@click.group(
    cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, message="%(prog)s %(version)s", help="Show the version and exit.")
@debug_option
@click.pass_context
def commands(ctx: click.Context) -> None:
    """Find the faces in photos, fast, on an ordinary processor."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        ctx.exit(FAILED)


def main() -> None:
    """Run the command line and exit with its code; the entry point of ``smilecascade``."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run the command line with these arguments and return its exit code; no error leaves it.

    0: all went well. 1: some photo could not be read. 2: wrong usage, a target that cannot be
    written, a bundle that fails its hash, or another error. 130: interrupted. 141: the reader of
    the output went away. Every error is one line on standard error; with ``--debug`` its
    traceback comes first.
    """
    session = Session()
    try:
        code = commands.main(list(arguments), prog_name="smilecascade", standalone_mode=False, obj=session)
        return code if isinstance(code, int) else OK
    except SystemExit:  # click's own answer where the pipe closes under a help text
        return PIPE_CLOSED
    except Exception as error:
        return report(error, debug=session.debug)
