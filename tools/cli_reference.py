"""Write docs/cli.md, the reference of every command and option, from the commands themselves.

python tools/cli_reference.py            writes it
python tools/cli_reference.py --check    exits 1 if it is not what would be written
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from smilecascade.cli import commands

REFERENCE = Path(__file__).parent.parent / "docs" / "cli.md"

HEADER = """\
# The command line

Written by `make docs` from the commands themselves; a test compares it with them.
"""


def reference() -> str:
    """The whole reference as Markdown."""
    context = commands.make_context("smilecascade", [], resilient_parsing=True)
    return HEADER + "".join(_section(commands, context))


def _section(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"\n## `{context.command_path}`\n\n"
    yield f"```\n{context.command_path} {' '.join(command.collect_usage_pieces(context))}\n```\n"
    yield f"\n{_prose(command)}\n"
    yield from _options(command, context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _section(below, click.Context(below, info_name=name, parent=context))


def _prose(command: click.Command) -> str:
    return inspect.cleandoc(command.help or "").replace("\b\n", "")


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    options = [param for param in command.get_params(context) if isinstance(param, click.Option)]
    yield "\n| option | meaning |\n|---|---|\n"
    for option in options:
        yield f"| `{_names(option)}` | {_escaped(' '.join([option.help or '', *_facts(option)]))} |\n"


def _names(option: click.Option) -> str:
    names = ", ".join([*option.opts, *option.secondary_opts])
    return names if option.is_flag or option.count else f"{names} {_value(option)}"


def _value(option: click.Option) -> str:
    if option.metavar:
        return option.metavar
    if isinstance(option.type, click.Choice):
        return "/".join(map(str, option.type.choices))
    if isinstance(option.type, (click.IntRange, click.FloatRange)):
        return "N"
    return option.type.name.upper()


def _facts(option: click.Option) -> Iterator[str]:
    if isinstance(option.type, (click.IntRange, click.FloatRange)):
        yield _range(option.type)
    if option.show_default and not option.is_flag:
        yield f"Default: {option.default}."
    if option.required:
        yield "Required."
    if option.multiple:
        yield "May be given several times."


def _range(kind: click.IntRange | click.FloatRange) -> str:
    if kind.min is None or kind.max is None:
        return f"At most {kind.max}." if kind.min is None else f"At least {kind.min}."
    return f"{kind.min} to {kind.max}."


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|")


def main() -> int:
    """Write the reference, or compare with it; the exit code."""
    wanted = reference()
    if "--check" not in sys.argv[1:]:
        REFERENCE.write_text(wanted, "utf-8")
        return 0
    if REFERENCE.is_file() and REFERENCE.read_text("utf-8") == wanted:
        return 0
    print(f"{REFERENCE.name} is not what the commands say; run: make docs", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
