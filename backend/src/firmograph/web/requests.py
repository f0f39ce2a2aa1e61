"""What surrounds every request: an id in the log, a limit on its body, safe headers, an end for unexpected errors."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from http import HTTPStatus

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from firmograph.log import get_logger
from firmograph.web.problems import problem

log = get_logger(__name__)

_MB = 1 << 20
MOST_JSON_MB = 32
_FORM_OVERHEAD = _MB  # a multipart body is its file, its other fields and its boundaries
_SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}

FindUploadLimit = Callable[[Scope], int]


class Surround:
    """Gives each request an id, adds the headers, and turns an unexpected error into a problem that shows the id."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        has_begun = False

        async def send_safely(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                _add_headers(message, request_id)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_safely)
            except ClientDisconnect:
                log.info("client_left", path=scope["path"])
            except Exception as error:
                if not has_begun:  # the answer first: a log that can't be written may not cost it
                    await _unexpected(scope["path"], request_id)(scope, receive, send_safely)
                log.exception("request_failed", method=scope["method"], path=scope["path"], exc_info=error)


def _add_headers(message: Message, request_id: str) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in _SAFE_HEADERS.items():
        headers.setdefault(name, value)
    headers["X-Request-Id"] = request_id


def _unexpected(path: str, request_id: str) -> ASGIApp:
    detail = (
        f"Something went wrong here that should not have. The server's log tells more under request_id {request_id}; "
        "please report it with that."
    )
    return problem(path, HTTPStatus.INTERNAL_SERVER_ERROR, "unexpected", detail, id=request_id)


class BodyLimit:
    """Stops reading a body at its limit: the upload limit for a form with a file, a fixed one for JSON.

    `find_upload_limit` gives the former in MB.
    """

    def __init__(self, app: ASGIApp, find_upload_limit: FindUploadLimit) -> None:
        self._app = app
        self._find_upload_limit = find_upload_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_form = headers.get("content-type", "").startswith("multipart/")
        most_mb = self._find_upload_limit(scope) if is_form else MOST_JSON_MB
        advice = "Split it, or raise FIRMOGRAPH_MAX_UPLOAD_MB." if is_form else "Send a long list as a file."
        refusal = f"The request's body is larger than {most_mb} MB. {advice}"
        most = most_mb * _MB + (_FORM_OVERHEAD if is_form else 0)
        declared = headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > most:
            answer = problem(scope["path"], HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "payload-too-large", refusal)
            await answer(scope, receive, send)
            return
        await self._app(scope, _counting(receive, most, refusal), send)


def _counting(receive: Receive, most: int, refusal: str) -> Receive:
    """The body's messages, counted. Raises `HTTPException` 413 beyond `most` bytes."""
    size = 0

    async def receive_counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > most:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, refusal)
        return message

    return receive_counted
