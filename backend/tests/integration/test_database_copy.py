"""A database moved to the other kind and back: every row of every table, and the work goes on there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Text, cast, insert, select, text

from firmograph.app import App, open_app
from firmograph.config import load_settings
from firmograph.core.outcomes import RunState
from firmograph.db import migrate
from firmograph.db.copy import copy_database
from firmograph.db.engine import Database
from firmograph.db.models import companies, metadata, rate_keys
from firmograph.errors import NotAllowedNow
from firmograph.runs import service
from firmograph.runs.exporting import export_plan, export_run
from firmograph.runs.run import Run
from firmograph.sandbox.options import SandboxOptions
from firmograph.sandbox.server import running_sandbox

from .driving import drain, load, recount, submit, with_explorium

LIST = [f"Firm {number},https://www.quill-{number:03d}.com/about" for number in range(60)]


@pytest.fixture(params=["to PostgreSQL", "to SQLite"])
def pair(request: pytest.FixtureRequest, postgres_url: str, tmp_path: Path) -> Iterator[tuple[App, Database]]:
    """An app on one kind of database, and an empty database of the other kind."""
    file = f"sqlite:///{tmp_path / 'firmograph.db'}"
    here, there = (file, postgres_url) if request.param == "to PostgreSQL" else (postgres_url, file)
    app = open_app(load_settings(read_dotenv=False, data_dir=tmp_path, database_url=here))
    target = Database(there)
    yield app, target
    app.database.close()
    target.close()


def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    found = {}
    with database.read() as connection:
        for table in metadata.sorted_tables:
            columns = [cast(column, Text) if isinstance(column.type, JSON) else column for column in table.columns]
            found[table.name] = sorted((tuple(row) for row in connection.execute(select(*columns))), key=repr)
    return found


def exported(app: App, run: Run) -> bytes:
    return b"".join(export_run(app.database, run, export_plan(run, with_provenance=True)))


def test_everything_arrives_and_the_work_goes_on(pair: tuple[App, Database]) -> None:
    app, target = pair
    with running_sandbox(SandboxOptions(latency_ms=0, rate_per_minute=0, no_data_rate=0.0)) as url:
        app = with_explorium(app, url)
        ended = drain(app, submit(app, [*LIST, "Nobody,n/a", 'Odd\\one,"acme.com"'], waterfall=("explorium",)))
        paused = drain(app, submit(app, LIST[:30], waterfall=("explorium",), max_age_days=0, budget=10))
        waiting = submit(app, LIST, waterfall=("explorium",))
        assert paused.state is RunState.PAUSED
        before = everything(app.database)
        copied = copy_database(app.database, target, progress=lambda *_: None)
        assert everything(target) == before == everything(app.database)
        assert copied == {name: len(rows) for name, rows in before.items()}
        assert all(before[name] for name in ("runs", "records", "targets", "lookups", "calls", "companies", "uploads"))

        moved = replace(app, database=target)
        assert exported(moved, load(moved, ended)) == exported(app, ended)
        with target.write() as connection:
            service.resume(connection, load(moved, paused), budget=1000)
        for run in (paused, waiting):
            run = drain(moved, run)  # noqa: PLW2901
            assert run.state is RunState.SUCCEEDED
            assert recount(moved, run) == {name: run.counts[name] for name in recount(moved, run)}
        assert load(app, paused).state is RunState.PAUSED


def test_a_target_that_holds_something_is_refused(pair: tuple[App, Database]) -> None:
    app, target = pair
    with app.database.write() as connection:
        connection.execute(insert(rate_keys).values(key_id="mine"))
    with target.write() as connection:
        connection.execute(text("CREATE TABLE somebody (name text)"))
    assert copy_database(app.database, target, progress=lambda *_: None)["rate_keys"] == 1
    with pytest.raises(NotAllowedNow, match="not empty: rate_keys"):
        copy_database(app.database, target, progress=lambda *_: None)
    migrate.downgrade(target, "base")
    with target.write() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
        connection.execute(text("CREATE TABLE runs (name text)"))
    with pytest.raises(NotAllowedNow, match="did not make"):
        copy_database(app.database, target, progress=lambda *_: None)


def test_a_copy_that_fails_leaves_nothing_and_begins_anew(pair: tuple[App, Database]) -> None:
    app, target = pair
    with app.database.write() as connection:
        connection.execute(insert(rate_keys), [{"key_id": f"key {number}"} for number in range(5000)])

    class Stopped(Exception):
        pass

    def stop(_table: str, done: int, _total: int) -> None:
        if done:
            raise Stopped

    with pytest.raises(Stopped):
        copy_database(app.database, target, progress=stop)
    assert not any(everything(target).values())
    told: list[tuple[str, int, int]] = []
    copy_database(app.database, target, progress=lambda *news: told.append(news))
    assert [news for news in told if news[0] == "rate_keys"] == [
        ("rate_keys", done, 5000) for done in (2000, 4000, 5000)
    ]
    assert everything(target) == everything(app.database)


def test_a_nul_in_text_does_not_stop_the_move(tmp_path: Path, postgres_url: str) -> None:
    app = open_app(load_settings(read_dotenv=False, data_dir=tmp_path))
    now = app.clock.now()
    row = {"domain": "a.com", "name": "A\x00B", "evidence": {"name": "A\x00B"}, "overrides": {}}
    with app.database.write() as connection:
        connection.execute(insert(companies).values(**row, created_at=now, updated_at=now))
    target = Database(postgres_url)
    copy_database(app.database, target, progress=lambda *_: None)
    with target.read() as connection:
        found = connection.execute(select(companies)).one()
    assert (found.name, found.evidence, found.created_at) == ("A\ufffdB", {"name": "A\x00B"}, now)
    target.close()
    app.database.close()


def test_there_is_nothing_beside_the_tables_to_move(postgres_url: str) -> None:
    """No sequences: they would have to be set behind the copied rows."""
    database = Database(postgres_url)
    migrate.upgrade(database)
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM pg_sequences")).scalar() == 0
    database.close()
