"""``smilecascade monitor``: a page that shows runs as they learn."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smilecascade.cli.failures import TargetError
from smilecascade.cli.options import debug_option

if TYPE_CHECKING:
    import socket


def _token(ctx: click.Context, param: click.Parameter, token: str | None) -> str | None:
    """The token, if it can be sent in an address and in a header."""
    if token is not None and not (
        token.isascii() and token.isprintable() and token.strip() and " " not in token
    ):
        raise click.BadParameter("give letters, digits and signs without spaces, at least one.")
    return token


@click.command()
@click.argument(
    "folder",
    metavar="[RUNS]",
    default="runs",
    type=click.Path(file_okay=False, path_type=Path),
)
@click.option(
    "--port",
    metavar="N",
    type=click.IntRange(0, 65535),
    default=8642,
    show_default=True,
    help="Port to listen on; 0 takes any free one.",
)
@click.option(
    "--host",
    metavar="NAME",
    default="127.0.0.1",
    show_default=True,
    help="Name or address to listen on. Others than this machine's own loopback need --token.",
)
@click.option(
    "--token",
    metavar="TEXT",
    callback=_token,
    help="What a reader must know: the address that is printed ends in it. Nothing is encrypted on the way.",
)
@click.option(
    "--open/--no-open",
    "open_page",
    default=False,
    show_default=True,
    help="Open the page in the browser.",
)
@debug_option
def monitor(folder: Path, port: int, host: str, token: str | None, open_page: bool) -> None:
    """Show runs as they learn, on a page; needs the extra 'monitor'.

    RUNS is the folder that trainings write their runs to, "runs" if none is given; it may be
    empty, or yet to be made. The page is served to this machine alone, changes nothing, and
    needs no network. Ctrl-C ends it.
    """
    from smilecascade.monitor.access import Access, is_loopback
    from smilecascade.monitor.serving import serve

    if token is None and not is_loopback(host):
        raise click.UsageError(
            f"--host {host} can be reached from other machines: give --token a secret that readers must "
            "know, or leave --host out."
        )
    with _listening(host, port) as listener:
        access = Access(host=host, port=listener.getsockname()[1], token=token)
        click.echo(f"runs in {folder}: {access.link}  (Ctrl-C ends)")
        if open_page:
            webbrowser.open(access.link)
        serve(folder, access, listener)


def _listening(host: str, port: int) -> socket.socket:
    from smilecascade.monitor.serving import listening

    try:
        return listening(host, port)
    except OSError as error:
        raise TargetError(
            f"{host}:{port}: cannot be listened on ({error.strerror}); give another --port (0 takes any "
            "free one), or a --host of this machine"
        ) from None
