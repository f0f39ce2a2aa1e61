"""Prepared exports as the API speaks of them."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from firmograph.prepared_exports.prepared_export import ExportState
from firmograph.runs.schemas import ExportFormat


class ExportIn(BaseModel):
    """How a run's file is wanted."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"format": "xlsx", "provenance": True}]})

    format: ExportFormat | None = Field(None, description="The list's own format by default.")
    provenance: bool = Field(default=False, description="Also who gave each value, and when.")
    neutralise: bool = Field(default=False, description="Make the list's own cells formula-safe too.")


class ExportOut(BaseModel):
    """A run's file, made in the background."""

    id: str
    run_id: str
    format: ExportFormat
    provenance: bool
    neutralise: bool
    state: ExportState
    detail: str | None = Field(description="Why it failed, or what ended the last attempt.")
    file_name: str
    rows: int = Field(description="How many it will have.")
    rows_done: int
    size: int = Field(description="Bytes so far.")
    sha256: str | None = Field(description="Of the whole file, once it is ready.")
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None = Field(description="When it is deleted; null before it is finished.")


class ExportPage(BaseModel):
    items: list[ExportOut]
    next_cursor: str | None
