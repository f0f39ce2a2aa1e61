"""A run's numbers as the API speaks of them: the preview before it, the report of it."""

from __future__ import annotations

from datetime import datetime
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
    fresh: int = Field(description="Targets with a stored hit of some provider, whose credit is saved.")
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


class CountedOut(BaseModel):
    """When this was counted: a large run under way is counted every now and then, any other at each version."""

    version: int = Field(description="The run's version it was counted at; all numbers are exact for that.")
    made_at: datetime
    is_current: bool = Field(description="The run has not changed since.")


class ReportOut(CountedOut):
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


class ValueCount(BaseModel):
    value: str
    count: int


class ValuesOut(BaseModel):
    """Companies by value: those shown, the rest, and those without a value; together `of`."""

    values: list[ValueCount]
    rest: int
    unknown: int
    of: int


class BucketOut(BaseModel):
    """What went out in a stretch of time, by when it was asked."""

    at: datetime = Field(description="Its beginning.")
    credits: float
    credits_uncertain: float
    asked: int
    answered: int
    calls: int


class OverTimeOut(BaseModel):
    """At most 120 stretches of equal length; those in which nothing went out are left out."""

    bucket_seconds: int
    buckets: list[BucketOut]


class ProviderShare(BaseModel):
    """What a provider of the waterfall added and cost in this run."""

    provider: str
    is_sandbox: bool
    companies: int = Field(description="Companies that show a value of it.")
    alone: int = Field(description="Of them, those that show values of no other provider.")
    of: int
    calls: int
    failed_calls: int
    asked: int
    answered: int
    credits: float
    credits_uncertain: float


class ChartsOut(CountedOut):
    """The pictures of a run. Industries that differ only in case are one, in their commonest spelling."""

    run: RunOut
    match_rate: MatchRateOut
    outcomes: list[OutcomeShare]
    rejections: list[RejectionShare]
    fields: list[FieldShare]
    sources: list[SourceShare]
    confidence: list[ValueShare]
    conflicts: ShareOut
    credits: ReportCredits
    employee_range: ValuesOut = Field(description="All bands in their order.")
    revenue_range: ValuesOut = Field(description="All bands in their order.")
    industry: ValuesOut = Field(description="The 20 commonest, and the rest.")
    country_code: ValuesOut = Field(description="All countries, the commonest first.")
    credits_over_time: OverTimeOut
    providers: list[ProviderShare]
