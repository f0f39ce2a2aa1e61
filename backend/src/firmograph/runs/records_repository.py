"""The SQL of records: a page of them with their company's fields, by keyset, and all of them in order for a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, String, and_, case, cast, func, literal, or_, select

from firmograph.core.fields import BAND_FIELDS, Field, FieldValue, band_at
from firmograph.core.outcomes import Outcome, Reason, Rejection
from firmograph.db.engine import Database
from firmograph.db.models import records, targets
from firmograph.errors import UserError
from firmograph.exports.plan import ExportRow
from firmograph.runs.repository import decode_cursor, encode_cursor

_EXPORT_PAGE = 2000
_FIELD_NAMES = tuple((field, field.value) for field in Field)
_FIELD_COLUMNS = [targets.c[field.value] for field in Field]
_COLUMNS = [
    records.c.position,
    records.c.cells,
    records.c.input,
    records.c.domain,
    records.c.rejection,
    records.c.note,
    records.c.is_duplicate,
    targets.c.asked_domain,
    targets.c.company_domain,
    targets.c.outcome,
    targets.c.reason,
    targets.c.match_confidence,
    targets.c.match_reasons,
    targets.c.sources,
    targets.c.credits,
    targets.c.provenance,
    targets.c.version,
]
_JOINED = records.outerjoin(targets, and_(targets.c.run_id == records.c.run_id, targets.c.domain == records.c.domain))
_OUTCOME = case(
    (records.c.rejection.is_not(None), literal(Outcome.REJECTED.value)),
    else_=func.coalesce(targets.c.outcome, literal(Outcome.PENDING.value)),
)
_REASON = func.coalesce(records.c.rejection, targets.c.reason)
_SORTS: dict[str, Any] = {
    "position": records.c.position,
    "domain": records.c.domain,
    "outcome": _OUTCOME,
    "reason": _REASON,
    **{field.value: targets.c[field.value] for field in Field},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordQuery:
    """Which records of a run, and in what order. `sort` is a name, with `-` in front for the reverse."""

    outcome: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()
    text: str | None = None
    sort: str = "position"
    cursor: str | None = None
    limit: int = 100
    changed_after: int | None = None


def list_records(connection: Connection, run_id: str, query: RecordQuery) -> tuple[list[dict[str, Any]], str | None]:
    """A page of records, and the cursor of the next. Raises `UserError` for a filter or sort we don't have."""
    is_descending = query.sort.startswith("-")
    name = query.sort.removeprefix("-")
    if name not in _SORTS:
        raise UserError(f"Records can't be sorted by '{name}'. Known: {', '.join(_SORTS)}.")
    value = _SORTS[name]
    is_absent = case((value.is_(None), 1), else_=0)  # absent values come last, in either order
    place = (is_absent, value, records.c.position)
    statement = (
        select(*_COLUMNS, *_FIELD_COLUMNS, _OUTCOME.label("shown_outcome"), value.label("sort_value"))
        .select_from(_JOINED)
        .where(records.c.run_id == run_id, *_filters(query))
        .order_by(is_absent, value.desc() if is_descending else value, records.c.position)
        .limit(query.limit + 1)
    )
    if query.cursor is not None:
        sort, absent, last, position = decode_cursor(query.cursor, parts=4)
        if sort != query.sort:
            raise UserError("That cursor belongs to another order: start again without it.")
        statement = statement.where(_after(place, (absent, last, position), is_descending=is_descending))
    found = connection.execute(statement).mappings().all()
    following = None
    if len(found) > query.limit:
        last_row = found[query.limit - 1]
        sort_value = last_row["sort_value"]
        following = encode_cursor(query.sort, int(sort_value is None), sort_value, last_row["position"])
    return [record_json(row) for row in found[: query.limit]], following


