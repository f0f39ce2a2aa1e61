"""Who holds what of a run: the targets each worker has leased, and its calls that are still out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from firmograph.clock import moment_text
from firmograph.db.models import IS_LEASED, calls, targets


@dataclass(slots=True)
class Held:
    """What one owner holds of a run: a number of leased targets, and its open calls by provider and verb."""

    owner: str
    targets: int = 0
    calls: list[dict[str, Any]] = field(default_factory=list)  # provider, verb, calls, entities, since


def who_holds(connection: Connection, run_id: str) -> list[Held]:
    """Per owner, by name. Costs as much as is under way, not as the run is long."""
    held: dict[str, Held] = {}
    leases = (
        select(targets.c.lease_owner, func.count().label("targets"))
        .where(targets.c.run_id == run_id, IS_LEASED)
        .group_by(targets.c.lease_owner)
    )
    for row in connection.execute(leases).mappings():
        owner = row["lease_owner"] or "unknown"
        held.setdefault(owner, Held(owner)).targets += row["targets"]
    out = (
        select(
            calls.c.owner,
            calls.c.provider,
            calls.c.verb,
            func.count().label("calls"),
            func.sum(calls.c.entities).label("entities"),
            func.min(calls.c.started_at).label("since"),
        )
        .where(calls.c.run_id == run_id, calls.c.finished_at.is_(None))
        .group_by(calls.c.owner, calls.c.provider, calls.c.verb)
        .order_by(calls.c.owner, calls.c.provider, calls.c.verb)
    )
    for row in connection.execute(out).mappings():
        owner = row["owner"] or "unknown"
        held.setdefault(owner, Held(owner)).calls.append(_call(row))
    return sorted(held.values(), key=lambda one: one.owner)


def _call(row: Any) -> dict[str, Any]:
    since: datetime = row["since"]
    return {
        "provider": row["provider"],
        "verb": row["verb"],
        "calls": row["calls"],
        "entities": int(row["entities"]),
        "since": moment_text(since),
    }
