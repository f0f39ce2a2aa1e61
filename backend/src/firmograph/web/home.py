"""The page at `/`: runs as they go, and a place to drop a list. One file, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from importlib.resources import files

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

router = APIRouter(include_in_schema=False)

_INLINE = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)


@router.get("/")
def get_home() -> HTMLResponse:
    """The page, with a policy that lets nothing run but what it holds itself."""
    page = _page()
    return HTMLResponse(page, headers={"Content-Security-Policy": policy_of(page)})


@router.get("/favicon.ico")
def get_icon() -> Response:
    """There is none; browsers ask anyway."""
    return Response(status_code=204)


@lru_cache(maxsize=1)
def _page() -> str:
    return files("firmograph.web").joinpath("home.html").read_text(encoding="utf-8")


def policy_of(page: str) -> str:
    """A Content-Security-Policy that allows exactly the page's own scripts and styles, by their digests."""
    digests: dict[str, list[str]] = {"script": [], "style": []}
    for kind, text in _INLINE.findall(page):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        digests[kind].append(f"'sha256-{digest}'")
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(digests['script'])}",
            f"style-src {' '.join(digests['style'])}",
            "connect-src 'self'",
            "form-action 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )
