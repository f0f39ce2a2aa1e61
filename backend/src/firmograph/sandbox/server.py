"""The sandbox over real HTTP: in the foreground for a person, or in a thread for a demo, a test or a bench."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import uvicorn
from starlette.applications import Starlette

from firmograph.clock import Clock
from firmograph.errors import SettingsError
from firmograph.sandbox.app import create_sandbox
from firmograph.sandbox.options import SandboxOptions

_KEEP_ALIVE = 75  # longer than a client pauses between batches, so that no connection closes under its next request
_START_SECONDS = 10.0


def serve(options: SandboxOptions, host: str = "127.0.0.1", port: int = 8800) -> None:
    """Serve until interrupted. Raises `SettingsError` when the port is taken or an option can't be used."""
    with _listening(host, port) as listener, suppress(KeyboardInterrupt):
        _Server(create_sandbox(options)).run(sockets=[listener])


@contextmanager
def running_sandbox(options: SandboxOptions, clock: Clock | None = None, *, port: int = 0) -> Iterator[str]:
    """A sandbox in a thread on a loopback port, answering: its base URL. Stops within a second when left.

    Port 0 is any free one; raises `SettingsError` when another is taken.
    """
    with _listening("127.0.0.1", port) as listener:
        server = _Server(create_sandbox(options, clock))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="sandbox", daemon=True)
        thread.start()
        try:
            _await_start(server, thread)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


class _Server(uvicorn.Server):
    """A server that ends the sandbox's waits before it waits for open answers."""

    def __init__(self, app: Starlette) -> None:
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="on",
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE,
            timeout_graceful_shutdown=2,
        )
        super().__init__(config)
        self._stopping = app.state.stopping

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stopping.set()
        await super().shutdown(sockets)


def _listening(host: str, port: int) -> socket.socket:
    # asyncio turns Nagle's delay off only where the protocol is named; without, every answer takes 40 ms.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"sandbox: can't listen on {host}:{port} ({error.strerror}): give another --port."
        ) from error
    return listener


def _await_start(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise SettingsError("sandbox: its server did not start; its log says why.")
        time.sleep(0.005)
