"""Records as the package writes them, with its kinds of mess; the companies in them are made up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

MakeRecord = Callable[..., dict[str, Any]]


@pytest.fixture
def make_record() -> MakeRecord:
    def make(name: str, *, site: str | None = None, article: str | None = None, **parts: Any) -> dict[str, Any]:
        block = dict(parts.pop("metadata", {}))
        if site is not None:
            block["website"] = site
        if article is not None:
            block["wikipedia_url"] = f"https://en.wikipedia.org/wiki/{article}"
        return {"name": name, **parts, "metadata": block}

    return make
