"""The table of processes that work on runs: each says every few seconds that it lives, and what it is doing."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Integer, String, Table, Text

from firmograph.db.models.base import metadata
from firmograph.db.types import UtcDateTime

workers = Table(
    "workers",
    metadata,
    Column("id", String(100), primary_key=True),  # also the owner of its leases and calls
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("version", String(32), nullable=False),
    Column("providers", JSON, nullable=False),  # the names of those it can ask
    Column("doing", JSON),  # {kind, run_id, since} of its present job
    Column("trouble", Text),  # what keeps it from asking, Redis out of reach say
    Column("started_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False, index=True),
)
