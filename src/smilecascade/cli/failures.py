"""From an exception to one line on standard error and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import suppress

import click

from smilecascade.errors import SmilecascadeError

#: Exit codes.
OK = 0
UNREAD = 1
FAILED = 2
REMAINING = 3
INTERRUPTED = 130
PIPE_CLOSED = 141

#: The extra that installs a module which is not needed for finding faces.
EXTRAS = {
    "torch": "train",
    "onnx": "train",
    "safetensors": "train",
    "matplotlib": "benchmark",
    "cv2": "benchmark",
    "starlette": "monitor",
    "uvicorn": "monitor",
    "orjson": "monitor",
    "pyarrow": "parquet",
    "av": "video",
    "ray": "ray",
}


class TargetError(click.ClickException):
    """A file or folder that is to be written and cannot be."""

    exit_code = FAILED


class PipeClosedError(Exception):
    """Whoever read the output has seen enough, as ``head`` has; nothing is left to say."""


def report(error: Exception, *, debug: bool) -> int:
    """Say in one line on standard error what happened, and return the exit code."""
    _settle_output()
    if debug:
        traceback.print_exception(error)
    if isinstance(error, PipeClosedError):
        return PIPE_CLOSED
    click.echo(f"error: {one_line(describe(error))}", err=True)
    return INTERRUPTED if isinstance(error, click.Abort) else FAILED


def describe(error: Exception) -> str:
    """What went wrong and what to do next, without a traceback."""
    match error:
        case click.UsageError():
            return f"{_sentence(error.format_message())} See '{_command(error)} --help'."
        case click.ClickException():
            return error.format_message()
        case click.Abort():
            return str(error) or "interrupted"
        case ModuleNotFoundError(name=str(name)) if name.partition(".")[0] in EXTRAS:
            return _missing(name.partition(".")[0])
        case SmilecascadeError():
            return str(error)
        case MemoryError():
            return "out of memory; close other programs, or give smaller photos"
        case OSError():
            return f"{error.filename or 'output'}: {error.strerror or error}; check the disk and your rights"
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return f"internal error: {what}; run again with --debug and report what it prints"


def one_line(text: str) -> str:
    """The text with line breaks and whatever else cannot be printed escaped, as in a Python string."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _sentence(text: str) -> str:
    joined = " ".join(text.split())
    return joined if joined.endswith((".", "!", "?", ")")) else f"{joined}."


def _command(error: click.UsageError) -> str:
    return error.ctx.command_path if error.ctx else "smilecascade"


def _missing(module: str) -> str:
    extra = EXTRAS[module]
    return f"{module} is not installed and this command needs it: pip install 'smilecascade[{extra}]'"


def _settle_output() -> None:
    """Print what is still held back, or give it up where it cannot be written.

    Python would try again at exit, fail again, and print an error of its own.
    """
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
