"""Which of a run's records are wanted, as conditions: one set for accepted records, one for rejected ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, String, and_, cast, false, func, or_, select

from firmograph.core.fields import BAND_FIELDS, BANDS, INTEGER_FIELDS, LIST_FIELDS, Field, band_named, band_ordinal
from firmograph.core.match import Confidence
from firmograph.core.outcomes import FAILURES, MISSES, SKIPS, Outcome, Reason, Rejection
from firmograph.db.distinct import distinct_values
from firmograph.db.models import records, targets
from firmograph.errors import UserError

SCALAR_FIELDS = tuple(field for field in Field if field not in LIST_FIELDS)
NO_MATCH_CONFIDENCE = "none"
_MOST_SPELLINGS = 20_000
_OUTCOME_OF = {
    **dict.fromkeys(FAILURES, Outcome.FAILED),
    **dict.fromkeys(SKIPS, Outcome.SKIPPED),
    **dict.fromkeys(MISSES, Outcome.NO_MATCH),
}

Condition = ColumnElement[bool]


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordQuery:
    """Which records of a run, and in what order. `sort` is a name, with `-` in front for the reverse.

    Several values of one kind mean any of them. `fields` are exact values (industries in any case); `filled` and
    `empty` name fields that must have a value, or none. `match` are confidences, or `none`. `from_position` starts the
    page at that row, or the next that passes, where the order is by position.
    """

    outcome: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()
    match: tuple[str, ...] = ()
    fields: Mapping[Field, tuple[str, ...]] = field(default_factory=dict)
    filled: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    text: str | None = None
    changed_after: int | None = None
    sort: str = "position"
    cursor: str | None = None
    from_position: int | None = None
    limit: int = 100

    @property
    def wanted(self) -> tuple[Any, ...]:
        """What decides which records pass, as a key."""
        fields = tuple((name, values) for name, values in self.fields.items() if values)
        return (
            self.outcome,
            self.reason,
            self.match,
            fields,
            self.filled,
            self.empty,
            self.text,
            self.changed_after,
        )


@dataclass(frozen=True, slots=True)
class Part:
    """Conditions on accepted records (of their targets) and on rejected ones; `None` where none of them pass.

    Two empty parts let everything pass.
    """

    accepted: tuple[Condition, ...] | None = ()
    rejected: tuple[Condition, ...] | None = ()

    @property
    def is_everything(self) -> bool:
        return self.accepted == () and self.rejected == ()

    @property
    def is_nothing(self) -> bool:
        return self.accepted is None and self.rejected is None

    def and_accepted(self, *conditions: Condition) -> Part:
        """Only accepted records, narrowed."""
        return Part(None if self.accepted is None else (*self.accepted, *conditions), None)

    def and_rejected(self, *conditions: Condition) -> Part:
        """Only rejected records, narrowed."""
        return Part(None, None if self.rejected is None else (*self.rejected, *conditions))

    def joined(self) -> Condition:
        """As one condition on records beside their targets."""
        sides = []
        if self.accepted is not None:
            sides.append(and_(records.c.domain.is_not(None), *self.accepted))
        if self.rejected is not None:
            sides.append(and_(records.c.domain.is_(None), *self.rejected))
        return or_(false(), *sides)


def part_of(connection: Connection, run_id: str, query: RecordQuery) -> Part:
    """The conditions of a query but for its text. Raises `UserError` for a value that there is not."""
    _refuse_unknown("outcome", query.outcome, [outcome.value for outcome in Outcome])
    _refuse_unknown("reason", query.reason, [*(r.value for r in Reason), *(r.value for r in Rejection)])
    _refuse_unknown("match", query.match, [*(c.value for c in Confidence), NO_MATCH_CONFIDENCE])
    _refuse_unknown("field", (*query.filled, *query.empty), [name.value for name in Field])
    return Part(_accepted(connection, run_id, query), _rejected(query))


def _accepted(connection: Connection, run_id: str, query: RecordQuery) -> tuple[Condition, ...] | None:
    found: list[Condition] = []
    if query.outcome:
        outcomes = [name for name in query.outcome if name != Outcome.REJECTED]
        if not outcomes:
            return None
        found.append(outcome_in(outcomes))
    if query.reason:
        reasons = [Reason(name) for name in query.reason if name in set(Reason)]
        if not reasons:
            return None
        found.append(reason_in(reasons))
    if query.match:
        confident = [name for name in query.match if name != NO_MATCH_CONFIDENCE]
        is_none = targets.c.match_confidence.is_(None) if NO_MATCH_CONFIDENCE in query.match else false()
        found.append(or_(targets.c.match_confidence.in_(confident), is_none))
    for name, values in query.fields.items():
        if values:
            found.append(_has_value(connection, run_id, name, values))
    found.extend(targets.c[name].is_not(None) for name in query.filled)
    found.extend(targets.c[name].is_(None) for name in query.empty)
    if query.changed_after is not None:
        found.append(targets.c.version > query.changed_after)
    return tuple(found)


def _rejected(query: RecordQuery) -> tuple[Condition, ...] | None:
    """A rejected record has no values, no match, and never changes."""
    has_values = any(query.fields.values()) or query.filled
    if has_values or query.changed_after is not None or (query.match and NO_MATCH_CONFIDENCE not in query.match):
        return None
    if query.outcome and Outcome.REJECTED not in query.outcome:
        return None
    if not query.reason:
        return ()
    rejections = [name for name in query.reason if name in set(Rejection)]
    return (records.c.rejection.in_(rejections),) if rejections else None


def outcome_in(outcomes: Sequence[str]) -> Condition:
    """Accepted records whose target ended so; `pending` is the one without an end."""
    ended = [name for name in outcomes if name != Outcome.PENDING]
    is_pending = targets.c.outcome.is_(None)
    if not ended:
        return is_pending
    has_ended = targets.c.outcome.in_(ended)
    return or_(has_ended, is_pending) if Outcome.PENDING in outcomes else has_ended


def reason_in(reasons: Iterable[Reason]) -> Condition:
    """Accepted records with one of these reasons; the outcomes they imply let the index be used."""
    given = list(reasons)
    implied = sorted({_OUTCOME_OF[reason].value for reason in given})
    return and_(targets.c.outcome.in_(implied), targets.c.reason.in_([reason.value for reason in given]))


def _has_value(connection: Connection, run_id: str, name: Field, values: Sequence[str]) -> Condition:
    column = targets.c[name.value]
    if name is Field.INDUSTRY:
        return column.in_(spellings(connection, column, values, targets.c.run_id == run_id))
    return column.in_([stored_value(name, value) for value in values])


def spellings(connection: Connection, column: Any, values: Sequence[str], *conditions: Condition) -> list[str]:
    """The values as they are really written: two that differ only in case are the same to a person."""
    folded = {value.casefold() for value in values}
    written = distinct_values(connection, column, conditions, most=_MOST_SPELLINGS)
    return [value for value in written if value.casefold() in folded]


def stored_value(name: Field, value: str) -> str | int:
    """A value as its column holds it. Raises `UserError` for one that the field can't have."""
    if name is Field.COUNTRY_CODE:
        return value.upper()
    if name in INTEGER_FIELDS:
        if not value.isascii() or not value.isdecimal() or len(value) > len("9999"):
            raise UserError(f"{name.value}: '{value}' is no year.")
        return int(value)
    if name not in BAND_FIELDS:
        return value
    if band_named(name, value) is None:
        raise UserError(f"There is no {name} '{value}'. Known: {', '.join(band.name for band in BANDS[name])}.")
    return band_ordinal(name, value)


