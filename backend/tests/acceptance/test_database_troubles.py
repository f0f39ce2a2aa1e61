"""A database that is full or read-only for a while: the run is kept, waits, and goes on; no answer is lost."""

from __future__ import annotations

import resource
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from firmograph.db.engine import Database

from .desk import PATIENCE_S, Desk, are_answered, companies, errors, rows_of, stats, wait_until

COUNT = 400
BATCH = 50


@pytest.fixture
def base_url(desk: Desk, sandbox: Callable[..., str]) -> str:
    address = sandbox(latency_ms=100)
    desk.use_sandbox(address)
    desk.settings["FIRMOGRAPH_CONCURRENCY"] = "1"
    desk.settings["FIRMOGRAPH_LOG_LEVEL"] = "info"
    desk.write("list.csv", companies(COUNT))
    return address


def delivered(base_url: str, verb: str) -> int:
    count: int = stats(base_url)["verbs"][verb]["entities_delivered"]
    return count


def is_troubled(desk: Desk) -> bool:
    return "answer_not_stored_yet" in desk.said() or "run_troubled" in desk.said()


def check_end(desk: Desk, base_url: str) -> None:
    assert are_answered(rows_of(desk.folder / "out.csv"), COUNT)
    run = desk.only_run()
    assert (run["state"], run["counts"]["failed"], run["counts"]["pending"]) == ("succeeded", 0, 0)
    for verb in ("match", "firmographics"):
        assert COUNT <= delivered(base_url, verb) <= COUNT + BATCH
    assert "counters: agree" in desk.run("doctor", expect=None).stdout.decode()


def test_a_full_disk(desk: Desk, base_url: str) -> None:
    """Files may grow no further, as with a full disk or a used-up quota, until space is there again."""
    process = desk.begin("enrich", "list.csv", "-o", "out.csv", "--waterfall", "explorium")
    wait_until(lambda: delivered(base_url, "match") >= BATCH, what="the first answers")
    unlimited = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    log = desk.data_dir / "firmograph.db-wal"  # grows with every write; the log of the command is much shorter
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (log.stat().st_size, unlimited[1]))
    try:
        wait_until(lambda: is_troubled(desk) or process.poll() is not None, what="the trouble")
    finally:
        if process.poll() is None:
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, unlimited)
    assert process.wait(PATIENCE_S) == 0, desk.said()
    check_end(desk, base_url)


def test_a_read_only_server(desk: Desk, base_url: str, postgres_url: str) -> None:
    desk.settings["DATABASE_URL"] = postgres_url
    database = Database(postgres_url)
    name = make_url(postgres_url).database
    process = desk.begin("enrich", "list.csv", "-o", "out.csv", "--waterfall", "explorium")
    wait_until(lambda: delivered(base_url, "match") >= BATCH, what="the first answers")
    try:
        switch(database, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        wait_until(lambda: is_troubled(desk) or process.poll() is not None, what="the trouble")
    finally:
        switch(database, f"ALTER DATABASE {name} RESET default_transaction_read_only")
        database.close()
    assert process.wait(PATIENCE_S) == 0, desk.said()
    check_end(desk, base_url)


def switch(database: Database, statement: str) -> None:
    """For the connections to come. Those there are end as soon as they rest, but the one with the drainer's lock."""
    others = "datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'firmograph'"
    with database.write() as connection:
        connection.execute(text("SET TRANSACTION READ WRITE"))
        connection.execute(text(statement))
        moment = connection.execute(text("SELECT clock_timestamp()")).scalar()
    older = f"FROM pg_stat_activity WHERE {others} AND backend_start <= :moment"

    def are_gone() -> bool:
        with database.read() as connection:
            connection.execute(text(f"SELECT pg_terminate_backend(pid) {older} AND state = 'idle'"), {"moment": moment})
            return connection.execute(text(f"SELECT 1 {older}"), {"moment": moment}).first() is None

    wait_until(are_gone, what="the connections to end")


def test_a_read_only_server_is_said(desk: Desk, postgres_url: str) -> None:
    desk.settings["DATABASE_URL"] = postgres_url
    desk.run("db", "upgrade")
    desk.write("list.csv", "Website\nnike.com\n")
    database = Database(postgres_url)
    name = make_url(postgres_url).database
    switch(database, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    refused = desk.run("enrich", "list.csv", "-o", "out.csv", "--waterfall", "open_facts", expect=2)
    assert "It takes no writes: make its file, its disk or the server writable again" in errors(refused)
    assert desk.runs() == []
    switch(database, f"ALTER DATABASE {name} RESET default_transaction_read_only")
    database.close()
    desk.run("enrich", "list.csv", "-o", "out.csv", "--waterfall", "open_facts")


def test_a_full_disk_is_said(desk: Desk) -> None:
    """Where nothing can be begun at all, the command ends with what to do."""
    desk.run("runs", "list")
    desk.write("list.csv", companies(20_000))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = (desk.data_dir / "firmograph.db").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        refused = desk.run("enrich", "list.csv", "-o", "out.csv", "--waterfall", "open_facts", expect=2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "Its disk is full: free some space" in errors(refused)
    assert desk.runs() == []
    desk.run("enrich", "list.csv", "-o", "out.csv", "--waterfall", "open_facts")
    assert len(rows_of(desk.folder / "out.csv")) == 20_000
