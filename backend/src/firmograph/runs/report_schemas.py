"""A run's numbers as the API speaks of them: the preview before it, the report of it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from firmograph.core.outcomes import Outcome
from firmograph.runs.schemas import Cells, RunOut, UnderstoodOut


class PreviewCounts(BaseModel):
    records: int
    accepted: int
    rejected: int
    duplicates: int
    targets: int
    fresh: int = Field(description="Targets with a stored hit of some provider, whose credit is saved.")


class FreshOut(BaseModel):
    """Stored answers that need no question."""

    hits: int
    misses: int


class QuestionsOut(BaseModel):
    match: int
    enrich_at_most: int


class PriceOut(BaseModel):
    """Credits per billable answer."""

    match: float
    enrich: float


class CreditRange(BaseModel):
    best: float
    worst: float


class PreviewCredits(CreditRange):
    budget: float | None


class PreviewStep(BaseModel):
    """One step of the waterfall, as if it were asked about every company."""

    step: int
    provider: str
    is_sandbox: bool
    host: str
    fields: list[str]
    companies: int
    fresh: FreshOut
    questions: QuestionsOut
    calls_at_most: int
    price: PriceOut
    credits: CreditRange
    minutes_at_most: float | None


class PreviewRow(BaseModel):
    """One of the first rows, and its verdict."""

    position: int
    cells: Cells
    input: str | None
    domain: str | None = Field(description="The company's key.")
    rejection: str | None
    note: str | None
    duplicate_of: int | None = Field(description="The earlier row that means the same company.")
    is_fresh: bool = Field(description="A stored hit answers it.")


class PreviewWarning(BaseModel):
    """Something to look at before the start. `kind` is stable."""

    kind: str
    message: str


class PreviewOut(UnderstoodOut):
    """The dry run. Nothing was stored, asked or spent."""

    file_name: str | None
    detection: dict[str, Any]
    waterfall: list[str]
    counts: PreviewCounts
    rejections: dict[str, int]
    fields: list[str]
    steps: list[PreviewStep]
    credits: PreviewCredits
    rows: list[PreviewRow] = Field(description="The first 20 rows.")
    warnings: list[PreviewWarning]


class ShareOut(BaseModel):
    """A part of a whole; `share` is null when there was nothing to divide by."""

    count: int
    of: int
    share: float | None


class MatchRateOut(BaseModel):
    records: ShareOut
    companies: ShareOut


class OutcomeShare(BaseModel):
    outcome: Outcome
    reason: str | None
    companies: ShareOut
    records: ShareOut


class RejectionShare(BaseModel):
    reason: str
    records: ShareOut


class FieldShare(BaseModel):
    field: str
    fill_rate: ShareOut
    coverage: ShareOut


class SourceShare(BaseModel):
    sources: str
    companies: ShareOut


class ValueShare(BaseModel):
    value: str
    companies: ShareOut


class ProviderCalls(BaseModel):
    """What was asked of a provider: HTTP batches, companies in them, companies answered, credits."""

    provider: str
    host: str
    verb: str
    calls: int
    asked: int
    answered: int
    failed_calls: int
    credits: float
    credits_uncertain: float


class ReportCredits(BaseModel):
    spent: float
    paid_not_trusted: float
    perhaps_charged: float
    budget: float | None
    per_enriched_company: float | None


class ReportOut(BaseModel):
    """The report of a run: every number with what it was divided by."""

    run: RunOut
    match_rate: MatchRateOut
    outcomes: list[OutcomeShare]
    rejections: list[RejectionShare]
    fields: list[FieldShare]
    sources: list[SourceShare]
    confidence: list[ValueShare]
    conflicts: ShareOut
    providers: list[ProviderCalls]
    credits: ReportCredits
    switched_off: dict[str, str]
    replaced_columns: list[str]
