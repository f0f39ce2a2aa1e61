"""Sums over all runs: what each provider was asked and cost, and how runs and targets stand.

What metrics read costs the same however long a run is: counters of runs, small partial indexes, recent calls.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, extract, func, select

from firmograph.core.outcomes import Outcome, RunState
from firmograph.db.ids import new_id
from firmograph.db.models import IS_LEASED, calls, runs, targets

_OUTCOMES = (Outcome.ENRICHED, Outcome.NO_MATCH, Outcome.FAILED, Outcome.SKIPPED)
DURATION_BUCKETS_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
# Longer than any call, its late answer and the booking of one that nobody read.
_SETTLES_AFTER = timedelta(minutes=15)
_SUMS = ("calls", "failed", "refused", "entities", "answered", "credits", "credits_uncertain", "finished", "seconds")
_BUCKETS = tuple(f"within_{place}" for place in range(len(DURATION_BUCKETS_S)))

Lane = tuple[str, str, str]  # provider, host, verb


def spent_by_host(connection: Connection, *, since: datetime) -> list[dict[str, Any]]:
    """Per provider and host: credits billed, those since a moment, and those perhaps charged for answers never read."""
    recent = case((calls.c.started_at >= since, calls.c.credits), else_=0.0)
    statement = (
        select(
            calls.c.provider,
            calls.c.host,
            func.sum(calls.c.credits).label("spent"),
            func.sum(recent).label("this_month"),
            func.sum(calls.c.credits_uncertain).label("perhaps_charged"),
        )
        .group_by(calls.c.provider, calls.c.host)
        .order_by(calls.c.provider, calls.c.host)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def runs_by_state(connection: Connection) -> dict[str, int]:
    """Every state, also those without a run."""
    rows = connection.execute(select(runs.c.state, func.count().label("count")).group_by(runs.c.state)).mappings()
    return dict.fromkeys((state.value for state in RunState), 0) | {row["state"]: row["count"] for row in rows}


def targets_by_state(connection: Connection) -> dict[str, int]:
    """From the runs' counters; leased ones are as many as are under way, and counted along their small index."""
    done = sum(targets_by_outcome(connection).values())
    total = connection.execute(select(func.coalesce(func.sum(runs.c.targets), 0))).scalar_one()
    leased = connection.execute(select(func.count()).select_from(targets).where(IS_LEASED)).scalar_one()
    return {"open": max(0, int(total) - done - leased), "leased": leased, "done": done}


def targets_by_outcome(connection: Connection) -> dict[str, int]:
    """Ended targets, from the runs' counters."""
    sums = [func.coalesce(func.sum(runs.c[outcome.value]), 0).label(outcome.value) for outcome in _OUTCOMES]
    return {name: int(count) for name, count in connection.execute(select(*sums)).mappings().one().items()}


def credits_reserved(connection: Connection) -> float:
    """Credits promised to calls that are out."""
    return float(connection.execute(select(func.coalesce(func.sum(runs.c.credits_reserved), 0.0))).scalar_one())


@dataclass(slots=True)
class CallTotals:
    """Sums over all calls by provider, host and verb, that read each call once it is settled, and not again.

    Ids grow with time. What is older than a quarter of an hour and than every open call is settled and remembered;
    only younger calls are summed up at the next look. The first look reads all there are.
    """

    settled: dict[Lane, dict[str, float]] = field(default_factory=dict)
    settled_to: str = ""

    def read(self, connection: Connection, *, now: datetime) -> dict[Lane, dict[str, float]]:
        """Per lane: calls, failed, refused (429), entities, answered, credits, credits_uncertain, finished, seconds
        in all, and `within_N`: how many of the finished took no longer than the Nth of `DURATION_BUCKETS_S`.
        """
        oldest_open = connection.execute(select(func.min(calls.c.id)).where(calls.c.finished_at.is_(None))).scalar()
        border = max(self.settled_to, min(new_id(now - _SETTLES_AFTER), oldest_open or "~"))
        settled = _sums(connection, calls.c.id >= self.settled_to, calls.c.id < border)
        self.settled = _added(self.settled, settled)
        self.settled_to = border
        return _added(self.settled, _sums(connection, calls.c.id >= border))


def _sums(connection: Connection, *which: ColumnElement[bool]) -> dict[Lane, dict[str, float]]:
    is_finished = calls.c.finished_at.is_not(None)
    seconds = _seconds(connection)
    columns = [
        func.count().label("calls"),
        func.count(calls.c.error).label("failed"),
        func.sum(case((calls.c.status == 429, 1), else_=0)).label("refused"),  # noqa: PLR2004 - too many requests
        func.sum(calls.c.entities).label("entities"),
        func.sum(calls.c.answered).label("answered"),
        func.sum(calls.c.credits).label("credits"),
        func.sum(calls.c.credits_uncertain).label("credits_uncertain"),
        func.count(calls.c.finished_at).label("finished"),
        func.coalesce(func.sum(case((is_finished, seconds), else_=0.0)), 0.0).label("seconds"),
    ]
    for name, most in zip(_BUCKETS, DURATION_BUCKETS_S, strict=True):
        columns.append(func.sum(case((is_finished & (seconds <= most), 1), else_=0)).label(name))
    lane = (calls.c.provider, calls.c.host, calls.c.verb)
    found = connection.execute(select(*lane, *columns).where(*which).group_by(*lane)).mappings()
    return {
        (row["provider"], row["host"], row["verb"]): {name: float(row[name] or 0) for name in (*_SUMS, *_BUCKETS)}
        for row in found
    }


def _seconds(connection: Connection) -> ColumnElement[float]:
    """How long a call took. A clock that was set back in between does not make it shorter than nothing."""
    if connection.dialect.name == "sqlite":
        days: ColumnElement[float] = func.julianday(calls.c.finished_at) - func.julianday(calls.c.started_at)
        return func.max(days * 86400.0, 0.0)
    return func.greatest(extract("epoch", calls.c.finished_at - calls.c.started_at), 0.0)


def _added(first: dict[Lane, dict[str, float]], second: dict[Lane, dict[str, float]]) -> dict[Lane, dict[str, float]]:
    total = {lane: dict(sums) for lane, sums in first.items()}
    for lane, sums in second.items():
        into = total.setdefault(lane, dict.fromkeys(sums, 0.0))
        for name, amount in sums.items():
            into[name] += amount
    return total
