"""The first rows of a list as a person checks them before a run, and what deserves a second look."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from firmograph.exports.plan import is_ours, surplus_of
from firmograph.intake.detect import Detection
from firmograph.intake.encoding import MIXED
from firmograph.intake.verdict import ReadRecord
from firmograph.providers.base import Provider

MOST_ROWS = 20
_MOST_NAMED = 5
_MANY = 0.5


@dataclass(slots=True)
class FirstRows:
    """The first rows with their verdicts, and how many of all rows are wider than the header."""

    columns: list[str]
    shown: list[dict[str, Any]] = field(default_factory=list)
    wide: int = 0
    _first: dict[str, int] = field(default_factory=dict)

    def see(self, row: ReadRecord) -> None:
        """The next row of the list."""
        self.wide += surplus_of(self.columns, row.cells) > 0
        if len(self.shown) == MOST_ROWS:
            return
        key = None if row.company is None else row.company.key
        first = None if key is None else self._first.setdefault(key, row.position)
        self.shown.append(
            {
                "position": row.position,
                "cells": row.cells,
                "input": row.input,
                "domain": key,
                "rejection": None if row.rejection is None else row.rejection.value,
                "note": row.note,
                "duplicate_of": None if first == row.position else first,
                "is_fresh": False,
            }
        )

    def mark_fresh(self, keys: Collection[str]) -> None:
        """These companies have a stored answer that needs no question."""
        for row in self.shown:
            row["is_fresh"] = row["is_fresh"] or row["domain"] in keys


def warnings_of(
    detection: Detection,
    rows: FirstRows,
    counts: Mapping[str, int],
    providers: Iterable[Provider],
    *,
    worst: float,
    budget: float | None,
) -> list[dict[str, str]]:
    """What a person may want to change before the start, as `{kind, message}`: none of it stops a run."""
    found = {
        "nothing_accepted": counts["accepted"] == 0 and "No row names a company: check which column is read.",
        "many_rejected": 0 < counts["accepted"] < counts["rejected"] * _MANY / (1 - _MANY)
        and f"{counts['rejected']:,} of {counts['records']:,} rows name no company: check which column is read.",
        "mixed_encoding": detection.dialect.encoding == MIXED
        and "Some lines are UTF-8 and some are Windows-1252: each is read by itself.",
        "unreadable_letters": any("\ufffd" in str(row["cells"]) for row in rows.shown)
        and "Some letters can't be read (\ufffd): try another encoding.",
        "repeated_columns": _named("These columns stand more than once", _repeated(detection.columns)),
        "replaced_columns": _named(
            "An earlier enrichment left these columns; they are replaced", filter(is_ours, detection.columns)
        ),
        "wide_rows": rows.wide > 0
        and f"{rows.wide:,} rows have more cells than the header: check the delimiter. Their cells are kept.",
        "sandbox": any(provider.is_sandbox for provider in providers)
        and "The sandbox is asked: its values are made up, and marked so.",
        "budget": budget is not None
        and worst > budget
        and f"At worst this costs {worst:,g} credits, more than the budget of {budget:,g}: the run would pause there.",
    }
    return [{"kind": kind, "message": message} for kind, message in found.items() if isinstance(message, str)]


def _repeated(columns: list[str]) -> Iterable[str]:
    return dict.fromkeys(name for name in columns if columns.count(name) > 1)


def _named(what: str, columns: Iterable[str]) -> str | None:
    names = list(columns)
    if not names:
        return None
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"{what}: {', '.join(repr(name) for name in names[:_MOST_NAMED])}{more}."
