"""The SQL of records: a page of them with their company's fields, by keyset, and all of them in order for a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, and_, case, func, literal, select

from firmograph.core.fields import BAND_FIELDS, Field, FieldValue, band_at
from firmograph.core.outcomes import Outcome
from firmograph.db.engine import Database
from firmograph.db.models import records, targets
from firmograph.exports.plan import ExportRow
from firmograph.runs import repository
from firmograph.runs.record_filter import RecordQuery
from firmograph.runs.record_pages import Pages

__all__ = ["RecordQuery", "export_rows", "field_values", "list_records", "page_of", "record_json"]

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


def list_records(connection: Connection, run_id: str, query: RecordQuery) -> tuple[list[dict[str, Any]], str | None]:
    """A page of records, and the cursor of the next. Raises `UserError` for a filter or sort we don't have."""
    return page_of(connection, run_id, Pages(connection, repository.get_run(connection, run_id), query))


def page_of(connection: Connection, run_id: str, pages: Pages) -> tuple[list[dict[str, Any]], str | None]:
    """The records of a page, whole, and the cursor of the next."""
    positions, following = pages.page()
    statement = (
        select(*_COLUMNS, *_FIELD_COLUMNS, _OUTCOME.label("shown_outcome"))
        .select_from(_JOINED)
        .where(records.c.run_id == run_id, records.c.position.in_(positions))
    )
    found = {row["position"]: row for row in connection.execute(statement).mappings()}
    return [record_json(found[position]) for position in positions], following


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
