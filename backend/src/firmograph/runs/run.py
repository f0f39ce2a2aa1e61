"""A run as the code sees it, and as everybody outside sees it: in JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from firmograph.clock import moment_text
from firmograph.core.fields import Field
from firmograph.core.outcomes import TERMINAL_STATES, RunState

COUNTED = ("records", "accepted", "rejected", "duplicates", "targets", "enriched", "no_match", "failed", "skipped")


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One row of `runs`."""

    id: str
    name: str
    state: RunState
    reason: str | None
    detail: str | None
    waterfall: tuple[str, ...]
    fields: tuple[Field, ...]
    budget: float | None
    max_age_days: float | None
    accept_low: bool
    allow_name_only: bool
    source: dict[str, Any]
    output: dict[str, Any] | None
    upload_id: str | None
    switched_off: dict[str, str]
    asked_since: datetime
    misses_since: datetime | None
    counts: dict[str, int]
    extra_columns: int
    credits_spent: float
    credits_reserved: float
    credits_uncertain: float
    version: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_terminal(self) -> bool:
        return self.state in TERMINAL_STATES

    @property
    def budget_left(self) -> float | None:
        """Credits that may still be promised; `None` without a budget. What may have been charged counts as spent."""
        if self.budget is None:
            return None
        return self.budget - self.credits_spent - self.credits_reserved - self.credits_uncertain

    @property
    def columns(self) -> list[str]:
        """The list's own columns, surplus ones aside; none until the list's form is known."""
        return list(self.source.get("detection", {}).get("columns", ()))

    def to_json(self) -> dict[str, Any]:
        """The shape of surface.md, with what helps a person beside it."""
        return {
            "id": self.id,
            "name": self.name,
            "state": self.state.value,
            "reason": self.reason,
            "detail": self.detail,
            "created_at": moment_text(self.created_at),
            "started_at": self.started_at and moment_text(self.started_at),
            "finished_at": self.finished_at and moment_text(self.finished_at),
            "waterfall": list(self.waterfall),
            "fields": [field.value for field in self.fields],
            "budget": self.budget,
            "credits_spent": self.credits_spent,
            "credits_uncertain": self.credits_uncertain,
            "counts": self.counts,
            "file_name": self.source.get("file_name"),
            "version": self.version,
        }


def run_from_row(row: Row[Any]) -> Run:
    """A `Run` of a whole row of the table."""
    facts = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
    counts = {name: facts.pop(name) for name in COUNTED}
    ended = counts["enriched"] + counts["no_match"] + counts["failed"] + counts["skipped"]
    counts["pending"] = counts["targets"] - ended
    facts.pop("idempotency_key")
    facts["state"] = RunState(facts["state"])
    facts["waterfall"] = tuple(facts["waterfall"])
    facts["fields"] = tuple(Field(name) for name in facts["fields"])
    return Run(counts=counts, **facts)
