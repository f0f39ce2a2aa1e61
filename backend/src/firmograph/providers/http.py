"""The HTTP policy that every provider asked over HTTP shares: its client, how an answer is read, what a status means.

The only module that names the HTTP library; the others import `httpx` from here.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from weakref import WeakKeyDictionary

import httpx2 as httpx
import orjson

from firmograph import __version__
from firmograph.errors import AnswerLost, AskAgain
from firmograph.providers.answer_text import clean_text

__all__ = ["Answer", "LoopClients", "ask", "httpx", "make_client", "read_json"]

CONNECT_SECONDS = 10.0
READ_SECONDS = 60.0
POOL_SECONDS = 30.0
CALL_SECONDS = 120.0  # the whole call: an answer that drips a byte a minute never meets the read timeout
MAX_ANSWER_BYTES = 32 * 1024 * 1024
MAX_ERROR_BYTES = 64 * 1024
# A small pool: 10 to 50 connections carried the same on loopback, and 32 calls of 5 s are 19,000 companies a minute.
MAX_CONNECTIONS = 32
# Servers close an idle connection after 5 s and more; letting go first means that no question meets a closing door.
KEEPALIVE_SECONDS = 3.0

USER_AGENT = f"firmograph/{__version__}"
# What is raised before the first byte of the question left.
_NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
_OK = range(200, 300)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One HTTP answer. An error's body may be cut short (`is_whole` is false); a success is whole."""

    status: int
    headers: httpx.Headers = field(default_factory=httpx.Headers)
    body: bytes = b""
    is_whole: bool = True

    @property
    def is_success(self) -> bool:
        return self.status in _OK

    @property
    def status_text(self) -> str:
        """The status in words, `Bad Gateway` say."""
        try:
            return HTTPStatus(self.status).phrase
        except ValueError:
            return "a status without a name"


def make_client(
    base_url: str,
    *,
    headers: Mapping[str, str],
    transport: httpx.AsyncBaseTransport | None = None,
) -> httpx.AsyncClient:
    """A client for one provider. It follows no redirect, so that a key in `headers` goes nowhere but to `base_url`.

    Proxies are taken from the environment, except for an address of this machine.
    """
    return httpx.AsyncClient(
        base_url=base_url,
        headers={"user-agent": USER_AGENT, "accept": "application/json", "accept-encoding": "gzip", **headers},
        timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS, pool=POOL_SECONDS),
        limits=httpx.Limits(
            max_connections=MAX_CONNECTIONS,
            max_keepalive_connections=MAX_CONNECTIONS,
            keepalive_expiry=KEEPALIVE_SECONDS,
        ),
        follow_redirects=False,
        trust_env=not _is_loopback(httpx.URL(base_url).host),
        verify=_certificates(),
        transport=transport,
    )


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    """The machine's certificates, read once: reading them takes longer than everything else about a client."""
    return httpx.create_ssl_context()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


class LoopClients:
    """One client per event loop, opened at the loop's first call: connections can't move between loops.

    So one provider serves every drain of a process, and is usable again after `aclose`.
    """

    def __init__(self, make: Callable[[], httpx.AsyncClient]) -> None:
        self._make = make
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = WeakKeyDictionary()

    def current(self) -> httpx.AsyncClient:
        """The running loop's client."""
        loop = asyncio.get_running_loop()
        client = self._clients.get(loop)
        if client is None:
            client = self._clients[loop] = self._make()
        return client

    async def aclose(self) -> None:
        """Close the running loop's client, if it has one."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.aclose()


async def ask(
    client: httpx.AsyncClient,
    request: httpx.Request,
    *,
    who: str,
    max_bytes: int = MAX_ANSWER_BYTES,
    seconds: float = CALL_SECONDS,
) -> Answer:
    """Send one request and read its answer, whatever the status; `who` names the provider in messages.

    Raises `AskAgain` when nothing was sent, and `AnswerLost` when the question went out and no status came back in
    time, or a success whose body is cut short, undecodable or over `max_bytes`.
    """
    deadline = asyncio.get_running_loop().time() + seconds
    response = await _send(client, request, who=who, deadline=deadline)
    try:
        limit = max_bytes if response.status_code in _OK else MAX_ERROR_BYTES
        body, loss = await _read(response, limit=limit, deadline=deadline)
    finally:
        await response.aclose()
    answer = Answer(status=response.status_code, headers=response.headers, body=body, is_whole=loss is None)
    if answer.is_success and loss is not None:
        reason, text = loss
        raise AnswerLost(f"{who}: {text}.", reason=reason, status=answer.status)
    return answer


async def _send(client: httpx.AsyncClient, request: httpx.Request, *, who: str, deadline: float) -> httpx.Response:
    # The library's errors hold the request, and so the key: none of them is kept as a cause.
    try:
        async with asyncio.timeout_at(deadline):
            return await client.send(request, stream=True)
    except _NOTHING_SENT as error:
        raise AskAgain(f"{who} could not be reached: {clean_text(str(error)) or type(error).__name__}.") from None
    except (TimeoutError, httpx.TimeoutException):
        raise AnswerLost(f"{who} did not answer in time.", reason="timeout") from None
    except (httpx.RequestError, OSError) as error:
        what = clean_text(str(error)) or type(error).__name__
        raise AnswerLost(f"{who} closed the connection before it answered: {what}.", reason="bad_answer") from None


async def _read(response: httpx.Response, *, limit: int, deadline: float) -> tuple[bytes, tuple[str, str] | None]:
    """The body as far as it came, and why it isn't whole as (reason, text); `None` when it is."""
    body = bytearray()
    try:
        async with asyncio.timeout_at(deadline), aclosing(response.aiter_bytes()) as chunks:
            async for chunk in chunks:
                body += chunk
                if len(body) > limit:
                    return bytes(body[:limit]), ("bad_answer", f"an answer of more than {limit:,} bytes is not read")
    except (TimeoutError, httpx.TimeoutException):
        return bytes(body), ("timeout", "the answer stopped coming before it was whole")
    except httpx.DecodingError:
        return bytes(body), ("bad_answer", "the answer could not be decompressed")
    except (httpx.RequestError, OSError):
        return bytes(body), ("bad_answer", "the answer was cut short")
    return bytes(body), None


def read_json(answer: Answer, *, who: str) -> Any:
    """A success's body as JSON. Raises `AnswerLost` when it isn't JSON."""
    try:
        return orjson.loads(answer.body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        what = "JSON, or it was cut short" if answer.body.strip() else "empty"
        text = f"{who} answered {answer.status}, but the answer is {'not ' if answer.body.strip() else ''}{what}."
        raise AnswerLost(text, reason="bad_answer", status=answer.status) from None