def export_rows(database: Database, run_id: str) -> Iterator[ExportRow]:
    """Every record in order, as a file wants it: read a page at a time, so that no writer waits."""
    after = 0
    statement = (
        select(*_COLUMNS, *_FIELD_COLUMNS)
        .select_from(_JOINED)
        .where(records.c.run_id == run_id)
        .order_by(records.c.position)
        .limit(_EXPORT_PAGE)
    )
    while True:
        with database.read() as connection:
            page = connection.execute(statement.where(records.c.position > after)).mappings().all()
        for row in page:
            yield _export_row(row)
        if len(page) < _EXPORT_PAGE:
            return
        after = page[-1]["position"]


def record_json(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A record as the API shows it."""
    return {
        "position": row["position"],
        "cells": row["cells"],
        "input": row["input"],
        "domain": shown_domain(row),
        "outcome": row["shown_outcome"],
        "reason": row["rejection"] or row["reason"],
        "note": row["note"],
        "is_duplicate": row["is_duplicate"],
        "match": row["match_confidence"],
        "match_reasons": row["match_reasons"] or [],
        "sources": row["sources"],
        "credits": credits_of(row),
        "values": {field.value: value for field, value in field_values(row).items()},
        "provenance": row["provenance"] or {},
        "version": row["version"],
    }


def shown_domain(row: Mapping[Any, Any]) -> str | None:
    """The company's web domain: the one in the row, or, where it had none, the one that was found."""
    domain: str | None = row["asked_domain"] or row["company_domain"]
    return domain


def credits_of(row: Mapping[Any, Any]) -> float | None:
    """What the record cost: its target's credits on the first record that means it, so that a column adds up."""
    if row["rejection"] is not None:
        return None
    return 0.0 if row["is_duplicate"] else row["credits"] or 0.0


def field_values(row: Mapping[Any, Any]) -> dict[Field, FieldValue]:
    """The values a row's field columns hold, bands by name, absent ones missing."""
    return {
        field: band_at(field, value) if field in BAND_FIELDS else value
        for field, name in _FIELD_NAMES
        if (value := row[name]) is not None
    }


def _plain(amount: float | None) -> float | None:
    """Whole credits without a decimal point: `1`, not `1.0`."""
    return int(amount) if amount is not None and amount == int(amount) else amount


def _export_row(row: Mapping[Any, Any]) -> ExportRow:
    is_rejected = row["rejection"] is not None
    return ExportRow(
        cells=row["cells"],
        domain=shown_domain(row),
        outcome=Outcome.REJECTED.value if is_rejected else row["outcome"] or Outcome.PENDING.value,
        reason=row["rejection"] or row["reason"],
        match=row["match_confidence"],
        sources=row["sources"],
        credits=_plain(credits_of(row)),
        note=row["note"],
        values=field_values(row),
        provenance={Field(name): (entry[0], entry[1]) for name, entry in (row["provenance"] or {}).items()},
    )


def _filters(query: RecordQuery) -> list[Any]:
    conditions: list[Any] = []
    _refuse_unknown("outcome", query.outcome, [outcome.value for outcome in Outcome])
    _refuse_unknown("reason", query.reason, [*(r.value for r in Reason), *(r.value for r in Rejection)])
    if query.outcome:
        conditions.append(_OUTCOME.in_(query.outcome))
    if query.reason:
        conditions.append(_REASON.in_(query.reason))
    if query.text:
        pattern = f"%{query.text.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
        searched = (records.c.domain, records.c.input, targets.c.name, cast(records.c.cells, String))
        conditions.append(or_(*(column.ilike(pattern, escape="!") for column in searched)))
    if query.changed_after is not None:
        conditions.append(targets.c.version > query.changed_after)
    return conditions


def _refuse_unknown(kind: str, given: tuple[str, ...], known: list[str]) -> None:
    for name in given:
        if name not in known:
            raise UserError(f"There is no {kind} '{name}'. Known: {', '.join(known)}.")


def _after(place: tuple[Any, Any, Any], last: tuple[Any, Any, Any], *, is_descending: bool) -> Any:
    """The rows behind a place in the order: value, then position, with absent values at the end."""
    is_absent, value, position = place
    last_absent, last_value, last_position = last
    if last_absent:
        return and_(is_absent == 1, position > last_position)
    behind = value < last_value if is_descending else value > last_value
    return or_(is_absent == 1, behind, and_(value == last_value, position > last_position))
