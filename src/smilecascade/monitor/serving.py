"""Listening and answering until somebody stops it."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from pathlib import Path

import uvicorn

from smilecascade.monitor.access import Access
from smilecascade.monitor.app import application


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens on this name or address; port 0: any free one.

    Raises OSError where the port is taken or the address is not this machine's.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    # Made with its protocol, as create_server does not: asyncio takes only those for TCP that say so,
    # and on others every answer waits 40 ms for the reader's acknowledgement (Nagle's algorithm).
    listener = socket.socket(family, kind, protocol or socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere it would let two programs share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except BaseException:
        listener.close()
        raise
    return listener


def serve(root: Path, access: Access, listener: socket.socket) -> None:
    """Answer on this socket until Ctrl-C, which is how a monitor ends and no error."""
    config = uvicorn.Config(
        application(root, access),
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
    )
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])
