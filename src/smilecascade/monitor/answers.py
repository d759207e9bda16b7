"""Answers in JSON: NaN and infinities are null, arrays are lists, errors are sentences."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response


class RequestError(Exception):
    """A request that cannot be answered: its status, and a sentence for whoever asked."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def answer(content: Mapping[str, Any], status: int = 200) -> Response:
    """The content as JSON; NumPy arrays may be anywhere in it."""
    return Response(encoded(content), status, media_type="application/json")


def answer_if_changed(request: Request, content: Mapping[str, Any]) -> Response:
    """The content as JSON, or 304 where it is what the reader already has (its If-None-Match)."""
    body = encoded(content)
    return unless_known(request, body, "application/json", tag_of(body))


def unless_known(request: Request, body: bytes, kind: str, tag: str) -> Response:
    """The body, or 304 where the reader has what goes by this tag. Browsers ask again each time."""
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=kind, headers=headers)


def tag_of(body: bytes) -> str:
    """A tag that is another one for another body."""
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def encoded(content: Mapping[str, Any]) -> bytes:
    """JSON in UTF-8."""
    return orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY)
