"""The sandbox as an ASGI app: the provider's paths, and three of its own under `/sandbox`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import orjson
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from firmograph.clock import Clock, SystemClock
from firmograph.errors import SettingsError
from firmograph.sandbox import bodies, refusals
from firmograph.sandbox.calls import Call, Sandbox
from firmograph.sandbox.options import SandboxOptions
from firmograph.sandbox.refusals import Reply
from firmograph.sandbox.stats import ENRICH, MATCH, Stats

Endpoint = Callable[[Request], Awaitable[Response]]

# Not in the contract: how a person, or a client that cares, sees who answered.
MARK = {"X-Firmograph-Sandbox": "1"}


def create_sandbox(options: SandboxOptions, clock: Clock | None = None) -> Starlette:
    """The app. Its `state.sandbox` is the `Sandbox`, its `state.stopping` an event that ends every wait at once.

    Raises `SettingsError` when the state file can't be used.
    """
    sandbox = Sandbox(options, clock or SystemClock())
    app = Starlette(
        routes=[
            _verb("/v1/businesses/match", MATCH, 1, bodies.read_match),
            _verb("/v2/businesses/match", MATCH, 2, bodies.read_match),
            _verb("/v1/businesses/firmographics/enrich", ENRICH, 1, bodies.read_single_enrich),
            _verb("/v1/businesses/firmographics/bulk_enrich", ENRICH, 1, bodies.read_bulk_enrich),
            _verb("/v2/businesses/firmographics/enrich", ENRICH, 2, bodies.read_v2_enrich),
            Route("/v1/credits", _credits, methods=["GET"]),
            Route("/v2/credits", _credits, methods=["GET"]),
            Route("/sandbox/stats", _show_stats, methods=["GET"]),
            Route("/sandbox/stats", _clear_stats, methods=["DELETE"]),
            Route("/sandbox/options", _change_options, methods=["POST"]),
        ],
        exception_handlers={HTTPException: _refuse},
        lifespan=_lifespan,
    )
    app.state.sandbox = sandbox
    app.state.stopping = asyncio.Event()
    return app


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    yield
    app.state.sandbox.close()


def _verb(path: str, verb: str, version: int, read: Callable[[bytes, str], bodies.Question]) -> Route:
    return Route(path, partial(_ask, verb=verb, version=version, read=read), methods=["POST"])


async def _ask(request: Request, *, verb: str, version: int, read: Callable[[bytes, str], bodies.Question]) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    try:
        body = await request.body()
    except ClientDisconnect:
        sandbox.stats.abandoned += 1
        return Response(status_code=400)
    key = _key(request)
    call = Call(
        verb=verb,
        version=version,
        read=read,
        key=key,
        wants_usage=request.headers.get("credit-usage", "").lower() == "true",
        content_type=request.headers.get("content-type", ""),
        body=body,
        arrived=sandbox.clock.monotonic(),
    )
    reply = sandbox.answer(call)
    headers = sandbox.rate_headers(key)
    return await _sent(request, reply, headers, verb)


async def _credits(request: Request) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    key = _key(request)
    reply = sandbox.credits_answer(key, sandbox.clock.monotonic())
    return await _sent(request, reply, sandbox.rate_headers(key), None)


async def _sent(request: Request, reply: Reply, rate_headers: dict[str, str], verb: str | None) -> Response:
    """The response after its delay; what it delivers is counted once it went out to a client still there."""
    sandbox: Sandbox = request.app.state.sandbox
    await _wait(request, reply.delay)
    stats = sandbox.stats
    task = None
    if await request.is_disconnected():
        stats.abandoned += 1
    else:
        task = BackgroundTask(_count, stats, reply, verb)
    headers = rate_headers | dict(reply.headers) | MARK
    return Response(reply.body, reply.status, headers, media_type=reply.content_type, background=task)


async def _wait(request: Request, seconds: float) -> None:
    """The delay, cut short when the server stops."""
    if not seconds:
        return
    state = request.app.state
    waits = {asyncio.ensure_future(state.sandbox.clock.sleep(seconds)), asyncio.ensure_future(state.stopping.wait())}
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


async def _count(stats: Stats, reply: Reply, verb: str | None) -> None:
    stats.statuses[reply.status] += 1
    if verb and reply.delivered is not None:
        stats.verbs[verb].count_delivered(reply.delivered)


async def _refuse(request: Request, error: Exception) -> Response:
    """404 and 405, in the framework's words."""
    status, detail = (error.status_code, error.detail) if isinstance(error, HTTPException) else (500, "Error")
    reply = refusals.framework(status, detail)
    headers = request.app.state.sandbox.rate_headers(_key(request)) | MARK
    return Response(reply.body, reply.status, headers, media_type=reply.content_type)


async def _show_stats(request: Request) -> Response:
    return _json(request.app.state.sandbox.stats_shown())


async def _clear_stats(request: Request) -> Response:
    request.app.state.sandbox.stats = Stats()
    return Response(status_code=204)


async def _change_options(request: Request) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    try:
        sandbox.change(orjson.loads(await request.body()))
    except (orjson.JSONDecodeError, SettingsError) as error:
        return _json({"detail": str(error)}, 422)
    return _json(sandbox.options.shown())


def _json(value: object, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, MARK, media_type=refusals.JSON)


def _key(request: Request) -> str:
    return request.headers.get("api_key", "")
