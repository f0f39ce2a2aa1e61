"""A real HTTP server on loopback whose every answer is written by the test, byte by byte where it must be."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Reply = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]
REASONS = {200: "OK", 301: "Moved", 401: "Unauthorized", 429: "Too Many Requests"}


def answer(status: int = 200, body: Any = b"", headers: Mapping[str, str] | None = None) -> Reply:
    """A whole answer; a body that isn't bytes is sent as JSON."""

    async def reply(request: Request, writer: asyncio.StreamWriter) -> None:
        data = body(request) if callable(body) else body
        sent = data if isinstance(data, bytes) else json.dumps(data).encode()
        writer.write(head(status, {"content-length": str(len(sent)), **(headers or {})}) + sent)
        await writer.drain()

    return reply


def head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}", *(f"{k}: {v}" for k, v in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def raw(sent: bytes) -> Reply:
    """These bytes, and then the end of the connection."""

    async def reply(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(sent)
        await writer.drain()
        writer.close()

    return reply


def reset() -> Reply:
    """The connection is torn down without an answer."""

    async def reply(request: Request, writer: asyncio.StreamWriter) -> None:
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return reply


def silence(after: bytes = b"") -> Reply:
    """These bytes, and then nothing more."""

    async def reply(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(after)
        await writer.drain()
        await asyncio.sleep(30)

    return reply


@dataclass
class ScriptedServer:
    replies: list[Reply]
    base_url: str = ""
    requests: list[Request] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while not writer.is_closing():
                request = await _read_request(reader)
                self.requests.append(request)
                # The last reply answers every further request.
                reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
                await reply(request, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def _read_request(reader: asyncio.StreamReader) -> Request:
    text = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = text.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    method, path, _ = re.split(r"\s+", first)
    return Request(method, path, headers, body)


@asynccontextmanager
async def serving(*replies: Reply) -> AsyncIterator[ScriptedServer]:
    """A server that gives these replies in turn."""
    scripted = ScriptedServer(list(replies))
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await scripted.serve(reader, writer)
        except asyncio.CancelledError:
            pass  # the test is over; the server's own task must not end as cancelled
        finally:
            tasks.discard(task)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    scripted.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield scripted
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
