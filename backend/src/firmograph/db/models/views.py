"""The tables behind the dashboard: views that people saved, and reports of runs that need not be counted again."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Integer, String, Table, Text

from firmograph.db.models.base import metadata
from firmograph.db.types import UtcDateTime

views = Table(
    "views",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", Text, nullable=False),
    Column("scope", String(16), nullable=False),  # run, companies or global
    Column("run_id", String(36), ForeignKey("runs.id", ondelete="CASCADE"), index=True),  # of one run alone
    Column("query", JSON, nullable=False),  # the page's own: filters, order, columns
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

reports = Table(
    "reports",
    metadata,
    Column("run_id", String(36), ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(16), primary_key=True),  # report or charts
    Column("version", Integer, nullable=False),  # of the run it was counted from
    Column("body", JSON, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)
