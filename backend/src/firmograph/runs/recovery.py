"""Recovery: what a new holder of the work does first, so that nothing stays held by the dead."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, update

from firmograph.core.outcomes import TargetState
from firmograph.db.models import IS_LEASED, runs, targets
from firmograph.runs import claims, lookups_repository


def take_over(connection: Connection, *, now: datetime, run_id: str | None = None) -> int:
    """Free every lease and ask, and book every unfinished call as perhaps charged. Returns how many targets were held.

    Only for whoever alone may work on this database, or on the one run that is given.
    """
    held = claims.release_all_leases(connection, run_id)
    lookups_repository.release_all_asks(connection, run_id)
    for call in lookups_repository.find_open_calls(connection, run_id):
        promised = call["credits_reserved"]
        lookups_repository.finish_call(
            connection,
            call["id"],
            error="the process ended before the answer was read",
            credits_uncertain=promised,
            finished_at=now,
        )
        connection.execute(
            update(runs)
            .where(runs.c.id == call["run_id"])
            .values(
                credits_reserved=runs.c.credits_reserved - promised,
                credits_uncertain=runs.c.credits_uncertain + promised,
                version=runs.c.version + 1,
            )
        )
    return held


def free_expired(connection: Connection, *, now: datetime) -> int:
    """Free targets whose lease has run out: whoever held them will find its token gone. Returns how many."""
    statement = (
        update(targets)
        .where(IS_LEASED, targets.c.lease_until < now)
        .values(state=TargetState.OPEN.value, lease_owner=None, lease_token=None, lease_until=None)
    )
    return int(connection.execute(statement).rowcount)
