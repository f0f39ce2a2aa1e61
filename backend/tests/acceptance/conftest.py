"""A desk for each test, and sandboxes that are stopped in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from firmograph.sandbox.options import SandboxOptions
from firmograph.sandbox.server import running_sandbox
from tests.integration.conftest import postgres_server, postgres_url

from .desk import Desk

__all__ = ["desk", "postgres_server", "postgres_url", "sandbox"]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Starts a sandbox that knows every company, unless told otherwise, and gives its address."""
    with ExitStack() as stack:

        def start(**options: Any) -> str:
            quick = {"latency_ms": 5, "rate_per_minute": 0, "miss_rate": 0.0, "no_data_rate": 0.0}
            return stack.enter_context(running_sandbox(SandboxOptions(**(quick | options))))

        yield start
