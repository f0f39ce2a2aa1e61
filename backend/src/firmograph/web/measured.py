"""Requests counted by route, method and status, with the time until their answer began."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from prometheus_client import Histogram, Metric
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from firmograph.log import get_logger

log = get_logger(__name__)

_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_ELSEWHERE = "other"  # an address that is no route: their number must not grow with what people type
_CLIENT_LEFT = "499"
_EVERYDAY = frozenset({"/health/live", "/health/ready", "/metrics"})  # asked every few seconds, by machines


class RequestMeasures:
    """The histogram of one application."""

    def __init__(self) -> None:
        self._histogram = Histogram(
            "firmograph_http_request_seconds",
            "Time until an answer began, by route, method and status.",
            labelnames=("route", "method", "status"),
            buckets=_BUCKETS_S,
            registry=None,
        )

    def note(self, *, route: str, method: str, status: str, seconds: float) -> None:
        self._histogram.labels(route, method, status).observe(seconds)

    def collect(self) -> Iterable[Metric]:
        return self._histogram.collect()


FindMeasures = Callable[[Scope], RequestMeasures]


class Measured:
    """Measures every request. A long stream of events counts as quick: its answer begins at once."""

    def __init__(self, app: ASGIApp, find_measures: FindMeasures) -> None:
        self._app = app
        self._find_measures = find_measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status: str | None = None
        seconds = 0.0

        async def send_timed(message: Message) -> None:
            nonlocal status, seconds
            if message["type"] == "http.response.start":
                status, seconds = str(message["status"]), time.perf_counter() - began
                self._note(scope, status, seconds, Headers(raw=message.get("headers", [])).get("x-request-id"))
            await send(message)

        try:
            await self._app(scope, receive, send_timed)
        finally:
            if status is None:
                self._note(scope, _CLIENT_LEFT, time.perf_counter() - began)

    def _note(self, scope: Scope, status: str, seconds: float, request_id: str | None = None) -> None:
        route = _route_of(scope)
        self._find_measures(scope).note(route=route, method=scope["method"], status=status, seconds=seconds)
        say = log.debug if route in _EVERYDAY else log.info
        say(
            "request_answered",
            request_id=request_id,
            method=scope["method"],
            path=scope["path"],
            status=int(status),
            ms=round(seconds * 1000, 1),
        )


def _route_of(scope: Scope) -> str:
    """The route's whole path with its parameters' names: a route that was included knows only its own part."""
    route = scope.get("route")
    if not hasattr(route, "methods"):
        return _ELSEWHERE
    path: str = scope["path"]
    for name, value in scope.get("path_params", {}).items():
        before, found, after = path.rpartition(f"/{value}")
        if not found:
            return _ELSEWHERE
        path = f"{before}/{{{name}}}{after}"
    return path
