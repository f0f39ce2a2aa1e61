"""The dashboard over HTTP, at every address that no endpoint has; and the base path before all addresses of ours."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from firmograph.web.site import Served, Site, is_built, policy_of

_NOT_OURS = ("/api", "/health", "/metrics")
_SAFE = frozenset({"GET", "HEAD"})

FindBase = Callable[[Scope], str]


class BasePath:
    """Takes the base path off every address that has it. A proxy may pass it on or take it off itself.

    `find_base` gives it: empty, or `/firmograph`.
    """

    def __init__(self, app: ASGIApp, find_base: FindBase) -> None:
        self._app = app
        self._find_base = find_base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        base = self._find_base(scope) if scope["type"] == "http" else ""
        path: str = scope.get("path", "")
        if base and path == base:  # the pages' own addresses are below it
            await RedirectResponse(f"{base}/{_query(scope)}", HTTPStatus.TEMPORARY_REDIRECT)(scope, receive, send)
            return
        if base and path.startswith(f"{base}/"):
            scope = {name: value for name, value in scope.items() if name != "raw_path"}
            scope["path"] = path.removeprefix(base)
        await self._app(scope, receive, send)


class Dashboard:
    """Answers what no endpoint does: pages and their files or, where none are built, a page that says how to.

    `folder` holds the built one, if there is one; `find_base` gives the base path.
    """

    def __init__(self, folder: Path | None, find_base: FindBase) -> None:
        self._folder = folder if folder is not None and is_built(folder) else None
        self._find_base = find_base

    def load(self, base: str) -> Site | None:
        """Reads and settles the dashboard, once; `None` when it is not built."""
        return None if self._folder is None else settled_site(self._folder, base)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises `HTTPException` 404 for what a page can't be: other methods, and addresses of the API."""
        path: str = scope["path"]
        if scope["type"] != "http" or scope["method"] not in _SAFE or _is_below(path, _NOT_OURS):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        site = await run_in_threadpool(self.load, self._find_base(scope))
        answer = _unbuilt(path) if site is None else _answer(site, path, scope)
        await answer(scope, receive, send)


@lru_cache(maxsize=4)
def settled_site(folder: Path, base: str) -> Site:
    """The dashboard of a folder for a base path, with its API below the same path."""
    return Site(folder, base=base, api=f"{base}/api")


def _answer(site: Site, path: str, scope: Scope) -> Response:
    found = site.find(path)
    if found is not None:
        return _file(found, Headers(scope=scope))
    if site.is_page_without_slash(path):
        address = f"{site.base}{quote(path)}/{_query(scope)}"
        return RedirectResponse(address, HTTPStatus.TEMPORARY_REDIRECT)
    missing = site.not_found
    if missing is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return Response(missing.body, HTTPStatus.NOT_FOUND, {**missing.headers, "Cache-Control": "no-store"})


def _file(served: Served, asked: Headers) -> Response:
    known = [tag.strip().removeprefix("W/") for tag in asked.get("if-none-match", "").split(",")]
    if served.tag in known:
        kept = {name: value for name, value in served.headers.items() if name != "Content-Type"}
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=kept)
    if served.zipped is not None and "gzip" in asked.get("accept-encoding", ""):
        return Response(served.zipped, headers={**served.headers, "Content-Encoding": "gzip"})
    return Response(served.body, headers=served.headers)


def _unbuilt(path: str) -> Response:
    if path != "/":
        raise HTTPException(HTTPStatus.NOT_FOUND)
    page = _unbuilt_page()
    return HTMLResponse(page, headers={"Content-Security-Policy": policy_of(page)})


@lru_cache(maxsize=1)
def _unbuilt_page() -> str:
    return files("firmograph.web").joinpath("unbuilt.html").read_text(encoding="utf-8")


def _is_below(path: str, places: tuple[str, ...]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)


def _query(scope: Scope) -> str:
    query: bytes = scope.get("query_string", b"")
    return f"?{query.decode('latin-1')}" if query else ""
