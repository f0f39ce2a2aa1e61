"""Totals over calls: each call is read once after it has settled, and late corrections are seen until then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, update

from firmograph.app import App
from firmograph.db.ids import new_id
from firmograph.db.models import calls
from firmograph.runs.totals import CallTotals, Lane

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LANE = ("explorium", "h", "match")


def call(ago_s: float, *, took_s: float | None = 0.2, **facts: Any) -> dict[str, Any]:
    """A call that began so many seconds ago."""
    started = NOW - timedelta(seconds=ago_s)
    row = {"id": new_id(started), "run_id": "r", "provider": "explorium", "host": "h", "verb": "match", "entities": 50}
    finished = None if took_s is None else started + timedelta(seconds=took_s)
    defaults = {"error": None, "status": 200, "credits": 0.0, "credits_uncertain": 0.0, "answered": 50}
    return {**row, **defaults, "started_at": started, "finished_at": finished, **facts}


def read(app: App, totals: CallTotals, *, later_s: float = 0) -> dict[Lane, dict[str, float]]:
    with app.database.read() as connection:
        return totals.read(connection, now=NOW + timedelta(seconds=later_s))


def test_calls_are_summed_by_lane_with_how_long_they_took(app: App) -> None:
    rows = [
        call(7200, took_s=0.02, credits=3.0),
        call(3600, took_s=4.0, error="refused", status=429),
        call(30, took_s=100.0, error="lost", status=None, credits_uncertain=2.0),
        call(1, took_s=None),
        call(20, provider="open_facts", took_s=0.3),
    ]
    with app.database.write() as connection:
        connection.execute(insert(calls), rows)
    found = read(app, CallTotals())
    sums = found[LANE]
    assert (sums["calls"], sums["finished"], sums["failed"], sums["refused"]) == (4, 3, 2, 1)
    assert (sums["entities"], sums["credits"], sums["credits_uncertain"]) == (200, 3, 2)
    assert sums["seconds"] == pytest.approx(104.02, abs=0.01)
    assert [sums[f"within_{place}"] for place in range(10)] == [1, 1, 1, 1, 1, 1, 2, 2, 2, 2]
    assert found["open_facts", "h", "match"]["calls"] == 1


def test_settled_calls_are_not_read_again(app: App) -> None:
    old, young = call(7200, credits=1.0), call(60, took_s=None)
    with app.database.write() as connection:
        connection.execute(insert(calls), [old, young])
    totals = CallTotals()
    assert read(app, totals)[LANE]["calls"] == 2
    with app.database.write() as connection:  # what is settled is out of sight; what is young, not
        connection.execute(update(calls).where(calls.c.id == old["id"]).values(credits=100.0))
        end = NOW + timedelta(seconds=1)
        connection.execute(update(calls).where(calls.c.id == young["id"]).values(finished_at=end, credits=5.0))
    assert read(app, totals)[LANE]["credits"] == 6
    assert totals.settled[LANE]["calls"] == 1
    assert read(app, totals, later_s=3600)[LANE] == read(app, totals, later_s=7200)[LANE]
    assert totals.settled[LANE]["calls"] == 2


def test_an_open_call_keeps_those_after_it_unsettled(app: App) -> None:
    hanging, after = call(7200, took_s=None), call(7000, credits=1.0)
    with app.database.write() as connection:
        connection.execute(insert(calls), [hanging, after])
    totals = CallTotals()
    assert read(app, totals)[LANE]["finished"] == 1
    with app.database.write() as connection:
        connection.execute(update(calls).where(calls.c.id == hanging["id"]).values(finished_at=NOW, credits=2.0))
    sums = read(app, totals)[LANE]
    assert (sums["calls"], sums["finished"], sums["credits"]) == (2, 2, 3)


def test_a_later_look_costs_what_is_young(app: App) -> None:
    """Whatever the run's length: no statement counts targets, and the calls it reads begin where the settled end."""
    with app.database.write() as connection:
        connection.execute(insert(calls), [call(100_000 - n) for n in range(200)])
    totals = CallTotals()
    read(app, totals)
    said: list[tuple[str, Any]] = []
    event.listen(app.database.engine, "before_cursor_execute", lambda *facts: said.append((facts[2], facts[3])))
    assert read(app, totals)[LANE]["calls"] == 200
    sums = [(text, values) for text, values in said if "entities" in text]
    assert len(sums) == 2
    assert all("calls.id >=" in text for text, _ in sums)
