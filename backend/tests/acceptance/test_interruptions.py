"""Whatever ends a command, the run is kept, goes on, and asks nothing again whose answer was stored."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Callable

import pytest

from .desk import Desk, are_answered, companies, end, outcomes, rows_of, run_of, stats, wait_until

COUNT = 400
BATCH = 50


def delivered(base_url: str, verb: str = "match") -> int:
    count: int = stats(base_url)["verbs"][verb]["entities_delivered"]
    return count


def stored(desk: Desk) -> int:
    """How many matches the database holds."""
    database = sqlite3.connect(desk.data_dir / "firmograph.db")
    try:
        (count,) = database.execute("SELECT count(*) FROM lookups WHERE verb = 'match'").fetchone()
    except sqlite3.OperationalError:  # the schema is not there yet
        return 0
    finally:
        database.close()
    return int(count)


def is_under_way(desk: Desk) -> bool:
    return (desk.data_dir / "firmograph.db").exists() and stored(desk) > 0


@pytest.fixture
def base_url(desk: Desk, sandbox: Callable[..., str]) -> str:
    address = sandbox(latency_ms=300)
    desk.use_sandbox(address)
    desk.settings["FIRMOGRAPH_CONCURRENCY"] = "1"
    desk.write("list.csv", companies(COUNT))
    return address


def test_kill_minus_nine_then_resume(desk: Desk, base_url: str) -> None:
    process = desk.begin("enrich", "list.csv", "-o", "out.csv", "--waterfall", "explorium")
    wait_until(lambda: is_under_way(desk), what="some answers stored")
    end(process, signal.SIGKILL)
    run = desk.only_run()
    assert run["state"] == "running"
    assert not (desk.folder / "out.csv").exists()
    desk.settings["FIRMOGRAPH_CONCURRENCY"] = "8"
    desk.run("runs", "resume", run["id"])
    assert are_answered(rows_of(desk.folder / "out.csv"), COUNT)
    for verb in ("match", "firmographics"):
        assert COUNT <= delivered(base_url, verb) <= COUNT + BATCH
    assert "counters: agree" in desk.run("doctor").stdout.decode()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_clean_stop_then_resume(desk: Desk, base_url: str, number: signal.Signals) -> None:
    process = desk.begin("enrich", "list.csv", "-o", "out.csv", "--waterfall", "explorium")
    wait_until(lambda: is_under_way(desk), what="some answers stored")
    assert end(process, number) == 130
    run = desk.only_run()
    assert (run["state"], run["reason"]) == ("paused", "interrupted")
    assert f"firmograph runs resume {run['id']}" in desk.said()
    desk.settings["FIRMOGRAPH_CONCURRENCY"] = "8"
    desk.run("runs", "resume", run["id"])
    assert are_answered(rows_of(desk.folder / "out.csv"), COUNT)
    assert delivered(base_url) == delivered(base_url, "firmographics") == COUNT


def test_a_second_command_waits_says_for_whom_and_shares_the_answers(desk: Desk, base_url: str) -> None:
    first = desk.begin("enrich", "list.csv", "-o", "first.csv", "--waterfall", "explorium")
    wait_until(lambda: is_under_way(desk), what="some answers stored")
    done = desk.run("enrich", "list.csv", "-o", "second.csv", "--waterfall", "explorium")
    said = done.stderr.decode()
    assert first.wait(60) == 0
    assert f"Process {first.pid} (firmograph enrich list.csv)" in said
    assert are_answered(rows_of(desk.folder / "second.csv"), COUNT)
    assert delivered(base_url) == COUNT


def test_a_run_cancelled_or_paused_from_elsewhere(desk: Desk, base_url: str) -> None:
    desk.use_sandbox(base_url, rate=2 * COUNT // 3)  # so that it takes minutes
    process = desk.begin("enrich", "list.csv", "-o", "out.csv", "--waterfall", "explorium")
    wait_until(lambda: is_under_way(desk), what="some answers stored")
    run = run_of(desk.said())
    desk.run("runs", "pause", run)
    assert process.wait(60) == 4
    assert outcomes(rows_of(desk.folder / "out.csv"))["pending"] > 0
    desk.run("runs", "export", run, "-o", "now.jsonl")
    assert len((desk.folder / "now.jsonl").read_text().splitlines()) == COUNT
    desk.run("runs", "cancel", run)
    shown = desk.shown(run)
    assert shown["state"] == "cancelled"
    assert shown["counts"]["skipped"] > 0
    assert shown["counts"]["pending"] == 0
    desk.run("runs", "resume", run, expect=1)
