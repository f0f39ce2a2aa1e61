"""Recovery: what a new holder of the work does first, so that nothing stays held by the dead."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from firmograph.runs import claims, lookups_repository, repository


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
        repository.add(connection, call["run_id"], credits_reserved=-promised, credits_uncertain=promised)
    return held
