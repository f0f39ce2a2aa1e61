"""Who may ask: known host names on loopback, no state changes from other sites, and the token where one is set."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from firmograph.config import is_loopback
from firmograph.web.problems import ProblemResponse, problem

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_LOCAL_NAMES = frozenset({"localhost", "testserver"})  # the second is what Starlette's test client calls itself
_PORTS = {"http": 80, "https": 443}

FindToken = Callable[[Scope], str | None]
Ask = Callable[[Scope], bool]


class Guard:
    """Refuses, with a problem, what should not reach an endpoint.

    `find_token` gives the token that is set, if any; `is_local` says whether we are only published on loopback.
    """

    def __init__(self, app: ASGIApp, find_token: FindToken, is_local: Ask) -> None:
        self._app = app
        self._find_token = find_token
        self._is_local = is_local

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> ProblemResponse | None:
        headers, path, token = Headers(scope=scope), scope["path"], self._find_token(scope)
        host = headers.get("host", "")
        if token is None and not _is_known_host(scope, host, is_local=self._is_local(scope)):
            detail = (
                f"This server is for this machine alone and does not answer to the name '{host}'. Open it by the "
                "address it is at, such as http://localhost:8000."
            )
            return problem(path, HTTPStatus.MISDIRECTED_REQUEST, "unknown-host", detail)
        if scope["method"] not in _SAFE and _is_cross_origin(headers, host):
            origin = headers.get("origin") or "another site"
            detail = f"Changes are only taken from pages of this server, not from {origin}."
            return problem(path, HTTPStatus.FORBIDDEN, "cross-origin", detail)
        if token is not None and _is_api(path) and not _bears(headers, token):
            detail = "Send the header 'Authorization: Bearer TOKEN' with the token in FIRMOGRAPH_API_TOKEN."
            challenge = {"WWW-Authenticate": 'Bearer realm="firmograph"'}
            return problem(path, HTTPStatus.UNAUTHORIZED, "unauthorized", detail, headers=challenge)
        return None


def _is_api(path: str) -> bool:
    return path == "/api" or path.startswith("/api/")


def _is_known_host(scope: Scope, host: str, *, is_local: bool) -> bool:
    """Whether the name asked for is one of ours. Beyond loopback any is: who listens there needs a token anyway.

    A container listens beyond its own loopback, but is asked by the names of the machine that publishes it.
    """
    server = scope.get("server")
    listening = server[0] if server else None
    if not is_local and listening is not None and listening not in _LOCAL_NAMES and not is_loopback(listening):
        return True
    name = _split(host)[0]
    return not host or name in _LOCAL_NAMES or name == listening or is_loopback(name)


def _is_cross_origin(headers: Headers, host: str) -> bool:
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site") in {"cross-site", "same-site"}
    parts = urlsplit(origin)
    default = _PORTS.get(parts.scheme)
    # A proxy that changes the host names the one that was asked for. No page can add that header to a request to
    # another site: its browser would ask us first, and we do not answer such questions.
    ours = [host, headers.get("x-forwarded-host", "").partition(",")[0].strip()]
    return default is None or _split(parts.netloc, default) not in [_split(name, default) for name in ours if name]


def _bears(headers: Headers, token: str) -> bool:
    kind, _, given = headers.get("authorization", "").partition(" ")
    sent = given.strip().encode("latin-1")  # the bytes that came, as Starlette reads headers
    return kind.lower() == "bearer" and hmac.compare_digest(sent, token.encode())


def _split(netloc: str, default: int | None = None) -> tuple[str, int | None]:
    """Host name in lower case, without brackets, and port."""
    try:
        parts = urlsplit(f"//{netloc}")
        return (parts.hostname or "").rstrip("."), parts.port or default
    except ValueError:
        return "", None
