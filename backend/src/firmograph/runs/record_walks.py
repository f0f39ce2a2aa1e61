"""The statements that find records: all of the few that pass, or the next ones along an index, and past the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, func, select, true, tuple_, union_all
from sqlalchemy.sql.util import ClauseAdapter

from firmograph.db.models import records, targets
from firmograph.runs.record_filter import Condition, Part
from firmograph.runs.record_order import Segment

Key = tuple[Any, ...]  # ends with the position

_RECORDS = select(records.c.run_id, records.c.position, records.c.domain, records.c.rejection, records.c.cells)

_JOIN = and_(targets.c.run_id == records.c.run_id, targets.c.domain == records.c.domain)


def count_passing(run_id: str, part: Part, most: int) -> list[Select[Any]]:
    """Statements whose numbers say whether more than `most` records pass; a target counts once."""
    sides = []
    if part.accepted is not None:
        sides.append(_targets(run_id, part.accepted, most, targets.c.position))
    if part.rejected is not None:
        sides.append(_rejected(run_id, part.rejected, most, records.c.position))
    return [select(func.count()).select_from(side.subquery()) for side in sides]


def all_passing(run_id: str, part: Part, most: int) -> Select[Any]:
    """The positions of all that pass, in no order; more than `most` of them are not all."""
    sides = _sides(run_id, Segment("position", part), most)
    return select(_together(sides).c.key_0)


def few(run_id: str, segment: Segment, after: Key | None, most: int) -> Select[Any]:
    """The keys of all in the segment, found by its filter and then sorted: right where they are at most `most`."""
    key = list(_together(_sides(run_id, segment, most)).c)
    return _ordered(select(*key), key, segment, after)


def known(run_id: str, segment: Segment, positions: Sequence[int], after: Key | None) -> Select[Any]:
    """The keys of those of these records that are in the segment."""
    statement = among(run_id, positions, segment.part.joined(), segment.key)
    columns = list(statement.subquery().c)
    return _ordered(select(*columns), columns, segment, after)


def among(
    run_id: str, positions: Sequence[int], condition: Condition, key: Sequence[Any] = (records.c.position,)
) -> Select[Any]:
    """The keys of those of these records that a condition on them and their targets lets pass."""
    rows = _RECORDS.where(records.c.run_id == run_id, records.c.position.in_(positions))
    # The limit, which cuts nothing, makes the records come first and their targets be looked up.
    found = rows.limit(len(positions)).subquery()
    of_rows = ClauseAdapter(found)
    statement = select(*(of_rows.traverse(column) for column in _numbered(key)))
    return statement.select_from(found.outerjoin(targets, of_rows.traverse(_JOIN))).where(of_rows.traverse(condition))


def scan(run_id: str, part: Part, is_like: Condition) -> Select[Any]:
    """The positions of records with a text, in no order: looks at every row."""
    # A position is always above 0: it says that rows are read as they lie, and along no other index.
    statement = select(records.c.position).where(records.c.run_id == run_id, records.c.position > 0, is_like)
    if part.is_everything:
        return statement
    return statement.select_from(records.outerjoin(targets, _JOIN)).where(part.joined())


def along_records(
    run_id: str, segment: Segment, after: Key | None, most: int | None, is_like: Condition | None
) -> Select[Any]:
    """Keys along an index of the records; without `is_free` those of the next `most` rows that pass."""
    batch = _RECORDS.where(records.c.run_id == run_id)
    if segment.part.accepted is None:
        batch = batch.where(records.c.domain.is_(None))
    elif segment.kind == "domain":
        batch = batch.where(records.c.domain.is_not(None))
    batch = _ordered(batch, segment.key, segment, after)
    if segment.is_free and is_like is None:
        return batch.with_only_columns(*segment.key)
    rows = batch.limit(most).subquery()
    of_rows = ClauseAdapter(rows)
    key = [rows.c[column.name] for column in segment.key]
    passes = and_(segment.part.joined(), true() if is_like is None else is_like)
    statement = select(*key).select_from(rows.outerjoin(targets, of_rows.traverse(_JOIN)))
    return _ordered(statement.where(of_rows.traverse(passes)), key, segment, None)


def along_field(
    run_id: str, segment: Segment, after: Key | None, most: int | None, is_like: Condition | None
) -> Select[Any]:
    """Keys along a field's index: the records of the next `most` targets that pass."""
    columns = (targets.c[segment.kind], targets.c.position)
    batch = select(targets.c.run_id, targets.c.domain, columns[0].label("value"), columns[1]).where(
        targets.c.run_id == run_id, *(segment.part.accepted or ())
    )
    if after is not None:  # the place's own target may have more records
        here, there = tuple_(*columns), tuple_(*after[:2])
        batch = batch.where(here <= there if segment.is_descending else here >= there)
    rows = batch.order_by(*_directed(columns, segment)).limit(most).subquery()
    key = [rows.c.value, rows.c.position, records.c.position]
    statement = select(*key).select_from(rows.join(records, _is_record_of(rows)))
    if is_like is not None:
        statement = statement.join(targets, _JOIN).where(is_like)
    return _ordered(statement, key, segment, after)


def _sides(run_id: str, segment: Segment, most: int) -> list[Select[Any]]:
    """The segment's keys, for accepted and for rejected records apart, so that each finds its own index."""
    sides, part = [], segment.part
    if part.accepted is not None:
        value = targets.c.domain if segment.is_along_records else targets.c[segment.kind]
        # Targets first: the limit keeps the order's index out of the search, and the planner from walking the run.
        columns = (targets.c.run_id, targets.c.domain, targets.c.position, value.label("value"))
        rows = _targets(run_id, part.accepted, most, *columns).subquery()
        key = segment.key if segment.is_along_records else (rows.c.value, rows.c.position, records.c.position)
        sides.append(select(*_numbered(key)).select_from(rows.join(records, _is_record_of(rows))))
    if part.rejected is not None:
        sides.append(_rejected(run_id, part.rejected, most, *_numbered(segment.key)))
    return sides


def _targets(run_id: str, conditions: Sequence[Condition], most: int, *columns: Any) -> Select[Any]:
    return select(*columns).where(targets.c.run_id == run_id, *conditions).limit(most + 1)


def _rejected(run_id: str, conditions: Sequence[Condition], most: int, *columns: Any) -> Select[Any]:
    is_rejected = records.c.domain.is_(None)
    return select(*columns).where(records.c.run_id == run_id, is_rejected, *conditions).limit(most + 1)


def _together(sides: Sequence[Select[Any]]) -> Any:
    return union_all(*(select(side.subquery()) for side in sides)).subquery()


def _numbered(key: Sequence[Any]) -> list[Any]:
    return [column.label(f"key_{number}") for number, column in enumerate(key)]


def _is_record_of(rows: Any) -> Condition:
    return and_(records.c.run_id == rows.c.run_id, records.c.domain == rows.c.domain)


def _ordered(statement: Select[Any], key: Sequence[Any], segment: Segment, after: Key | None) -> Select[Any]:
    """The statement in the segment's order, from behind a place on."""
    if after is not None:
        here, there = (key[0], after[0]) if len(key) == 1 else (tuple_(*key), tuple_(*after))
        statement = statement.where(here < there if segment.is_descending else here > there)
    return statement.order_by(*_directed(key, segment))


def _directed(key: Sequence[Any], segment: Segment) -> list[Any]:
    return [part.desc() if segment.is_descending else part for part in key]
