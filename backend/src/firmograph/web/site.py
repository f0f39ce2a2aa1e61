"""The built dashboard as it is served: settled for where it is served and where its API is, hashed, compressed.

The build leaves two words open (frontend/README.md); they are replaced here, in memory, when the server starts.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

_BASE_WORD: Final = "/__firmograph_base__"
_API_WORD: Final = "__firmograph_api__"
_TEXTS = frozenset({".html", ".js", ".css", ".txt", ".json", ".svg", ".map"})
_INLINE = re.compile(r"<(script|style)\b([^>]*)>(.*?)</\1>", re.DOTALL)
_HAS_SOURCE = re.compile(r"\bsrc=")
_SMALLEST_ZIPPED = 1024
_UNCHANGING = "_next/static/"  # these names change with their content
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_INDEX = "index.html"
NOT_FOUND = "404.html"
# Not from the machine's own table: what a system registers there differs from one to the next.
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True)
class Served:
    """One file: its bytes, the same compressed where that is worth it, and its headers."""

    body: bytes
    zipped: bytes | None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def tag(self) -> str:
        return self.headers["ETag"]


class Site:
    """The files below `folder`, settled for a base path (empty, or `/firmograph`) and for the API's address."""

    def __init__(self, folder: Path, *, base: str, api: str) -> None:
        self.base = base
        self._connect = _origin_of(api)
        words = {_BASE_WORD: base, _API_WORD: api}
        self._files = {name: self._served(name, path, words) for name, path in _files_below(folder)}

    def find(self, path: str) -> Served | None:
        """The file at a path such as `/runs/`, `/runs/index.txt` or `/`; `None` when there is none."""
        name = path.removeprefix("/")
        return self._files.get(f"{name}{_INDEX}" if not name or name.endswith("/") else name)

    def is_page_without_slash(self, path: str) -> bool:
        """Whether a page is at this path with a slash at its end."""
        return f"{path.removeprefix('/')}/{_INDEX}" in self._files

    @property
    def not_found(self) -> Served | None:
        return self._files.get(NOT_FOUND)

    def _served(self, name: str, path: Path, words: dict[str, str]) -> Served:
        body = path.read_bytes()
        if path.suffix in _TEXTS:
            text = body.decode()
            for word, value in words.items():
                text = text.replace(word, value)
            body = text.encode()
        headers = {
            "Content-Type": _TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream",
            "Cache-Control": _FOR_EVER if name.startswith(_UNCHANGING) else _ASK_AGAIN,
            "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        }
        if path.suffix in _TEXTS:
            headers["Vary"] = "Accept-Encoding"
        if path.suffix == ".html":
            headers["Content-Security-Policy"] = policy_of(body.decode(), connect=self._connect)
        zipped = gzip.compress(body, 6, mtime=0) if path.suffix in _TEXTS and len(body) >= _SMALLEST_ZIPPED else None
        return Served(body, zipped, headers)


def policy_of(page: str, *, connect: str | None = None) -> str:
    """A Content-Security-Policy for a page: its own inline scripts and styles by their SHA-256, and what we serve.

    `connect` is the API's origin where it is not ours.
    """
    hashes: dict[str, list[str]] = {"script": [], "style": []}
    for kind, attributes, text in _INLINE.findall(page):
        if text and not _HAS_SOURCE.search(attributes):
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            hashes[kind].append(f"'sha256-{digest}'")
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self'", *sorted(set(hashes["script"])))),
            " ".join(("style-src 'self'", *sorted(set(hashes["style"])))),
            "img-src 'self' data:",
            "font-src 'self'",
            f"connect-src 'self'{f' {connect}' if connect else ''}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def find_built() -> Path | None:
    """The folder of the built dashboard: in the package, or where a checkout builds it. `None` when it is not built."""
    here = Path(__file__).resolve()
    places = [here.parent / "dashboard", *(above / "frontend" / "out" for above in here.parents[4:5])]
    return next((place for place in places if is_built(place)), None)


def is_built(folder: Path) -> bool:
    return (folder / _INDEX).is_file()


def _files_below(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path


def _origin_of(api: str) -> str | None:
    """`https://api.example.com` of an API elsewhere; `None` for a path on our own host."""
    parts = urlsplit(api)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else None
