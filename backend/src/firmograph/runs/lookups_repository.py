"""The SQL of questions and answers: open asks, calls, and stored lookups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, RowMapping, and_, or_, select, update

from firmograph.db.ids import new_ids
from firmograph.db.models import asks, calls, lookups
from firmograph.db.row_sets import among, claim_rows, delete_rows, insert_new_rows, insert_rows, update_rows
from firmograph.providers.base import LookupOutcome
from firmograph.runs.batch import Batch, Lane
from firmograph.runs.plan import Freshness

# Why a call was booked as perhaps charged by somebody who had not made it.
NEVER_READ = "the process ended before the answer was read"
OVERDUE = "no answer was read while the lease lasted"

IS_UNFINISHED = calls.c.finished_at.is_(None)

_ASKED_IN = ("request_key", "call_id")
_ASK_KEY = ("provider", "host", "verb", "request_key")
_JSON = ("reasons", "payload")
_LOOKUP_COLUMNS = tuple(column.name for column in lookups.c)


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
            among(connection, lookups.c.request_key, request_keys),
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
        .where(among(connection, lookups.c.domain, domains), _IS_TRUSTED_HIT)
        .order_by(lookups.c.fetched_at)
    )
    newest: dict[tuple[str, str, str, str], RowMapping] = {}
    for row in connection.execute(query).mappings():
        newest[row["domain"], row["provider"], row["host"], row["verb"]] = row
    return list(newest.values())


_IS_TRUSTED_HIT = and_(
    lookups.c.outcome == LookupOutcome.FOUND.value,
    lookups.c.payload.is_not(None),
    lookups.c.confidence.is_not(None),
)


def spoken_of(connection: Connection, domains: Iterable[str]) -> set[str]:
    """Those of the domains that a stored payload speaks of."""
    query = select(lookups.c.domain).where(among(connection, lookups.c.domain, domains), _IS_TRUSTED_HIT)
    return set(connection.execute(query).scalars())


def insert_lookups(connection: Connection, rows: Sequence[Mapping[str, Any]], *, only_new: bool = False) -> None:
    """Store lookups; reasons and payloads are serialised here, once. With `only_new`, those that are there stay."""
    values = [_lookup_row(row) for row in rows]
    if only_new:
        insert_new_rows(connection, lookups, _LOOKUP_COLUMNS, values, key="id")
    else:
        insert_rows(connection, lookups, _LOOKUP_COLUMNS, values)


def _lookup_row(row: Mapping[str, Any]) -> tuple[Any, ...]:
    texts = {name: None if row[name] is None else orjson.dumps(row[name]).decode() for name in _JSON}
    return tuple([texts[name] if name in texts else row[name] for name in _LOOKUP_COLUMNS])


def open_asks(
    connection: Connection,
    lane: Lane,
    questions: Mapping[str, Batch],
    *,
    run_id: str,
    now: datetime,
    lease: timedelta,
) -> set[str]:
    """Open each question for its batch, or take over one whose lease is over; returns those that are ours to ask.

    The others are being asked by somebody else at this moment.
    """
    if not questions:
        return set()
    ids = new_ids(now, len(questions))
    # In one order, so that two claims never wait for each other.
    ordered = sorted(questions)
    rows = [(i, key, questions[key].call_id, questions[key].token) for i, key in zip(ids, ordered, strict=True)]
    shared = {
        "provider": lane.provider.spec.name,
        "host": lane.provider.host,
        "verb": lane.verb,
        "run_id": run_id,
        "lease_until": now + lease,
        "opened_at": now,
    }
    return claim_rows(
        connection,
        asks,
        ("id", "request_key", "call_id", "lease_token"),
        rows,
        shared,
        key=_ASK_KEY,
        replaced=("run_id", "call_id", "lease_token", "lease_until", "opened_at"),
        free_at=("lease_until", now),
        returning="request_key",
    )


def close_asks(connection: Connection, lane: Lane, questions: Mapping[str, str]) -> None:
    """These questions of these calls are answered, or given up: nobody waits for them any more."""
    delete_rows(connection, asks, _ASKED_IN, sorted(questions.items()), where=_asked_of(lane))


def release_asks(connection: Connection, lane: Lane, questions: Mapping[str, str]) -> None:
    """These questions of these calls are still open, for anybody."""
    free = {"lease_token": None, "lease_until": None}
    update_rows(connection, asks, _ASKED_IN, sorted(questions.items()), free, key=_ASKED_IN, where=_asked_of(lane))


def _asked_of(lane: Lane) -> dict[str, str]:
    return {"provider": lane.provider.spec.name, "host": lane.provider.host, "verb": lane.verb}


def release_asks_where(connection: Connection, which: ColumnElement[bool]) -> None:
    """Nobody is asking these questions any more: they are open for anybody."""
    held = update(asks).where(asks.c.lease_token.is_not(None), which)
    connection.execute(held.values(lease_token=None, lease_until=None))


def insert_calls(connection: Connection, batches: Iterable[Batch], *, owner: str, now: datetime) -> None:
    """Note calls before they are made: whoever dies in one leaves its price behind."""
    rows = [
        (
            batch.call_id,
            batch.run_id,
            batch.lane.provider.spec.name,
            batch.lane.provider.host,
            batch.lane.verb,
            batch.entities,
            batch.reserved,
        )
        for batch in batches
    ]
    names = ("id", "run_id", "provider", "host", "verb", "entities", "credits_reserved")
    insert_rows(connection, calls, names, rows, {"owner": owner, "started_at": now})


def lock_calls(connection: Connection, call_ids: Iterable[str]) -> dict[str, RowMapping]:
    """These calls, locked in the order of their ids: nobody else books or corrects them meanwhile."""
    query = (
        select(calls.c.id, calls.c.finished_at, calls.c.status, calls.c.error, calls.c.credits_uncertain)
        .where(among(connection, calls.c.id, call_ids))
        .order_by(calls.c.id)
        .with_for_update()
    )
    return {row["id"]: row for row in connection.execute(query).mappings()}


_FINISHED = ("status", "error", "correlation_id", "answered", "credits", "credits_remainder", "credits_uncertain")


def finish_calls(connection: Connection, finished: Mapping[str, Mapping[str, Any]], *, now: datetime) -> None:
    """Write what calls came to, by their ids; what is not said of one is as at its start."""
    nothing = {"status": None, "error": None, "correlation_id": None}
    rows = [
        (call_id, *((nothing | dict.fromkeys(_FINISHED[3:], 0) | dict(values))[name] for name in _FINISHED))
        for call_id, values in finished.items()
    ]
    update_rows(connection, calls, ("id", *_FINISHED), rows, {"finished_at": now}, key=("id",), where={})
