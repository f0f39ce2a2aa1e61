"""Is it the sandbox that answers at an address? Asked once, at the edge, so that its answers are marked."""

from __future__ import annotations

import urllib.error
import urllib.request
from urllib.parse import urlsplit

_SECONDS = 2.0
_MARK = "X-Firmograph-Sandbox"


def is_sandbox_at(base_url: str) -> bool:
    """Whether the sandbox answers there. Explorium's own hosts are never asked; no answer is a no."""
    host = urlsplit(base_url).hostname or ""
    if not base_url.startswith(("http://", "https://")) or host == "explorium.ai" or host.endswith(".explorium.ai"):
        return False
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{base_url}/sandbox/stats", timeout=_SECONDS) as answer:
            return _MARK in answer.headers
    except (OSError, ValueError):
        return False
