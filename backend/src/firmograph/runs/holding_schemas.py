"""A run with those who work on it, as the API speaks of them."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from firmograph.runs.schemas import RunOut


class OpenCallsOut(BaseModel):
    """Calls of one provider and verb that are still out."""

    provider: str
    verb: str
    calls: int
    entities: int = Field(description="Companies in them.")
    since: datetime = Field(description="When the oldest of them went out.")


class DoingOut(BaseModel):
    """What a worker is at."""

    kind: str
    run_id: str
    since: datetime


class HolderOut(BaseModel):
    """What one worker holds of a run."""

    id: str
    is_alive: bool
    seen_at: datetime | None = Field(description="Its last sign of life; null for the worker inside a server.")
    doing: DoingOut | None
    trouble: str | None = Field(description="What keeps it from asking.")
    targets: int = Field(description="Companies it has leased.")
    calls: list[OpenCallsOut]


class RunShownOut(RunOut):
    """A run, its list's own columns, and who works on it."""

    columns: list[str] = Field(description="Their headers, in order; none until the list's form is known.")
    extra_columns: int = Field(description="Surplus cells of the widest row.")
    workers: list[HolderOut]
    stalled: str | None = Field(description="Why nothing goes on and what to do; null while it does.")
