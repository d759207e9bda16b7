"""Who may read the monitor: only by the names it is served under, and with the token where there is one.

The name is checked because of DNS rebinding: a page of a stranger may point a name of its own at
127.0.0.1, and the browser would then hand it whatever is served there. Such a request carries the
stranger's name in its Host header.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import quote

#: Names and addresses of this very machine.
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})

#: A name or address, and perhaps a port.
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^:\[\]@/\s]+)(:\d*)?", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Access:
    """What a request needs to be answered.

    host:  the name or address that is listened on.
    port:  the port that is listened on.
    token: what a request must know, or None where any request of a right name is answered.
    """

    host: str = "127.0.0.1"
    port: int = 8642
    token: str | None = None

    @property
    def cookie(self) -> str:
        """Name of the cookie that keeps the token; browsers share cookies between ports, hence the port."""
        return f"smilecascade-monitor-{self.port}"

    @property
    def link(self) -> str:
        """Where the page is found; with the token, where there is one."""
        host = "localhost" if is_wildcard(self.host) else _bracketed(self.host)
        query = "" if self.token is None else f"?token={quote(self.token, safe='')}"
        return f"http://{host}:{self.port}/{query}"

    def serves(self, host: str) -> bool:
        """Whether a Host header names what is served.

        A monitor that listens on all addresses is reached by any of them: numbers cannot be
        rebound, names can, so of names only the machine's own is taken.
        """
        match = _HOST.fullmatch(host)
        if not match:
            return False
        name = match["name"].lower()
        if name in LOOPBACK or name == _bracketed(self.host).lower():
            return True
        return is_wildcard(self.host) and (_is_address(name) or name == socket.gethostname().lower())

    def admits(self, *given: str | None) -> bool:
        """Whether one of the tokens that came is the right one; compared in constant time."""
        if self.token is None:
            return True
        wanted = self.token.encode()
        return any(hmac.compare_digest(came.encode(), wanted) for came in given if came is not None)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens on this name or address."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_wildcard(host: str) -> bool:
    """Whether this address stands for all addresses of the machine."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
