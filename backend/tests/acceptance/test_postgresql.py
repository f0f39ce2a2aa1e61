"""The main journeys with DATABASE_URL: a list on PostgreSQL, and a whole data directory moved there."""

from __future__ import annotations

import signal
from collections.abc import Callable

from .desk import Desk, are_answered, companies, end, errors, rows_of, stats, wait_until

COUNT = 120


def bare(url: str) -> str:
    """The address as a host gives it."""
    return url.replace("postgresql+psycopg://", "postgres://")


def test_a_list_is_enriched_on_postgresql(desk: Desk, sandbox: Callable[..., str], postgres_url: str) -> None:
    base_url = sandbox()
    desk.use_sandbox(base_url)
    desk.write("list.csv", companies(COUNT) + "Nobody,n/a\nAgain,acme-0001.com\n")
    desk.run("enrich", "list.csv", "-o", "sqlite.csv", "--waterfall", "explorium", "--provenance")
    desk.settings["DATABASE_URL"] = bare(postgres_url)
    done = desk.run("enrich", "list.csv", "-o", "out.csv", "--waterfall", "explorium,open_facts")
    rows = rows_of(desk.folder / "out.csv")
    assert are_answered(rows[:COUNT], COUNT)
    assert (rows[COUNT]["enriched_outcome"], rows[COUNT + 1]["enriched_note"]) == ("rejected", "same company as row 2")
    values = [row["enriched_name"] for row in rows]
    assert values == [row["enriched_name"] for row in rows_of(desk.folder / "sqlite.csv")]
    assert not (desk.folder / "out.csv").read_text().count("\x00")
    asked = stats(base_url)["verbs"]["match"]["entities_asked"]
    assert asked == 2 * COUNT  # each database is its own memory
    desk.run("enrich", "list.csv", "-o", "again.csv", "--waterfall", "explorium,open_facts")
    assert stats(base_url)["verbs"]["match"]["entities_asked"] == asked
    assert (desk.folder / "again.csv").read_bytes().count(b"\n") == (desk.folder / "out.csv").read_bytes().count(b"\n")
    assert len(desk.runs()) == 2
    assert "counters: agree" in desk.run("doctor", expect=None).stdout.decode()
    assert "Traceback" not in errors(done)


def test_a_data_directory_moves_to_postgresql_and_back(
    desk: Desk, sandbox: Callable[..., str], postgres_url: str
) -> None:
    base_url = sandbox()
    desk.use_sandbox(base_url)
    desk.write("list.csv", companies(COUNT))
    desk.run("enrich", "list.csv", "-o", "out.csv", "--waterfall", "explorium", "--budget", "70", expect=4)
    run = desk.only_run()
    moved = desk.run("db", "copy", "--to", bare(postgres_url))
    assert "each table compared equal" in moved.stdout.decode()
    assert "not empty" in errors(desk.run("db", "copy", "--to", bare(postgres_url), expect=2))
    desk.settings["DATABASE_URL"] = bare(postgres_url)
    assert desk.shown(run["id"])["counts"] == run["counts"]
    desk.run("runs", "resume", run["id"], "--budget", "500")
    assert are_answered(rows_of(desk.folder / "out.csv"), COUNT)
    assert stats(base_url)["verbs"]["match"]["entities_delivered"] == COUNT
    file = desk.folder / "back" / "firmograph.db"
    desk.run("db", "copy", "--to", f"sqlite:///{file}")
    desk.run("runs", "export", run["id"], "-o", "there.csv")
    desk.settings["DATABASE_URL"] = f"sqlite:///{file}"
    desk.run("runs", "export", run["id"], "-o", "back.csv")
    assert (desk.folder / "back.csv").read_bytes() == (desk.folder / "there.csv").read_bytes()
    refused = desk.run("db", "copy", "--from", "sqlite:///nowhere.db", "--to", bare(postgres_url), expect=2)
    assert "There is no database" in errors(refused)
    assert "--to must start" in errors(desk.run("db", "copy", "--to", "mysql://x", expect=2))


def test_nothing_is_copied_from_under_a_worker(desk: Desk, sandbox: Callable[..., str], postgres_url: str) -> None:
    desk.use_sandbox(sandbox(latency_ms=20_000))
    desk.write("list.csv", companies(3))
    process = desk.begin("enrich", "list.csv", "-o", "out.csv", "--waterfall", "explorium")
    try:
        wait_until((desk.data_dir / "drainer.json").exists, what="the drainer's lock")
        refused = desk.run("db", "copy", "--to", bare(postgres_url), expect=2)
        assert f"Process {process.pid} (" in errors(refused)
        assert "Stop it first" in errors(refused)
    finally:
        end(process, signal.SIGKILL)
    desk.run("db", "copy", "--to", bare(postgres_url))
    desk.settings["DATABASE_URL"] = bare(postgres_url)
    assert desk.only_run()["counts"]["records"] in {0, 3}
