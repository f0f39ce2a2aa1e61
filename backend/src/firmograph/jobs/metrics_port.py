"""A worker's own measures over HTTP, for Prometheus: workers serve nothing else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import orjson
from prometheus_client import CollectorRegistry, Gauge, PlatformCollector, ProcessCollector, make_wsgi_app

from firmograph import __version__
from firmograph.errors import SettingsError
from firmograph.jobs import measures

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


@contextmanager
def serving_worker_metrics(port: int | None, host: str, *, worker_id: str) -> Iterator[None]:
    """Serve `/metrics` and `/health/live` at that address during the block; nothing without a port.

    Raises `SettingsError` when the address can't be had.
    """
    if port is None:
        yield
        return
    try:
        server = make_server(host, port, _application(worker_id), _Server, _QuietHandler)
    except OSError as error:
        raise SettingsError(
            f"FIRMOGRAPH_METRICS_PORT: {host}:{port} can't be listened on: {error.strerror or error}. "
            "Give each worker of a machine a port of its own, or unset it."
        ) from error
    thread = threading.Thread(target=server.serve_forever, name="firmograph-metrics", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _application(worker_id: str) -> Callable[[dict[str, Any], StartResponse], Iterable[bytes]]:
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    registry.register(measures.REGISTRY)
    build = Gauge("firmograph_build", "The version that runs.", labelnames=("version",), registry=registry)
    build.labels(__version__).set(1)
    show_metrics = make_wsgi_app(registry)
    alive = orjson.dumps({"status": "ok", "version": __version__, "worker": worker_id})

    def application(request: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        path = request.get("PATH_INFO", "")
        if path == "/metrics":
            shown: Iterable[bytes] = show_metrics(request, start)
            return shown
        status, body = ("200 OK", alive) if path == "/health/live" else ("404 Not Found", b'{"status":"not found"}')
        start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    return application


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Nothing: a scrape is no event."""
