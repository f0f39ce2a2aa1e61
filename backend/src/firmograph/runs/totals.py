"""Sums over all runs: what each provider was asked and cost, and how runs and targets stand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, select

from firmograph.core.outcomes import Outcome, RunState
from firmograph.db.models import IS_LEASED, IS_OPEN, calls, runs, targets

_OUTCOMES = (Outcome.ENRICHED, Outcome.NO_MATCH, Outcome.FAILED, Outcome.SKIPPED)


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
    """Open and leased ones are counted along their small indexes; the done ones are what the runs' counters leave."""
    total = select(func.coalesce(func.sum(runs.c.targets), 0))
    counts = {
        "open": connection.execute(select(func.count()).select_from(targets).where(IS_OPEN)).scalar_one(),
        "leased": connection.execute(select(func.count()).select_from(targets).where(IS_LEASED)).scalar_one(),
    }
    return {**counts, "done": int(connection.execute(total).scalar_one()) - sum(counts.values())}


def targets_by_outcome(connection: Connection) -> dict[str, int]:
    """Ended targets, from the runs' counters."""
    sums = [func.coalesce(func.sum(runs.c[outcome.value]), 0).label(outcome.value) for outcome in _OUTCOMES]
    return {name: int(count) for name, count in connection.execute(select(*sums)).mappings().one().items()}


def calls_by_end(connection: Connection) -> list[dict[str, Any]]:
    """Per provider, host and verb: calls, how many of them ended in an error, companies asked, credits."""
    statement = select(
        calls.c.provider,
        calls.c.host,
        calls.c.verb,
        func.count().label("calls"),
        func.count(calls.c.error).label("failed"),
        func.sum(calls.c.entities).label("entities"),
        func.sum(calls.c.credits).label("credits"),
        func.sum(calls.c.credits_uncertain).label("credits_uncertain"),
    ).group_by(calls.c.provider, calls.c.host, calls.c.verb)
    return [dict(row) for row in connection.execute(statement).mappings()]
