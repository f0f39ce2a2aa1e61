"""A list becomes records and targets: the same on both databases, by one worker at a time, whatever ends it."""

from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, text

from firmograph.app import App
from firmograph.core.outcomes import RunState
from firmograph.db.engine import DatabaseFailure
from firmograph.db.locks import alone
from firmograph.db.models import records, upload_chunks
from firmograph.runs import service
from firmograph.runs.importing import import_run
from firmograph.runs.plan import make_plan
from firmograph.runs.run import Run

from .driving import load, recount, rows_of, submit, wait_until

MESSY = "\n".join(
    [
        "company,website,remark",
        "Acme,https://www.acme-one.com/about,plain",
        '"Tab\tand ""quotes""","acme-two.com","two\nlines"',
        "Back\\slash,acme-three.com,\\N",
        "Again,acme-one.com,☕",
        "Nobody,n/a,",
        "Mail,me@gmail.com,surplus,more",
        "Nul\x00,acme-four.com,\x00",
    ]
)
LONG = [f"Firm {number},quill-{number:05d}.com" for number in range(13_000)]
IMPORT = """
import sys
from firmograph.app import open_app
from firmograph.config import load_settings
from firmograph.runs import repository
from firmograph.runs.importing import import_run
from firmograph.runs.plan import make_plan
app = open_app(load_settings(read_dotenv=False, data_dir=sys.argv[1], database_url=sys.argv[2]))
with app.database.read() as connection:
    run = repository.get_run(connection, sys.argv[3])
asked = []
def stop_here():
    asked.append(1)
    if len(asked) == 3:
        print("two chunks", flush=True)
        sys.stdin.read()
    return False
import_run(app.database, make_plan(run, app.providers(), **app.ages()), app.clock, stop_here)
"""


def bring_in(app: App, run: Run, is_stopping: Any = lambda: False) -> Run:
    import_run(app.database, make_plan(run, app.providers(), **app.ages()), app.clock, is_stopping)
    return load(app, run)


def stored(app: App, run: Run) -> list[dict[str, Any]]:
    query = select(records).where(records.c.run_id == run.id).order_by(records.c.position)
    with app.database.read() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def add_up(app: App, run: Run) -> bool:
    counted = recount(app, run)
    return counted == {name: run.counts[name] for name in counted}


def test_rows_are_the_same_on_both_databases(app: App) -> None:
    run = bring_in(app, submit(app, MESSY.encode(), waterfall=("open_facts",)))
    assert run.state is RunState.QUEUED
    found = stored(app, run)
    assert [row["cells"][1] for row in found][:4] == [
        "https://www.acme-one.com/about",
        "acme-two.com",
        "acme-three.com",
        "acme-one.com",
    ]
    assert found[1]["cells"] == ['Tab\tand "quotes"', "acme-two.com", "two\nlines"]
    assert found[2]["cells"] == ["Back\\slash", "acme-three.com", "\\N"]
    assert [row["rejection"] for row in found] == [None, None, None, None, "placeholder", "freemail", None]
    assert (found[3]["is_duplicate"], found[3]["note"]) == (True, "same company as row 1")
    assert found[6]["cells"][0] == "Nul\x00"
    assert run.extra_columns == 1
    targets = rows_of(app, run)
    assert list(targets) == ["acme-one.com", "acme-two.com", "acme-three.com", "acme-four.com"]
    assert targets["acme-three.com"]["asked_name"] == "Back\\slash"
    assert targets["acme-four.com"]["asked_name"] == "Nul"
    assert {(row["state"], row["history"] == [], row["attempts"]) for row in targets.values()} == {("open", True, 0)}
    assert add_up(app, run)
    with app.database.read() as connection:
        assert connection.execute(select(upload_chunks)).first() is None


def test_only_one_reads_a_list(app: App) -> None:
    run = submit(app, LONG, waterfall=("open_facts",))
    with alone(app.database, f"import {run.id}"):
        assert bring_in(app, run).state is RunState.IMPORTING
    with ThreadPoolExecutor(3) as workers:
        list(workers.map(lambda _number: bring_in(app, run), range(3)))
    run = load(app, run)
    assert (run.state, run.counts["records"], run.counts["targets"]) == (RunState.QUEUED, len(LONG), len(LONG))
    assert add_up(app, run)


def test_a_killed_reader_is_followed_by_another(app: App) -> None:
    run = submit(app, LONG, waterfall=("open_facts",))
    arguments = [str(app.settings.data_dir), str(app.settings.database_url), run.id]
    with subprocess.Popen(
        [sys.executable, "-c", IMPORT, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == b"two chunks\n"
        if not app.database.is_sqlite:
            assert bring_in(app, run).counts["records"] == 8000  # the other has it still
        reader.send_signal(signal.SIGKILL)
    wait_until(lambda: bring_in(app, run).state is RunState.QUEUED)
    run = load(app, run)
    assert run.counts["records"] == len(LONG)
    assert add_up(app, run)


def test_a_lost_connection_ends_the_reading_and_the_next_goes_on(app: App) -> None:
    if app.database.is_sqlite:
        return
    run = submit(app, LONG, waterfall=("open_facts",))
    asked: list[int] = []
    others = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    def lose_all() -> bool:
        asked.append(1)
        if len(asked) == 2:
            with app.database.write() as connection:
                connection.execute(others)
        return False

    with pytest.raises(DatabaseFailure):
        bring_in(app, run, lose_all)
    assert load(app, run).counts["records"] == 4000
    run = bring_in(app, run)
    assert (run.state, run.counts["records"]) == (RunState.QUEUED, len(LONG))
    assert add_up(app, run)


def test_a_cancelled_run_gets_no_more_rows(app: App) -> None:
    run = submit(app, LONG, waterfall=("open_facts",))
    asked: list[int] = []

    def cancel_it() -> bool:
        asked.append(1)
        if len(asked) == 2:
            with app.database.write() as connection:
                service.cancel(connection, load(app, run), now=app.clock.now())
        return False

    run = bring_in(app, run, cancel_it)
    assert (run.state, run.counts["records"], run.counts["skipped"]) == (RunState.CANCELLED, 4000, 4000)
    assert add_up(app, run)
