"""Runs, uploads, records and reports as the API speaks of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from firmograph.core.fields import FieldValue
from firmograph.core.outcomes import Outcome, RunState
from firmograph.intake.encoding import ENCODINGS
from firmograph.runs.fields_schemas import FieldsWanted, split_list
from firmograph.runs.record_filter import RecordQuery

Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
ExportFormat = Literal["csv", "tsv", "jsonl", "xlsx", "parquet"]
Cells = list[Any] | dict[str, Any]

ENCODING = f"The list's encoding, if the guess is wrong: one of {', '.join(ENCODINGS)}."
DELIMITER = "What is between two cells, if the guess is wrong: one character, `tab`, or `none` for one company a line."


class RunIn(BaseModel):
    """A run as wanted. Exactly one of `upload_id`, `domains` and a file in the form says what its list is."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"domains": ["siemens.com", "sap.com"], "budget": 10}]},
    )

    upload_id: str | None = None
    domains: list[str] | None = Field(None, min_length=1, description="A list of web domains or sites, in order.")
    column: str | None = Field(None, description="The company's column: its header, or `#3` for the third.")
    name_column: str | None = Field(None, description="The column of the company's name.")
    encoding: str | None = Field(None, description=ENCODING)
    delimiter: str | None = Field(None, min_length=1, description=DELIMITER)
    has_header: bool | None = Field(None, description="Whether the first row is a header, if the guess is wrong.")
    sheet: str | None = Field(None, description="A workbook's sheet by its name, if not the first with cells.")
    waterfall: list[str] | None = Field(None, description="Providers in the order they are asked.")
    fields: list[str] | None = Field(None, description="The wanted fields; by default all that some provider can say.")
    budget: Amount | None = Field(None, description="Credits the run may spend.")
    max_age_days: Amount | None = Field(None, description="How old a stored answer may be; 0 asks again.")
    accept_low: bool = Field(default=False, description="Take values of matches of low confidence.")
    allow_name_only: bool = Field(default=False, description="Also ask about rows that have only a name.")
    name: str | None = Field(None, min_length=1, max_length=500)


# What `RunIn` is as a form; it stands among the components because FastAPI reads both by hand.
RUN_FORM: dict[str, Any] = {
    "title": "RunForm",
    "description": "A run as wanted, with its list as a file. Lists are repeated fields or hold commas.",
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary"},
        **{
            name: part
            for name, part in RunIn.model_json_schema()["properties"].items()
            if name not in {"upload_id", "domains"}
        },
    },
}
RUN_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/RunIn"}},
            "multipart/form-data": {"schema": {"$ref": "#/components/schemas/RunForm"}},
        },
    }
}


class PageWanted(BaseModel):
    """Which page of a list."""

    cursor: str | None = Field(None, description="`next_cursor` of the page before.")
    limit: int = Field(100, ge=1, le=500)


class RunsWanted(PageWanted):
    """Which runs."""

    q: str | None = Field(None, description="Text in the name.")
    state: list[str] = Field([], description="One or more, repeated or with commas.")


class RecordsWanted(FieldsWanted, PageWanted):
    """Which of a run's rows, and in what order. Several values of one name mean any of them."""

    outcome: list[str] = Field([], description="One or more, repeated or with commas.")
    reason: list[str] = Field([], description="One or more, repeated or with commas; rejections are reasons too.")
    match: list[str] = Field([], description="`high`, `medium`, `low` or `none`, repeated or with commas.")
    filled: list[str] = Field([], description="Fields that must have a value, repeated or with commas.")
    empty: list[str] = Field([], description="Fields that must have no value, repeated or with commas.")
    q: str | None = Field(None, description="Text in the row, the domain or the company's name.")
    sort: str = Field("position", description="`position`, `domain`, `outcome`, `reason` or a field; `-` reverses.")
    from_position: int | None = Field(
        None, ge=0, le=2**31 - 1, description="With an order by position: begin at this row, or the next that passes."
    )
    changed_after: int | None = Field(None, description="Only rows that changed after this version of the run.")

    def query(self) -> RecordQuery:
        """As the repository takes it."""
        return RecordQuery(
            outcome=split_list(self.outcome),
            reason=split_list(self.reason),
            match=split_list(self.match),
            fields=self.values(),
            filled=split_list(self.filled),
            empty=split_list(self.empty),
            text=self.q or None,
            sort=self.sort,
            cursor=self.cursor,
            from_position=self.from_position,
            limit=self.limit,
            changed_after=self.changed_after,
        )


