"""Recovery: what stays of workers that died is freed, and what they may have spent is booked.

A call whose answer nobody read is booked as perhaps charged. Should its answer come all the same, `answers` corrects
the call and the run's credits.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, false, or_, select, true, update

from firmograph.db import run_gate
from firmograph.db.models import IS_LEASED, asks, calls, targets
from firmograph.runs import claims, lookups_repository, repository
from firmograph.runs.lookups_repository import IS_UNFINISHED, NEVER_READ, OVERDUE


def take_over(connection: Connection, *, now: datetime, run_id: str | None = None) -> int:
    """Free every lease and ask, and book every unfinished call as perhaps charged. Returns how many targets were held.

    Only for whoever alone may work on this database, or on the one run that is given.
    """
    held = claims.release_leases(connection, true() if run_id is None else targets.c.run_id == run_id)
    lookups_repository.release_asks_where(connection, true() if run_id is None else asks.c.run_id == run_id)
    _book(connection, true() if run_id is None else calls.c.run_id == run_id, error=NEVER_READ, now=now)
    return held


def take_over_from(connection: Connection, owners: Collection[str], *, now: datetime) -> int:
    """Free what these owners held, their leases, asks and calls, beside others who are at work.

    For owners that are dead. Returns how many targets they held.
    """
    names = list(owners)
    if not names:
        return 0
    return _free(
        connection,
        leased=targets.c.lease_owner.in_(names),
        asked=false(),
        called=calls.c.owner.in_(names),
        error=NEVER_READ,
        now=now,
    )


def expire(connection: Connection, *, now: datetime) -> int:
    """Free leases and asks that have run out, and book calls that nobody can still be waiting for, whoever made them.

    Returns how many targets were freed. Whoever held them finds its lease gone; its late answer is stored all the same.
    """
    return _free(
        connection,
        leased=targets.c.lease_until < now,
        asked=asks.c.lease_until < now,
        called=calls.c.started_at < now - claims.LEASE,
        error=OVERDUE,
        now=now,
    )


def _free(
    connection: Connection,
    *,
    leased: ColumnElement[bool],
    asked: ColumnElement[bool],
    called: ColumnElement[bool],
    error: str,
    now: datetime,
) -> int:
    concerned = set(connection.execute(select(targets.c.run_id).where(IS_LEASED, leased).distinct()).scalars())
    concerned |= set(connection.execute(select(calls.c.run_id).where(IS_UNFINISHED, called).distinct()).scalars())
    run_gate.hold(connection, concerned)
    # Of these runs only: another one's answers may be under way at this moment.
    here = targets.c.run_id.in_(sorted(concerned))
    held = claims.release_leases(connection, and_(here, leased)) if concerned else 0
    unread = select(calls.c.id).where(IS_UNFINISHED, called, calls.c.run_id.in_(sorted(concerned)))
    lookups_repository.release_asks_where(connection, or_(asked, asks.c.call_id.in_(unread)))
    _book(connection, and_(calls.c.run_id.in_(sorted(concerned)), called), error=error, now=now)
    return held


def _book(connection: Connection, which: ColumnElement[bool], *, error: str, now: datetime) -> None:
    """Book unfinished calls as perhaps charged, on the call and on its run."""
    found = connection.execute(select(calls).where(IS_UNFINISHED, which).order_by(calls.c.id).with_for_update())
    by_run: dict[str, list[RowMapping]] = {}
    for call in found.mappings():
        by_run.setdefault(call["run_id"], []).append(call)
    for run_id in sorted(by_run):  # runs last, and in one order
        promised = sum(call["credits_reserved"] for call in by_run[run_id])
        connection.execute(
            update(calls)
            .where(calls.c.id.in_([call["id"] for call in by_run[run_id]]))
            .values(error=error, credits_uncertain=calls.c.credits_reserved, finished_at=now)
        )
        _add_if_there(connection, run_id, credits_reserved=-promised, credits_uncertain=promised)


def _add_if_there(connection: Connection, run_id: str, **amounts: Any) -> None:
    if repository.find_run(connection, run_id) is not None:
        repository.add(connection, run_id, **amounts)
