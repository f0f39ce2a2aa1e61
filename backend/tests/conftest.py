"""What all tests share: no settings of the machine, and asyncio as the event loop."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from firmograph.config import known_names

# Where a red run must mean a broken change, property tests try the same examples each time; elsewhere, new ones.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.fixture(autouse=True, scope="session")
def _no_settings_of_this_machine() -> Iterator[None]:
    """Tests see no key, no database and no limit that happens to be set here."""
    hidden = {name: os.environ.pop(name) for name in known_names() if name in os.environ}
    yield
    os.environ.update(hidden)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
