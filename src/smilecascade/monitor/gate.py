"""What stands before every answer of the monitor: the names, the token, and headers for the browser."""

from __future__ import annotations

from urllib.parse import quote, unquote, urlencode

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smilecascade.monitor.access import Access

#: Answered without a token: it says nothing of the runs.
OPEN = "/health"

#: Scripts, styles and pictures come from here alone, no page of others may frame this one, and
#: nobody is told where the reader came from.
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Gate:
    """An ASGI application that answers for ``app`` whatever may not pass."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.app = app
        self.access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, redirect or pass on, and add the headers to whatever is answered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = self._instead(Request(scope)) or self.app
        await answer(scope, receive, _with_headers(send))

    def _instead(self, request: Request) -> Response | None:
        """What is answered instead of the application; None where the request may pass."""
        hosts = request.headers.getlist("host")
        if len(hosts) != 1 or not self.access.serves(hosts[0]):
            return _refused(
                request,
                400,
                "this address is not served here; open the one that smilecascade monitor printed, "
                "or give it with --host",
            )
        if self.access.token is None or request.url.path == OPEN:
            return None
        return self._without_token(request) or self._token_kept(request)

    def _without_token(self, request: Request) -> Response | None:
        given = request.query_params.get("token"), self._cookie(request), _bearer(request)
        if self.access.admits(*given):
            return None
        answer = _refused(
            request,
            401,
            "a token is needed; open the address that smilecascade monitor printed, which ends in ?token=…, "
            "or send it as 'Authorization: Bearer …'",
        )
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer

    def _token_kept(self, request: Request) -> Response | None:
        """The page once more without the token in its address, where it would be copied and remembered."""
        token = request.query_params.get("token")
        if request.url.path != "/" or token is None or not self.access.admits(token):
            return None
        others = [(key, value) for key, value in request.query_params.multi_items() if key != "token"]
        answer = RedirectResponse(f"/?{urlencode(others)}" if others else "/", 303)
        answer.set_cookie(self.access.cookie, quote(token, safe=""), httponly=True, samesite="strict")
        return answer

    def _cookie(self, request: Request) -> str | None:
        kept = request.cookies.get(self.access.cookie)
        return None if kept is None else unquote(kept)


def _bearer(request: Request) -> str | None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def _refused(request: Request, status: int, sentence: str) -> Response:
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": sentence}, status)
    return PlainTextResponse(sentence + "\n", status)


def _with_headers(send: Send) -> Send:
    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return answer
