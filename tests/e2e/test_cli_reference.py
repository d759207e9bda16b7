"""docs/cli.md is what the commands say, and the commands leave nothing unsaid."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from smilecascade.cli import SUBCOMMANDS, commands


def _context() -> click.Context:
    return commands.make_context("smilecascade", [], resilient_parsing=True)


def _all(command: click.Command, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    yield context.command_path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            yield from _all(below, click.Context(below, info_name=name, parent=context))


def test_the_reference_is_what_the_commands_say(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, root / "tools" / "cli_reference.py", "--check"], stderr=subprocess.PIPE, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_command_and_option_has_a_sentence() -> None:
    for path, command in _all(commands, _context()):
        assert command.help, path
        for option in (param for param in command.params if isinstance(param, click.Option)):
            assert option.help, f"{path} {option.opts}"
            assert option.help.endswith((".", "]")), f"{path} {option.opts}: {option.help}"


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_the_line_shown_without_loading_a_command_is_its_own(name: str) -> None:
    command = commands.get_command(_context(), name)
    assert command.help.split("\n\n")[0].replace("\n", " ").strip() == SUBCOMMANDS[name].short_help
