"""A run's targets and records counted in one pass: the sums that its report and its charts are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, case, func, literal, select

from firmograph.core.match import Confidence
from firmograph.core.outcomes import Outcome
from firmograph.db.models import records, targets
from firmograph.runs.run import Run

_JOINED = records.join(targets, and_(targets.c.run_id == records.c.run_id, targets.c.domain == records.c.domain))
_CONFLICTS = "with_conflict"
_GROUPED = (targets.c.outcome, targets.c.reason, targets.c.match_confidence, targets.c.sources)


@dataclass(frozen=True, slots=True)
class Group:
    """Targets that are alike in outcome, reason, confidence and sources: how many, and how many records mean them."""

    outcome: str
    reason: str | None
    confidence: str | None
    sources: str | None
    companies: int
    records: int


@dataclass(frozen=True, slots=True)
class Tally:
    """The groups of a run, its rejected records by rejection, and by field: companies and records with a value."""

    groups: tuple[Group, ...]
    rejections: dict[str, int]
    filled: Counter[str]
    covered: Counter[str]
    conflicts: int  # companies with a contradicted value

    def sum(self, count: Callable[[Group], int], where: Callable[[Group], bool] = lambda _: True) -> int:
        return sum(count(group) for group in self.groups if where(group))

    def by(self, key: Callable[[Group], Any], count: Callable[[Group], int]) -> Counter[Any]:
        """Counts by a key, groups whose key is `None` left out."""
        found: Counter[Any] = Counter()
        for group in self.groups:
            if key(group) is not None:
                found[key(group)] += count(group)
        return found


def is_matched(run: Run) -> Callable[[Group], bool]:
    """A target is matched when a provider's company is taken for it: at `low` only if the run accepts that."""
    trusted = {Confidence.HIGH.value, Confidence.MEDIUM.value} | ({Confidence.LOW.value} if run.accept_low else set())
    return lambda group: group.confidence in trusted


def tally_run(connection: Connection, run: Run) -> Tally:
    """Count the run. Takes a second or two for a million rows."""
    # A target counts for its first record; only duplicates have to be joined to theirs.
    # Positions are above 0 and versions not below it: so SQLite takes the indexes that follow the rows as they lie.
    is_duplicate = and_(records.c.run_id == run.id, records.c.position > 0, records.c.is_duplicate)
    in_run = and_(targets.c.run_id == run.id, targets.c.version >= 0)
    of_targets = select(*_GROUPED, func.count().label("counted")).where(in_run)
    of_duplicates = select(*_GROUPED, func.count().label("counted")).select_from(_JOINED).where(is_duplicate)
    again = {_key(row): row["counted"] for row in _grouped(connection, of_duplicates)}
    filled = _sums(connection, select(*_columns(run)).where(in_run))
    covered = _sums(connection, select(*_columns(run)).select_from(_JOINED).where(is_duplicate))
    conflicts = filled.pop(_CONFLICTS)
    covered.pop(_CONFLICTS)
    return Tally(
        tuple(_group(row, again.get(_key(row), 0)) for row in _grouped(connection, of_targets)),
        _rejections(connection, run),
        filled,
        covered + filled,
        conflicts,
    )


def _grouped(connection: Connection, statement: Select[Any]) -> Sequence[RowMapping]:
    return connection.execute(statement.group_by(*_GROUPED)).mappings().all()


def _columns(run: Run) -> list[Any]:
    counts = [func.count(targets.c[field.value]).label(field.value) for field in run.fields]
    return [func.sum(case((targets.c.conflicts > 0, literal(1)), else_=literal(0))).label(_CONFLICTS), *counts]


def _sums(connection: Connection, statement: Select[Any]) -> Counter[str]:
    row = connection.execute(statement).mappings().one()
    return Counter({name: int(count or 0) for name, count in row.items()})


def _rejections(connection: Connection, run: Run) -> dict[str, int]:
    query = (
        select(records.c.rejection, func.count().label("count"))
        .where(records.c.run_id == run.id, records.c.rejection.is_not(None))
        .group_by(records.c.rejection)
        .order_by(func.count().desc(), records.c.rejection)
    )
    return {row["rejection"]: row["count"] for row in connection.execute(query).mappings()}


def _key(row: Any) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in _GROUPED)


def _group(row: Any, duplicates: int) -> Group:
    return Group(
        outcome=row["outcome"] or Outcome.PENDING.value,
        reason=row["reason"],
        confidence=row["match_confidence"],
        sources=row["sources"],
        companies=row["counted"],
        records=row["counted"] + duplicates,
    )
