"""Migrations beside each other and beside work: one at a time, waiting for nobody long, losing no row."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text

from firmograph.db import migrate
from firmograph.db.engine import Database
from firmograph.db.indexes import create_index, drop_index
from firmograph.errors import NotAllowedNow

UPGRADE = """
import sys
from firmograph.db import migrate
from firmograph.db.engine import Database
database = Database(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
migrate.upgrade(database)
print(migrate.current(database))
"""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


def migrating(database: Database, change: Callable[[Operations], None]) -> None:
    """Run a change as a migration would."""
    with migrate.schema_changer(database) as connection:
        context = MigrationContext.configure(connection, opts={"transaction_per_migration": True})
        with Operations.context(context) as operations, context.begin_transaction(_per_migration=True):
            change(operations)


def test_several_at_once(database: Database) -> None:
    command = [sys.executable, "-c", UPGRADE, database.url]
    nodes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) for _ in range(3)
    ]
    for node in nodes:
        assert node.stdout is not None
        assert node.stdout.readline() == "ready\n"
    said = [node.communicate("go\n", timeout=60)[0] for node in nodes]
    assert said == [f"{migrate.head()}\n"] * 3
    assert migrate.differences(database) == []


def test_a_held_table_is_waited_for_and_not_for_ever(postgres_url: str) -> None:
    database = Database(postgres_url)
    migrate.upgrade(database, "0001")
    with database.write() as connection:
        connection.execute(text("LOCK TABLE calls IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(NotAllowedNow, match="Nothing is half done"):
            migrate.upgrade(database, lock_wait_s=0.05, tries=2)
        # Meanwhile others were let through: a waiting change of a table stops whoever comes after it.
    assert migrate.current(database) == "0001"
    migrate.upgrade(database, lock_wait_s=0.05, tries=2)
    assert migrate.differences(database) == []
    database.close()


def test_a_table_that_is_rebuilt_keeps_its_childrens_rows(database: Database) -> None:
    """SQLite changes a column by a new table; dropping the old one must not take the rows that refer to it."""
    migrate.upgrade(database)
    with database.write() as connection:
        connection.execute(text("INSERT INTO uploads (id, size, sha256, created_at) VALUES ('u', 1, '', '2026-01-01')"))
        connection.execute(
            text("INSERT INTO upload_chunks (upload_id, seq, data) VALUES ('u', 0, :data)"), {"data": b"x"}
        )

    def change(operations: Operations) -> None:
        with operations.batch_alter_table("uploads") as uploads:
            uploads.alter_column("sha256", existing_type=sa.String(64), type_=sa.String(80), existing_nullable=False)

    migrating(database, change)
    with database.write() as connection:
        assert connection.execute(text("SELECT count(*) FROM upload_chunks")).scalar() == 1
        connection.execute(text("DELETE FROM uploads"))
        assert connection.execute(text("SELECT count(*) FROM upload_chunks")).scalar() == 0  # keys are on again


def test_an_index_is_built_beside_the_work(database: Database) -> None:
    migrate.upgrade(database)

    def build(_operations: Operations) -> None:
        create_index("ix_calls_status", "calls", ["status"], sqlite_where=text("status IS NOT NULL"))

    if not database.is_sqlite:
        leave_a_broken_index(database)
    migrating(database, build)
    names = {str(index["name"]) for index in sa.inspect(database.engine).get_indexes("calls")}
    assert "ix_calls_status" in names
    if not database.is_sqlite:
        with database.read() as connection:
            query = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('ix_calls_status')"
            assert connection.execute(text(query)).scalar() is True
    migrating(database, lambda _operations: drop_index("ix_calls_status", "calls"))
    assert migrate.differences(database) == []


def leave_a_broken_index(database: Database) -> None:
    """As an interrupted build leaves it: two rows that a unique index can't take."""
    with database.write() as connection:
        for number in range(2):
            connection.execute(
                text(
                    "INSERT INTO calls (id, run_id, provider, host, verb, entities, status, started_at) "
                    "VALUES (:id, 'r', 'p', 'h', 'v', 1, 200, now())"
                ),
                {"id": str(number)},
            )
    twice = text("CREATE UNIQUE INDEX CONCURRENTLY ix_calls_status ON calls (status)")
    at_once = database.engine.execution_options(isolation_level="AUTOCOMMIT")
    with pytest.raises(sa.exc.IntegrityError), at_once.connect() as connection:
        connection.execute(twice)
