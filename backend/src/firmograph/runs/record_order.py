"""The orders of a run's records: each a chain of segments, each segment walked along an index from any place in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from firmograph.core.fields import LIST_FIELDS, Field
from firmograph.core.outcomes import Outcome, Reason, Rejection
from firmograph.db.models import records, targets
from firmograph.errors import UserError
from firmograph.runs.record_filter import Part, RecordQuery, has_values, outcome_in, reason_in

SORTS = ("position", "domain", "outcome", "reason", *(field.value for field in Field if field not in LIST_FIELDS))


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of an order: which records, and by which key they follow each other.

    `kind` is `position` (key: position), `domain` (domain, position) or a field's name (value, the target's position,
    position): duplicates stand behind the record they repeat. `is_free`: nothing is to be checked on the way.
    """

    kind: str
    part: Part
    is_descending: bool = False
    is_free: bool = False

    @property
    def is_along_records(self) -> bool:
        return self.kind in {"position", "domain"}

    @property
    def key(self) -> tuple[Any, ...]:
        """The key's columns."""
        if self.kind == "position":
            return (records.c.position,)
        if self.kind == "domain":
            return (records.c.domain, records.c.position)
        return (targets.c[self.kind], targets.c.position, records.c.position)

    def check_place(self, place: list[Any]) -> tuple[Any, ...]:
        """A key that a cursor brought. Raises `UserError` when it can't be one."""
        columns = self.key
        kinds = [column.type.python_type for column in columns]
        if len(place) != len(columns) or not all(
            isinstance(value, kind) and not isinstance(value, bool) for value, kind in zip(place, kinds, strict=True)
        ):
            raise UserError("That cursor belongs to another order: start again without it.")
        return tuple(place)


def segments(query: RecordQuery, part: Part) -> list[Segment]:
    """The query's order as its segments; absent values come last, in either direction. Raises `UserError`."""
    name, is_descending = query.sort.removeprefix("-"), query.sort.startswith("-")
    if name not in SORTS:
        raise UserError(f"Records can't be sorted by '{name}'. Known: {', '.join(SORTS)}.")
    if name == "position":
        return [Segment("position", part, is_descending, is_free=part.is_everything)]
    rejected = Segment("position", part.and_rejected(), is_free=part.rejected == ())
    is_free = part.accepted == ()
    if name == "domain":
        return [Segment("domain", part.and_accepted(), is_descending, is_free), rejected]
    if name == "outcome":
        outcomes = sorted((Outcome(name) for name in query.outcome or Outcome), reverse=is_descending)
        return [rejected if outcome is Outcome.REJECTED else _ended(part, outcome) for outcome in outcomes]
    if name == "reason":
        wanted = set(query.reason or [*Reason, *Rejection])
        reasons = sorted((each for each in (*Reason, *Rejection) if each in wanted), reverse=is_descending)
        without = Segment(
            "position", Part(None, None) if query.reason else part.and_accepted(targets.c.reason.is_(None))
        )
        return [*(_because(part, reason) for reason in reasons), without]
    column = targets.c[name]
    of_values = part.and_accepted(column.is_not(None)) if has_values(query) else Part(None, None)
    present = Segment(name, of_values, is_descending, is_free)
    absent = Part(part.and_accepted(column.is_(None)).accepted, part.rejected)
    return [present, Segment("position", absent)]


def _ended(part: Part, outcome: Outcome) -> Segment:
    return Segment("position", part.and_accepted(outcome_in([outcome.value])))


def _because(part: Part, reason: Reason | Rejection) -> Segment:
    if isinstance(reason, Rejection):
        return Segment("position", part.and_rejected(records.c.rejection == reason.value))
    return Segment("position", part.and_accepted(reason_in([reason])))
