"""Who holds what of a run, and when nobody is there to go on with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, update

from firmograph.app import App
from firmograph.core.outcomes import RunState
from firmograph.db.models import calls, targets
from firmograph.jobs import presence
from firmograph.jobs.standing import standing
from firmograph.runs import repository
from firmograph.runs.run import Run
from tests.integration.driving import submit

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MOMENT = NOW - timedelta(seconds=3)


def running(app: App) -> Run:
    """A run with four targets that is under way."""
    run = submit(app, ["a,a-firm.com", "b,b-firm.com", "c,c-firm.com", "d,d-firm.com"])
    with app.database.write() as connection:
        repository.change(connection, run.id, state=RunState.RUNNING.value)
        rows = [
            {
                "run_id": run.id,
                "domain": f"{letter}-firm.com",
                "position": place,
                "state": "open",
                "verb": "match",
                "history": [],
            }
            for place, letter in enumerate("abcd")
        ]
        connection.execute(insert(targets), rows)
        return repository.get_run(connection, run.id)


def lease(connection: Connection, run: Run, owner: str, *domains: str) -> None:
    """Leased by that owner, and asked about in one call."""
    held = targets.c.run_id == run.id, targets.c.domain.in_(domains)
    connection.execute(update(targets).where(*held).values(state="leased", lease_owner=owner, lease_token="t"))
    call: dict[str, Any] = {"run_id": run.id, "provider": "explorium", "host": "h", "verb": "match", "owner": owner}
    row = {**call, "id": f"{owner}-call", "entities": len(domains), "started_at": MOMENT}
    connection.execute(insert(calls), [row])
    # One that was answered is nobody's any more.
    connection.execute(insert(calls), [{**row, "id": f"{owner}-done", "finished_at": NOW}])


def test_each_worker_with_what_it_holds(app: App) -> None:
    run = running(app)
    alive, dead = presence.introduce("host:1:aaaaaa", []), presence.introduce("host:2:bbbbbb", [])
    busy = presence.introduce("host:3:cccccc", [])
    with app.database.write() as connection:
        presence.say_alive(connection, alive, now=NOW)
        presence.say_alive(connection, dead, now=NOW - timedelta(minutes=2))
        doing = {"kind": "drain", "run_id": run.id, "since": "2026-11-24T12:00:00Z"}
        presence.say_alive(connection, busy, now=NOW, doing=doing)
        lease(connection, run, alive.worker_id, "a-firm.com", "b-firm.com")
        lease(connection, run, dead.worker_id, "c-firm.com")
        found = standing(connection, run, now=NOW, is_drained=None)
    assert found.stalled is None
    first, second, third = found.workers
    assert (first["id"], first["is_alive"], first["targets"]) == (alive.worker_id, True, 2)
    assert first["calls"] == [
        {"provider": "explorium", "verb": "match", "calls": 1, "entities": 2, "since": "2026-11-24T11:59:57Z"}
    ]
    assert (second["id"], second["is_alive"], second["targets"]) == (dead.worker_id, False, 1)
    assert (third["id"], third["targets"], third["doing"], third["calls"]) == (busy.worker_id, 0, doing, [])


def test_a_run_is_stalled_when_nobody_is_there(app: App) -> None:
    run = running(app)
    with app.database.write() as connection:
        alone = standing(connection, run, now=NOW, is_drained=None)
        lease(connection, run, "gone:1:aaaaaa", "a-firm.com")
        held = standing(connection, run, now=NOW, is_drained=None)
        embedded = standing(connection, run, now=NOW, is_drained=False)
        drained = standing(connection, run, now=NOW, is_drained=True)
        repository.change(connection, run.id, state=RunState.PAUSED.value)
        paused = standing(connection, repository.get_run(connection, run.id), now=NOW, is_drained=None)
    assert alone.stalled is not None
    assert "firmograph worker" in alone.stalled
    assert held.stalled is not None
    assert "gone:1:aaaaaa" in held.stalled
    assert not held.workers[0]["is_alive"]
    assert embedded.stalled is not None
    assert f"runs resume {run.id}" in embedded.stalled
    assert drained.stalled is None
    assert drained.workers[0]["is_alive"]  # the holder of the drainer's lock has no row
    assert paused.stalled is None
