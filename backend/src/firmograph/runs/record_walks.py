"""The statements that find a segment's next keys: by sorting the few that pass, or by walking past those that don't."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, Subquery, and_, func, select, tuple_, union_all

from firmograph.db.models import INDEXED_FIELDS, records, targets
from firmograph.runs.record_filter import Condition, Part
from firmograph.runs.record_order import Segment

Key = tuple[Any, ...]  # ends with the position

_JOIN = and_(targets.c.run_id == records.c.run_id, targets.c.domain == records.c.domain)


def counts(run_id: str, part: Part, most: int) -> list[Select[Any]]:
    """Statements whose numbers add up to how many records pass; each stops above `most`."""
    sides = _sides(select(records.c.position), run_id, part, most)
    return [select(func.count()).select_from(side.subquery()) for side in sides]


def few(run_id: str, segment: Segment, after: Key | None, most: int) -> Select[Any]:
    """The keys of all that pass, found by the filter and then sorted: right where they are at most `most`."""
    labelled = [column.label(f"key_{number}") for number, column in enumerate(segment.key)]
    # A limit within keeps the order's index out of the search.
    found = _found(_sides(select(*labelled), run_id, segment.part, most))
    key = list(found.c)
    return _ordered(select(*key), key, segment, after)


def known(run_id: str, segment: Segment, positions: Sequence[int], after: Key | None) -> Select[Any]:
    """The keys of those of these records that are in the segment."""
    statement = (
        select(*segment.key)
        .select_from(records.outerjoin(targets, _JOIN))
        .where(records.c.run_id == run_id, records.c.position.in_(positions), segment.part.joined())
    )
    return _ordered(statement, segment.key, segment, after)


def with_text(run_id: str, part: Part, is_like: Condition, most_passing: int | None) -> Select[Any]:
    """The positions of records with a text, in no order; `most_passing` where the filter lets so few pass."""
    statement = select(records.c.position).where(records.c.run_id == run_id, is_like)
    if part.is_everything:
        return statement
    statement = statement.select_from(records.outerjoin(targets, _JOIN))
    if most_passing is None:
        return statement.where(part.joined())
    passing = _found(_sides(select(records.c.position), run_id, part, most_passing))
    return statement.where(records.c.position.in_(select(passing.c.position)))


def along_records(run_id: str, segment: Segment, after: Key | None, most: int | None, is_like: Condition | None) -> Any:
    """Keys along an index of the records; without `is_free` those of the next `most` rows that pass."""
    batch = select(records.c.run_id, records.c.domain, records.c.position).where(records.c.run_id == run_id)
    if segment.part.accepted is None:
        batch = batch.where(records.c.domain.is_(None))
    elif segment.kind == "domain":
        batch = batch.where(records.c.domain.is_not(None))
    if segment.is_free and is_like is None:
        return _ordered(batch.with_only_columns(*segment.key), segment.key, segment, after)
    rows = _ordered(batch, segment.key, segment, after).limit(most).subquery()
    key = [rows.c[column.name] for column in segment.key]
    again = and_(records.c.run_id == rows.c.run_id, records.c.position == rows.c.position)
    statement = select(*key).select_from(rows.join(records, again).outerjoin(targets, _JOIN))
    statement = statement.where(segment.part.joined(), *([] if is_like is None else [is_like]))
    return _ordered(statement, key, segment, None)


def along_field(run_id: str, segment: Segment, after: Key | None, most: int | None, is_like: Condition | None) -> Any:
    """Keys along a field's index: the records of the next `most` targets that pass."""
    columns = (targets.c[segment.kind], targets.c.position)
    batch = select(targets.c.run_id, targets.c.domain, columns[0].label("value"), columns[1]).where(
        targets.c.run_id == run_id, *(segment.part.accepted or ())
    )
    if segment.kind in INDEXED_FIELDS:
        batch = batch.with_hint(targets, f"INDEXED BY ix_targets_run_id_{segment.kind}", "sqlite")
    if after is not None:  # the place's own target may have more records
        here, there = tuple_(*columns), tuple_(*after[:2])
        batch = batch.where(here <= there if segment.is_descending else here >= there)
    rows = batch.order_by(*_directed(columns, segment)).limit(most).subquery()
    key = [rows.c.value, rows.c.position, records.c.position]
    again = and_(records.c.run_id == rows.c.run_id, records.c.domain == rows.c.domain)
    statement = select(*key).select_from(rows.join(records, again))
    if is_like is not None:
        statement = statement.join(targets, _JOIN).where(is_like)
    return _ordered(statement, key, segment, after)


def _sides(statement: Select[Any], run_id: str, part: Part, most: int) -> list[Select[Any]]:
    """The statement for accepted and for rejected records apart, so that each finds its own index."""
    statement = statement.where(records.c.run_id == run_id).limit(most + 1)
    sides = []
    if part.accepted is not None:
        joined = statement.select_from(records.join(targets, _JOIN))
        sides.append(joined.where(targets.c.run_id == run_id, *part.accepted))
    if part.rejected is not None:
        sides.append(statement.select_from(records).where(records.c.domain.is_(None), *part.rejected))
    return sides


def _found(sides: Sequence[Select[Any]]) -> Subquery:
    if len(sides) == 1:
        return sides[0].subquery()
    return union_all(*(select(side.subquery()) for side in sides)).subquery()


def _ordered(statement: Select[Any], key: Sequence[Any], segment: Segment, after: Key | None) -> Select[Any]:
    """The statement in the segment's order, from behind a place on."""
    if after is not None:
        here, there = (key[0], after[0]) if len(key) == 1 else (tuple_(*key), tuple_(*after))
        statement = statement.where(here < there if segment.is_descending else here > there)
    return statement.order_by(*_directed(key, segment))


def _directed(key: Sequence[Any], segment: Segment) -> list[Any]:
    return [part.desc() if segment.is_descending else part for part in key]
