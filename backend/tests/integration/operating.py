"""Real processes to be looked after: a server, what it logs, and somebody who takes spans."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2 as httpx

from .servers import free_port

PATIENCE_S = 60.0
COMMAND = (sys.executable, "-m", "firmograph")


@contextmanager
def process(env: Mapping[str, str], log: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command of ours, its standard error in a file; it is told to end with the block, and must end well."""
    with log.open("ab") as said:
        begun = subprocess.Popen([*COMMAND, *arguments], env=dict(env), stdout=said, stderr=said, cwd=log.parent)
    try:
        yield begun
        begun.send_signal(signal.SIGTERM)
        assert begun.wait(PATIENCE_S) == 0, log.read_text()
    finally:
        begun.kill()
        begun.wait(10)


@contextmanager
def server(env: Mapping[str, str], log: Path) -> Iterator[httpx.Client]:
    """`firmograph serve`, as soon as it answers."""
    port = free_port()
    with (
        process(env, log, "serve", "--port", str(port)),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client,
    ):
        wait_for(client, "/health/live")
        yield client


def wait_for(client: httpx.Client, path: str, *, status: int = 200) -> dict[str, Any]:
    """What stands there once it answers with that status."""
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            answer = client.get(path)
            if answer.status_code == status:
                return dict(answer.json())
            last: object = answer.text
        except httpx.TransportError as error:
            last = error
        assert time.monotonic() < end, last
        time.sleep(0.05)


def run_to_its_end(client: httpx.Client, domains: list[str]) -> dict[str, Any]:
    """Start a run and wait until it has ended."""
    made = client.post("/api/v1/runs", json={"domains": domains})
    assert made.status_code == 202, made.text
    end = time.monotonic() + PATIENCE_S
    while True:
        run = dict(client.get(f"/api/v1/runs/{made.json()['id']}").json())
        if run["state"] in {"succeeded", "partial", "failed", "cancelled"}:
            return run
        assert time.monotonic() < end, run
        time.sleep(0.1)


def events(log: Path) -> list[dict[str, Any]]:
    """Each line of a log; every one must be an event in JSON."""
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


@contextmanager
def span_taker() -> Iterator[tuple[str, list[bytes]]]:
    """A tiny OTLP/HTTP receiver: its address, and the bodies that came for `/v1/traces`."""
    bodies: list[bytes] = []

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if self.path == "/v1/traces":
                bodies.append(body)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    taker = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
    thread = threading.Thread(target=taker.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{taker.server_port}", bodies
    finally:
        taker.shutdown()
        taker.server_close()
        thread.join(10)
