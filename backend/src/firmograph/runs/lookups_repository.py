"""The SQL of questions and answers: open asks, calls, and stored lookups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, delete, insert, or_, select, update

from firmograph.db.ids import new_id
from firmograph.db.models import asks, calls, lookups
from firmograph.db.upsert import dialect_insert
from firmograph.providers.base import LookupOutcome
from firmograph.runs.batch import Lane
from firmograph.runs.plan import Freshness

# Why a call was booked as perhaps charged by somebody who had not made it.
NEVER_READ = "the process ended before the answer was read"
OVERDUE = "no answer was read while the lease lasted"

IS_UNFINISHED = calls.c.finished_at.is_(None)

_ASK_KEY = ("provider", "host", "verb", "request_key")


def find_fresh(
    connection: Connection, lane: Lane, request_keys: Iterable[str], freshness: Freshness
) -> dict[str, RowMapping]:
    """The newest fresh stored answer for each of those questions to the lane's provider at its host."""
    is_fresh = or_(
        and_(lookups.c.outcome == LookupOutcome.FOUND.value, lookups.c.fetched_at >= freshness.hits_since),
        and_(lookups.c.outcome != LookupOutcome.FOUND.value, lookups.c.fetched_at >= freshness.misses_since),
    )
    query = (
        select(lookups)
        .where(
            lookups.c.request_key.in_(list(request_keys)),
            lookups.c.verb == lane.verb,
            lookups.c.provider == lane.provider.spec.name,
            lookups.c.host == lane.provider.host,
            is_fresh,
        )
        .order_by(lookups.c.fetched_at)
    )
    return {row["request_key"]: row for row in connection.execute(query).mappings()}


def find_by_ids(connection: Connection, ids: Iterable[str]) -> dict[str, RowMapping]:
    query = select(lookups).where(lookups.c.id.in_(list(ids)))
    return {row["id"]: row for row in connection.execute(query).mappings()}


def latest_found(connection: Connection, domains: Iterable[str]) -> list[RowMapping]:
    """For each of those domains, the newest payload of each provider, host and family, oldest first."""
    query = (
        select(lookups)
        .where(
            lookups.c.domain.in_(list(domains)),
            lookups.c.outcome == LookupOutcome.FOUND.value,
            lookups.c.payload.is_not(None),
            lookups.c.confidence.is_not(None),
        )
        .order_by(lookups.c.fetched_at)
    )
    newest: dict[tuple[str, str, str, str], RowMapping] = {}
    for row in connection.execute(query).mappings():
        newest[row["domain"], row["provider"], row["host"], row["verb"]] = row
    return list(newest.values())


def insert_lookups(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(lookups), list(rows))


def open_asks(
    connection: Connection,
    lane: Lane,
    request_keys: Iterable[str],
    *,
    run_id: str,
    call_id: str,
    token: str,
    now: datetime,
    lease: timedelta,
) -> set[str]:
    """Open each question, or take over one whose lease is over; returns those that are ours to ask.

    The others are being asked by somebody else at this moment.
    """
    rows = [
        {
            "id": new_id(now),
            "provider": lane.provider.spec.name,
            "host": lane.provider.host,
            "verb": lane.verb,
            "request_key": key,
            "run_id": run_id,
            "call_id": call_id,
            "lease_token": token,
            "lease_until": now + lease,
            "opened_at": now,
        }
        for key in sorted(request_keys)  # in one order, so that two claims never wait for each other
    ]
    if not rows:
        return set()
    statement = dialect_insert(connection, asks)
    replaced = ("run_id", "call_id", "lease_token", "lease_until", "opened_at")
    statement = statement.on_conflict_do_update(
        index_elements=list(_ASK_KEY),
        set_={name: statement.excluded[name] for name in replaced},
        where=or_(asks.c.lease_until.is_(None), asks.c.lease_until <= now),
    )
    return set(connection.execute(statement.returning(asks.c.request_key), rows).scalars())


def close_asks(connection: Connection, token: str, request_keys: Iterable[str]) -> None:
    """The questions are answered, or given up: nobody waits for them any more."""
    connection.execute(delete(asks).where(asks.c.lease_token == token, asks.c.request_key.in_(list(request_keys))))


def release_asks(connection: Connection, token: str) -> None:
    """The questions are still open, for anybody."""
    connection.execute(update(asks).where(asks.c.lease_token == token).values(lease_token=None, lease_until=None))


def release_asks_where(connection: Connection, which: ColumnElement[bool]) -> None:
    """Nobody is asking these questions any more: they are open for anybody."""
    held = update(asks).where(asks.c.lease_token.is_not(None), which)
    connection.execute(held.values(lease_token=None, lease_until=None))


def insert_call(connection: Connection, values: Mapping[str, Any]) -> None:
    connection.execute(insert(calls).values(**values))


def finish_call(connection: Connection, call_id: str, **values: Any) -> None:
    connection.execute(update(calls).where(calls.c.id == call_id).values(**values))
