"""The SQL of what becomes of targets: many of one fate in one statement."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection

from firmograph.core.fields import Field
from firmograph.core.outcomes import TargetState
from firmograph.db.models import targets
from firmograph.db.row_sets import update_rows
from firmograph.providers.base import MATCH
from firmograph.runs.batch import NO_LEASE

MatchedRow = tuple[str, str, str, float, bool]  # key, family, provider's id, credits, whether the match cost any

_NOTHING_TRIED = {"attempts": 0, "lost_answers": 0, "refusals": 0, "batch_cap": None, "not_before": None}
_ENDED = ("domain", "steps_done", "history", "credits", "state", "step", "outcome", "reason")
_FIELDS = tuple(field.value for field in Field)
# What an answer shows, behind the columns of `_ENDED`.
_SHOWN = ("match_confidence", "match_reasons", "company_domain", "sources", "provenance", "conflicts", *_FIELDS)


def write_matched(
    connection: Connection,
    run_id: str,
    rows: Sequence[MatchedRow],
    *,
    version: int,
    kept: Collection[str],
) -> None:
    """Matched targets: open for their enrich; those that are `kept` stay leased, because it follows at once."""
    names = ("domain", "verb", "provider_id", "credits")
    shared = {"state": TargetState.OPEN.value, "is_checked": False, **NO_LEASE, **_NOTHING_TRIED, "version": version}
    _update(connection, run_id, names, [row[:4] for row in rows if row[0] not in kept], shared)
    # A free match leaves nothing to remember but its answer, which is stored: whoever comes after us finds it there.
    priced = [row[:4] for row in rows if row[0] in kept and row[4]]
    _update(connection, run_id, names, priced, {**_NOTHING_TRIED, "version": version})


def write_again(connection: Connection, run_id: str, rows: Sequence[tuple[Any, ...]], *, version: int) -> None:
    """Targets to be asked again: key, verb, provider's id, not before, attempts, lost answers, refusals, cap."""
    names = ("domain", "verb", "provider_id", "not_before", "attempts", "lost_answers", "refusals", "batch_cap")
    _update(connection, run_id, names, rows, {"state": TargetState.OPEN.value, **NO_LEASE, "version": version})


def write_ended(connection: Connection, run_id: str, rows: Sequence[tuple[Any, ...]], *, version: int) -> None:
    """Targets whose step ended, all with what an answer shows, or all without: columns of `_ENDED` (and `_SHOWN`)."""
    if not rows:
        return
    names = (*_ENDED, *_SHOWN)[: len(rows[0])]
    shared = {"provider_id": None, "verb": MATCH, "is_checked": False, **NO_LEASE, **_NOTHING_TRIED}
    # A column in which nobody has a value needs no array.
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    empty = [name for name in _FIELDS if name in columns and columns[name].count(None) == len(rows)]
    for name in empty:
        del columns[name]
    full = list(zip(*columns.values(), strict=True))
    _update(connection, run_id, tuple(columns), full, {**shared, **dict.fromkeys(empty), "version": version})


def _update(
    connection: Connection, run_id: str, names: tuple[str, ...], rows: Sequence[tuple[Any, ...]], shared: dict[str, Any]
) -> None:
    update_rows(connection, targets, names, rows, shared, key=("domain",), where={"run_id": run_id})
