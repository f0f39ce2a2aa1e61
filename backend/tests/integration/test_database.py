"""What the units of work promise: bounded statements, consistent looks, a way back after a lost connection."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from firmograph.db import migrate
from firmograph.db.bulk import insert_many
from firmograph.db.engine import Database
from firmograph.db.locks import alone
from firmograph.db.models import rate_keys
from firmograph.db.row_sets import among
from firmograph.db.trouble import ADVICE, Trouble, trouble_of

IN_A_CHILD = """
import os, sys
from sqlalchemy import Connection, text
from firmograph.db.engine import Database
database = Database(sys.argv[1])
PID = text("SELECT pg_backend_pid()")
with database.read() as connection:
    mine = connection.execute(PID).scalar()
child = os.fork()
with database.read() as connection:
    found = connection.execute(PID).scalar()
if child == 0:
    os._exit(0 if found != mine else 1)
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status) or (0 if found == mine else 2))
"""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


def setting(database: Database, name: str, *, long: bool = False) -> str:
    with database.read(long=long) as connection:
        return str(connection.execute(text("SELECT current_setting(:name)"), {"name": name}).scalar())


def test_connections_are_bounded_in_time_and_number(postgres_url: str) -> None:
    database = Database(postgres_url, connections=4, statement_timeout_s=7)
    assert setting(database, "statement_timeout") == "7s"
    assert setting(database, "lock_timeout") == "30s"
    assert setting(database, "idle_in_transaction_session_timeout") == "30s"
    assert setting(database, "application_name") == "firmograph"
    assert setting(database, "statement_timeout", long=True) == "0"
    assert setting(database, "statement_timeout") == "7s"
    assert database.engine.pool.size() == 4  # type: ignore[attr-defined]
    database.close()
    said = make_url(postgres_url).update_query_dict({"application_name": "mine", "options": "-c lock_timeout=3s"})
    database = Database(said.render_as_string(hide_password=False))
    assert setting(database, "application_name") == "mine"
    assert setting(database, "lock_timeout") == "3s"
    assert setting(database, "statement_timeout") == "1min"
    database.close()


def test_long_work_is_not_cut(postgres_url: str) -> None:
    database = Database(postgres_url, statement_timeout_s=0.05)
    with pytest.raises(OperationalError) as cut, database.read() as connection:
        connection.execute(text("SELECT pg_sleep(5)"))
    assert trouble_of(cut.value) is Trouble.CUT
    with database.write(long=True) as connection:
        connection.execute(text("SELECT pg_sleep(0.2)"))
    database.close()


def end_and_use(connection: Connection, other: Database) -> None:
    pid = connection.execute(text("SELECT pg_backend_pid()")).scalar()
    with other.write() as ending:
        ending.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    connection.execute(text("SELECT 1"))


def test_a_lost_connection_is_an_error_once(postgres_url: str) -> None:
    database, other = Database(postgres_url), Database(postgres_url)
    with pytest.raises(OperationalError) as lost, database.write() as connection:
        end_and_use(connection, other)
    assert trouble_of(lost.value) is Trouble.OUT_OF_REACH
    with database.read() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    database.close()
    other.close()


def test_a_look_sees_one_moment(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("CREATE TABLE seen (number integer)"))
    count = text("SELECT count(*) FROM seen")
    with database.read() as connection:
        assert connection.execute(count).scalar() == 0
        with database.write() as writing:
            writing.execute(text("INSERT INTO seen VALUES (1)"))
        assert connection.execute(count).scalar() == 0
    with database.read() as connection:
        assert connection.execute(count).scalar() == 1


def test_a_read_only_server_is_obeyed(postgres_url: str) -> None:
    database = Database(postgres_url)
    name = make_url(postgres_url).database
    with database.write() as connection:
        connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
    database.close()
    with database.read() as connection:
        connection.execute(text("SELECT 1"))
    with pytest.raises(DBAPIError) as refused, database.write() as connection:
        connection.execute(text("CREATE TABLE more (number integer)"))
    assert trouble_of(refused.value) is Trouble.READ_ONLY
    database.close()


def test_a_forked_child_has_connections_of_its_own(postgres_url: str) -> None:
    done = subprocess.run([sys.executable, "-c", IN_A_CHILD, postgres_url], check=False, timeout=60)
    assert done.returncode == 0


def test_troubles_are_told_apart(database: Database) -> None:
    with pytest.raises(DBAPIError) as fault, database.read() as connection:
        connection.execute(text("SELECT * FROM nowhere"))
    assert trouble_of(fault.value) is None
    assert set(ADVICE) == set(Trouble)
    if database.is_sqlite:
        with database.write() as connection:
            connection.execute(text("CREATE TABLE much (data text)"))
        with database.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA max_page_count=2")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            with pytest.raises(DBAPIError) as full:
                connection.exec_driver_sql("INSERT INTO much VALUES (hex(randomblob(100000)))")
            connection.invalidate()
        assert trouble_of(full.value) is Trouble.FULL
    else:
        unreachable = Database("postgresql+psycopg://postgres@127.0.0.1:1/nothing")
        with pytest.raises(OperationalError) as gone, unreachable.read():
            pass
        assert trouble_of(gone.value) is Trouble.OUT_OF_REACH


def test_a_name_is_taken_once(database: Database) -> None:
    with alone(database, "this") as write:
        assert write is not None
        with alone(database, "this") as second, alone(database, "that") as third:
            assert second is None
            assert third is not None
        with write() as connection:
            assert connection.execute(text("SELECT 1")).scalar() == 1
    with alone(database, "this") as write:
        assert write is not None


def test_many_rows_at_once_in_whole_or_not_at_all(database: Database) -> None:
    migrate.upgrade(database)
    names = ("key_id", "paused_until", "learned_limit")
    odd = ["plain", "tab\tand\nline", "back\\slash", "\\N", "naïve ☕", ""]
    with database.write() as connection:
        insert_many(connection, rate_keys, names, ((name, 0.5, None) for name in odd))
        found = connection.execute(rate_keys.select()).mappings().all()
        assert {row["key_id"] for row in found} == set(odd)
        assert {(row["paused_until"], row["learned_limit"]) for row in found} == {(0.5, None)}
        few = connection.execute(rate_keys.select().where(among(connection, rate_keys.c.key_id, {"plain", "\\N"})))
        assert {row.key_id for row in few} == {"plain", "\\N"}
    with pytest.raises(DBAPIError), database.write() as connection:
        insert_many(connection, rate_keys, names, [("new", 0.0, 1), ("plain", 0.0, 1)])
    with database.read() as connection:
        assert len(connection.execute(rate_keys.select()).all()) == len(odd)
