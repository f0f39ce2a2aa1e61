"""A prepared export: a run's file, made in the background and kept for a while so that it can be downloaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from firmograph.clock import moment_text


class ExportState(StrEnum):
    """Where a prepared export stands."""

    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    DISCARDED = "discarded"  # shown to nobody; its bytes are removed piece by piece


@dataclass(frozen=True, kw_only=True, slots=True)
class PreparedExport:
    """One row of `exports`, but for its lease. `rows` counts records, `size` bytes."""

    id: str
    run_id: str
    options: Mapping[str, Any]  # format, provenance, neutralise
    state: ExportState
    detail: str | None
    attempts: int
    file_name: str
    rows: int
    rows_done: int
    size: int
    sha256: str | None
    created_at: datetime
    finished_at: datetime | None

    def to_json(self, *, keep: timedelta) -> dict[str, Any]:
        """As the API shows it; it expires when it has been finished for as long as `keep` says."""
        return {
            "id": self.id,
            "run_id": self.run_id,
            **self.options,
            "state": self.state.value,
            "detail": self.detail,
            "file_name": self.file_name,
            "rows": self.rows,
            "rows_done": self.rows_done,
            "size": self.size,
            "sha256": self.sha256,
            "created_at": moment_text(self.created_at),
            "finished_at": self.finished_at and moment_text(self.finished_at),
            "expires_at": self.finished_at and moment_text(self.finished_at + keep),
        }