def has_values(query: RecordQuery) -> bool:
    """Whether records with values can pass: only what is enriched, or still under way, has any."""
    with_values = {Outcome.ENRICHED.value, Outcome.PENDING.value}
    return not query.reason and (not query.outcome or bool(with_values & set(query.outcome)))


def text_in_row(
    connection: Connection, text: str, run_id: str, *, beside_target: bool, most_named: int = 0
) -> Condition:
    """The text in the original cells, the domain or the company's name.

    `beside_target`: the statement joins the target anyway; else names are looked up along their index, once for the
    run, and at most `most_named` of them count.
    """
    is_like = contains(connection, text)
    in_cells = contains(connection, orjson.dumps(text).decode()[1:-1])  # cells are JSON: a quote is written \"
    found = [in_cells(cast(records.c.cells, String))]
    if not any(letter.isspace() for letter in text):
        found.append(is_like(records.c.domain))
    if beside_target:
        return or_(*found, is_like(targets.c.name))
    named = select(targets.c.position).where(
        targets.c.run_id == run_id, targets.c.name.is_not(None), is_like(targets.c.name)
    )
    first = records.alias()
    domains = select(first.c.domain).where(first.c.run_id == run_id, first.c.position.in_(named.limit(most_named)))
    return or_(*found, records.c.domain.in_(domains))


def contains(connection: Connection, text: str) -> Any:
    """Whether a column holds the text, in any case."""
    pattern = f"%{text.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
    # SQLite's LIKE ignores the case of ASCII letters by itself.
    if connection.dialect.name == "sqlite":
        return lambda column: column.like(pattern, escape="!")
    if text.isascii():  # PostgreSQL folds and compares bytes at several times the speed of letters
        return lambda column: func.lower(column.collate("C")).like(pattern.lower(), escape="!")
    return lambda column: column.ilike(pattern, escape="!")


def _refuse_unknown(kind: str, given: tuple[str, ...], known: list[str]) -> None:
    for name in given:
        if name not in known:
            raise UserError(f"There is no {kind} '{name}'. Known: {', '.join(known)}.")