class ResumeIn(BaseModel):
    """How a run goes on."""

    model_config = ConfigDict(extra="forbid")

    budget: Amount | None = Field(None, description="A new budget; left out, the present one stays.")


class RetryIn(BaseModel):
    """Which ended companies are asked again; by default the failed ones."""

    model_config = ConfigDict(extra="forbid")

    outcomes: list[str] = Field(default=[], examples=[["failed", "no_match"]])
    reasons: list[str] = Field(default=[], examples=[["timeout"]])


class Counts(BaseModel):
    """Records by verdict, targets by outcome. Records = accepted + rejected; accepted = targets + duplicates."""

    records: int
    accepted: int
    rejected: int
    duplicates: int
    targets: int
    enriched: int
    no_match: int
    failed: int
    skipped: int
    pending: int


class RunOut(BaseModel):
    """A run."""

    id: str
    name: str
    state: RunState
    reason: str | None
    detail: str | None = Field(description="The reason as a sentence, with what to do.")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    waterfall: list[str]
    fields: list[str]
    budget: float | None
    credits_spent: float
    credits_uncertain: float = Field(description="Perhaps charged for answers that were never read.")
    counts: Counts
    file_name: str | None
    version: int = Field(description="Grows with every change.")


class RunPage(BaseModel):
    items: list[RunOut]
    next_cursor: str | None


class StartedOut(RunOut):
    """A run, with its id also under the name that the older call gave it."""

    run_id: str


class DialectOut(BaseModel):
    """How the list is written."""

    format: str
    encoding: str | None
    delimiter: str | None
    quote: str | None
    has_header: bool
    has_bom: bool
    has_hint: bool
    sheet: str | None
    is_encoding_given: bool = Field(False, description="A person said which encoding it is.")


class VerdictOut(BaseModel):
    """What one of the first rows means: the company's key, or why it is none."""

    position: int
    domain: str | None
    rejection: str | None
    note: str | None


class UnderstoodOut(BaseModel):
    """How a list is read. The columns' names can be given to a run as they are."""

    encoding: str | None
    dialect: DialectOut
    sheets: list[str] = Field(description="A workbook's, by name.")
    columns: list[str]
    column: str | None
    column_index: int | None
    name_column: str | None
    name_column_index: int | None
    linkedin_column: str | None
    linkedin_column_index: int | None
    guesses: dict[str, str] = Field(description="Why each column was taken.")


class UploadOut(UnderstoodOut):
    """An uploaded list and what was understood of it."""

    id: str
    file_name: str | None
    size: int = Field(description="Bytes.")
    sha256: str
    created_at: datetime
    first_rows: list[Cells]
    first_verdicts: list[VerdictOut]


class RecordOut(BaseModel):
    """A row as submitted, and what became of it."""

    position: int
    cells: Cells
    input: str | None
    domain: str | None
    outcome: Outcome
    reason: str | None
    note: str | None
    is_duplicate: bool
    match: str | None
    match_reasons: list[str]
    sources: str | None
    credits: float | None
    values: dict[str, FieldValue]
    provenance: dict[str, tuple[str, str]] = Field(description="Field: who gave the value, and when.")
    version: int | None = Field(description="The run's version when the row last changed; null for a rejected row.")


class CountOut(BaseModel):
    """How many pass; where it is not exact, more than that do."""

    value: int
    is_exact: bool


class RecordPage(BaseModel):
    items: list[RecordOut]
    next_cursor: str | None
    count: CountOut = Field(description="Rows that pass the filters, on all pages; counted up to 10,000.")
