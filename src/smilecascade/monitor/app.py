"""The monitor's addresses, and what each answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from smilecascade.errors import RunsError
from smilecascade.monitor.access import Access
from smilecascade.monitor.answers import RequestError, answer, answer_if_changed
from smilecascade.monitor.assets import Assets
from smilecascade.monitor.curves import Curves
from smilecascade.monitor.gate import Gate
from smilecascade.monitor.listing import Listing, comparison, everything
from smilecascade.monitor.pictures import image_file
from smilecascade.monitor.wishes import Wishes, wishes
from smilecascade.runs import RunInfo, Store

STATIC = Path(__file__).parent / "static"

#: Bytes of a question about curves.
LARGEST_QUESTION = 4_000_000


def application(root: Path, access: Access) -> ASGIApp:
    """The whole monitor of the runs in a folder, which may be empty or yet to be made."""
    answers, pages = Answers(root), Pages()
    app = Starlette(
        routes=[
            Route("/", pages.page),
            Route("/health", _health),
            Route("/api/runs", answers.runs),
            Route("/api/runs/{run}", answers.run),
            Route("/api/curves", answers.curves, methods=["POST"]),
            Route("/api/compare", answers.compare),
            Route("/images/{name:path}", answers.image),
            Route("/static/{name:path}", pages.asset),
        ],
        exception_handlers={
            RunsError: _damaged,
            RequestError: _cannot_answer,
            HTTPException: _no_such_address,
            Exception: _failed,
        },
    )
    return Gate(app, access)


class Answers:
    """What is told of the runs in a folder.

    The store is opened for each request: it may be made, moved or damaged at any time, and
    whoever looks then is told.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._listing = Listing()

    def runs(self, request: Request) -> Response:
        """The list of runs, or 304 where nothing changed."""
        with Store(self.root) as store:
            lines = self._listing.lines(store)
        return answer_if_changed(request, {"root": str(self.root), "runs": lines})

    def run(self, request: Request) -> Response:
        """Everything of one run but its curves."""
        with Store(self.root) as store:
            told = everything(store, _found(store, request.path_params["run"]))
        return answer_if_changed(request, told)

    async def curves(self, request: Request) -> Response:
        """New points of many curves at once."""
        asked = wishes(await _question(request))
        return await run_in_threadpool(self._curves, asked)

    def _curves(self, asked: Wishes) -> Response:
        with Store(self.root) as store:
            return answer(Curves(store).answer(asked))

    def compare(self, request: Request) -> Response:
        """Runs side by side: their figures, and what differs in their configs."""
        names = [name for name in request.query_params.get("runs", "").split(",") if name]
        if not names:
            raise RequestError(400, "runs: name the runs to compare, as in /api/compare?runs=A,B")
        with Store(self.root) as store:
            told = comparison(store, [_found(store, name) for name in names])
        return answer_if_changed(request, told)

    def image(self, request: Request) -> Response:
        """The file of an image; a run never writes two of one name."""
        file = image_file(self.root, request.path_params["name"])
        return FileResponse(file, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})


class Pages:
    """The page itself, and the scripts and styles that it asks for."""

    def __init__(self) -> None:
        self._assets = Assets(STATIC)

    async def page(self, request: Request) -> Response:
        """The page."""
        return self._assets.answer(request, "index.html")

    async def asset(self, request: Request) -> Response:
        """A file of the page."""
        return self._assets.answer(request, request.path_params["name"])


async def _health(request: Request) -> Response:
    return answer({"status": "ok"})


def _found(store: Store, name: str) -> RunInfo:
    """The run of this name or id. Raises RequestError (404) where there is none."""
    for info in store.runs():
        if info.id == name:
            return info
    try:
        return store.run(name)
    except RunsError as error:
        raise RequestError(404, str(error)) from None


async def _question(request: Request) -> Any:
    """The JSON that was sent. Raises RequestError where it is none, or too large to be looked at."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_QUESTION:
            raise RequestError(
                413, f"the request is larger than {LARGEST_QUESTION} bytes; ask for fewer curves"
            )
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise RequestError(400, "the request: expected JSON") from None


async def _damaged(request: Request, error: Exception) -> Response:
    return answer({"error": str(error)}, 503)


async def _cannot_answer(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestError)
    return answer({"error": str(error)}, error.status)


async def _no_such_address(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    sentence = f"{request.method} {request.url.path}: {error.detail}; the page is at /"
    return answer({"error": sentence}, error.status_code)


async def _failed(request: Request, error: Exception) -> Response:
    return answer(
        {"error": f"internal error: {type(error).__name__}; the terminal of the monitor says more"}, 500
    )
