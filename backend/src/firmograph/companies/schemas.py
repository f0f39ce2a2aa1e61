"""Companies as the API speaks of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from firmograph.core.fields import FieldValue
from firmograph.core.outcomes import Outcome, RunState
from firmograph.runs.schemas import CountOut, PageWanted


class FacetsWanted(BaseModel):
    """Which companies; several values of one name mean any of them."""

    q: str | None = Field(None, description="Text in the domain or the name.")
    industry: list[str] = Field([], description="Exactly this, in any case; may be repeated.")
    employee_range: list[str] = Field([], examples=[["51-200"]], description="May be repeated or hold commas.")
    revenue_range: list[str] = Field([], examples=[["1M-5M"]], description="May be repeated or hold commas.")
    country_code: list[str] = Field([], examples=[["DE"]], description="May be repeated or hold commas.")


class CompaniesWanted(FacetsWanted, PageWanted):
    """Which companies, and in what order."""

    sort: str = Field(
        "domain",
        description="`domain`, `updated_at`, `name`, `industry`, `employee_range`, `revenue_range`, `country_code`, "
        "`city` or `founded_year`; `-` in front reverses.",
    )


class CompanyOut(BaseModel):
    """What is shown of a company: the best that is known across all runs."""

    domain: str
    match: str | None
    is_sandbox: bool = Field(description="Some value shown was made up by the sandbox.")
    sources: str | None
    created_at: datetime
    updated_at: datetime
    values: dict[str, FieldValue]


class CompanyPage(BaseModel):
    items: list[CompanyOut]
    next_cursor: str | None
    count: CountOut = Field(description="Companies that pass the filters, on all pages; counted up to 10,000.")


class FacetValue(BaseModel):
    value: str
    count: int


class FacetsOut(BaseModel):
    """Companies by value. Industries that differ only in case are one."""

    among: int | None = Field(description="Companies looked at; null for all there are, where nothing is filtered.")
    is_exact: bool = Field(description="All that pass were counted, not only the first of them.")
    industry: list[FacetValue]
    employee_range: list[FacetValue]
    revenue_range: list[FacetValue]
    country_code: list[FacetValue]


class ObservedValue(BaseModel):
    """One provider's value, with its provenance. `raw` is the provider's own text."""

    value: FieldValue | None
    raw: str
    provider: str
    source: str
    confidence: str
    observed_at: datetime
    lookup_id: str


class FieldEvidence(ObservedValue):
    """The value that is shown, those it won over, and whether one of them contradicts it."""

    is_conflict: bool
    losers: list[ObservedValue]


class ObservationOut(ObservedValue):
    """A provider's value for a field; `value` is null where its text could not be read."""

    field: str
    is_sandbox: bool


class OverrideOut(BaseModel):
    """A value that a person set."""

    value: FieldValue
    set_at: datetime


class LookupOut(BaseModel):
    """One answer of one provider, as it came."""

    id: str
    provider: str
    source: str
    host: str
    verb: str
    outcome: str
    provider_id: str | None
    confidence: str | None
    reasons: list[str]
    note: str | None
    credits: float
    duration_ms: int | None
    is_sandbox: bool
    run_id: str | None
    fetched_at: datetime
    payload: Any


class CompanyRun(BaseModel):
    """A run with this company among its targets."""

    id: str
    name: str
    state: RunState
    created_at: datetime
    position: int = Field(description="The first row that means the company.")
    outcome: Outcome
    reason: str | None
    match: str | None
    match_reasons: list[str]
    credits: float


class RefreshStep(BaseModel):
    provider: str
    is_sandbox: bool
    credits_at_most: float


class RefreshPrice(BaseModel):
    """What asking again may cost, before anything is spent."""

    is_possible: bool
    why_not: str | None
    credits_at_most: float
    steps: list[RefreshStep]


class CompanyStory(BaseModel):
    """All that is known of a company."""

    domain: str
    match: str | None
    is_sandbox: bool
    sources: str | None
    created_at: datetime | None
    updated_at: datetime | None
    values: dict[str, FieldValue]
    fields: dict[str, FieldEvidence]
    overrides: dict[str, OverrideOut]
    observations: list[ObservationOut]
    lookups: list[LookupOut]
    runs: list[CompanyRun]
    refresh: RefreshPrice


class LookupStory(LookupOut):
    """One answer, with the company it is about."""

    domain: str


class OverridesIn(BaseModel):
    """Values to set by field; null takes an override away."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"overrides": {"industry": "Machinery", "city": None}}]}
    )

    overrides: dict[str, Any] = Field(min_length=1)
