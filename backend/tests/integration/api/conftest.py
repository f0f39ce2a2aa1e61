"""A server per test on a fresh data directory, with open_facts and a sandboxed explorium behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from firmograph.app import App, open_app
from firmograph.config import load_settings
from firmograph.sandbox.options import SandboxOptions
from firmograph.sandbox.server import running_sandbox
from firmograph.web.application import create_web_app

from .api_calls import start, wait_for

OpenFirmograph = Callable[..., AbstractContextManager[App]]


@pytest.fixture(scope="session")
def sandbox() -> Iterator[str]:
    """Answers at once, without a limit, and knows every company."""
    options = SandboxOptions(latency_ms=0, rate_per_minute=0, miss_rate=0.0, no_data_rate=0.0)
    with running_sandbox(options) as url:
        yield url


@pytest.fixture
def open_firmograph(tmp_path: Path, sandbox: str) -> OpenFirmograph:
    """Opens an app on the test's own data directory; settings by their field names."""

    @contextmanager
    def opened(**settings: Any) -> Iterator[App]:
        values = {
            "data_dir": tmp_path / "data",
            "explorium_api_key": "sk-test-4711",
            "explorium_base_url": sandbox,
            "explorium_rate_limit": 100_000,
            "log_level": "error",
            **settings,
        }
        app = open_app(load_settings(read_dotenv=False, **values), is_sandbox=True)
        yield app
        app.database.close()

    return opened


@pytest.fixture
def app(open_firmograph: OpenFirmograph) -> Iterator[App]:
    with open_firmograph() as opened:
        yield opened


@pytest.fixture
def client(app: App) -> Iterator[TestClient]:
    """A server that works on its runs."""
    with TestClient(create_web_app(app), raise_server_exceptions=True) as started:
        yield started


@pytest.fixture
def idle(app: App) -> TestClient:
    """A server that was not started: it answers, and nobody works on its runs."""
    return TestClient(create_web_app(app))


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory, sandbox: str) -> Iterator[TestClient]:
    """An idle server for tests whose every request is refused."""
    folder = tmp_path_factory.mktemp("unchanged")
    app = open_app(load_settings(read_dotenv=False, data_dir=folder, explorium_base_url=sandbox, log_level="error"))
    yield TestClient(create_web_app(app))
    with app.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM runs").scalar_one() == 0
        assert connection.exec_driver_sql("SELECT count(*) FROM uploads").scalar_one() == 0
    app.database.close()


@pytest.fixture(scope="module")
def filled_once(tmp_path_factory: pytest.TempPathFactory, sandbox: str) -> Iterator[TestClient]:
    """A server that knows Microsoft, for tests that leave it as they found it."""
    folder = tmp_path_factory.mktemp("filled")
    settings = load_settings(
        read_dotenv=False, data_dir=folder, explorium_api_key="k", explorium_base_url=sandbox, log_level="error"
    )
    app = open_app(settings, is_sandbox=True)
    with TestClient(create_web_app(app)) as client:
        wait_for(client, start(client, domains=["microsoft.com"])["id"])
        yield client
    app.database.close()
