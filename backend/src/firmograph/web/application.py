"""The web application: what is served, by whom it may be asked, and what runs beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.types import Scope

from firmograph import __version__
from firmograph.app import App, open_app
from firmograph.companies import endpoints as companies
from firmograph.config import load_settings
from firmograph.prepared_exports import endpoints as prepared_exports
from firmograph.runs import endpoints as runs
from firmograph.tracing import trace_requests, traced
from firmograph.web import (
    health,
    metrics,
    openapi,
    providers_endpoints,
    run_streams,
    settings_endpoints,
    uploads_endpoints,
    views_endpoints,
)
from firmograph.web.checks import Checks
from firmograph.web.dashboard import BasePath, Dashboard
from firmograph.web.guard import Guard
from firmograph.web.measured import Measured, RequestMeasures
from firmograph.web.problems import handle_problems, problems
from firmograph.web.requests import BodyLimit, Surround
from firmograph.web.serving import Serving
from firmograph.web.site import find_built

_EVERYWHERE = problems(401, 403, 421, 422, 500, 503)


def create_web_app(app: App | None = None, *, dashboard: Path | None = None) -> FastAPI:
    """The server of an app that is open; without one, the app of the environment's settings, opened at start.

    `dashboard` is the folder of the built dashboard, if it is not where it is built or installed.

    Nothing runs before the server starts. With its start it tries for the drainer's lock and works on runs when it gets
    it; its end stops the worker and gives the lock back.
    """
    web = FastAPI(
        title="Firmograph",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        generate_unique_id_function=openapi.operation_id,
        middleware=[
            Middleware(BasePath, find_base=_find_base),
            Middleware(Measured, find_measures=lambda scope: scope["app"].state.requests),
            Middleware(Surround),
            Middleware(Guard, find_token=_find_token, is_local=_is_local),
            Middleware(BodyLimit, find_upload_limit=_find_upload_limit),
        ],
    )
    web.state.serving = None if app is None else Serving(app)
    web.state.checks = Checks()
    web.state.requests = RequestMeasures()
    web.state.metrics = metrics.make_registry(lambda: _serving(web), web.state.requests)
    handle_problems(web, methods_at=lambda path: openapi.methods_at(web, path))
    web.include_router(_api())
    for router in (health.router, metrics.router):
        web.include_router(router)
    web.state.dashboard = Dashboard(dashboard or find_built(), _find_base)
    web.router.default = web.state.dashboard
    trace_requests(web)
    web.openapi = lambda: openapi.describe(web)  # type: ignore[method-assign]  # FastAPI's documented way
    return web


def _api() -> APIRouter:
    api = APIRouter(prefix="/api", responses=_EVERYWHERE)
    first = APIRouter(prefix="/v1")
    for router in (
        uploads_endpoints.router,
        runs.router,
        run_streams.router,
        prepared_exports.router,
        companies.router,
        providers_endpoints.router,
        views_endpoints.router,
        settings_endpoints.router,
    ):
        first.include_router(router)
    api.include_router(first)
    for aliases in (uploads_endpoints.aliases, companies.aliases):
        api.include_router(aliases)
    return api


@asynccontextmanager
async def _lifespan(web: FastAPI) -> AsyncIterator[None]:
    opened = None
    if web.state.serving is None:
        opened = await run_in_threadpool(lambda: open_app(load_settings()))
        web.state.serving = Serving(opened)
    serving = _serving(web)
    with traced("firmograph-api"):
        await serving.start()
        await run_in_threadpool(web.state.dashboard.load, serving.app.settings.base_path)
        try:
            yield
        finally:
            await serving.stop()
            if opened is not None:
                web.state.serving = None
                opened.database.close()


def _serving(web: Any) -> Serving:
    serving: Serving | None = web.state.serving
    if serving is None:
        raise RuntimeError("the server has not started: there is no app to ask")
    return serving


def _find_token(scope: Scope) -> str | None:
    token = _serving(scope["app"]).app.settings.api_token
    return None if token is None else token.get_secret_value()


def _is_local(scope: Scope) -> bool:
    return _serving(scope["app"]).app.settings.is_published_on_loopback


def _find_upload_limit(scope: Scope) -> int:
    return _serving(scope["app"]).app.settings.max_upload_mb


def _find_base(scope: Scope) -> str:
    return _serving(scope["app"]).app.settings.base_path
