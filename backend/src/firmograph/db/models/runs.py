"""The table of runs: one execution of a waterfall over a submitted list."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, Index, Integer, String, Table, Text, text

from firmograph.db.models.base import metadata
from firmograph.db.types import UtcDateTime


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default="0")


runs = Table(
    "runs",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(64)),
    Column("detail", Text),  # the reason as a sentence, with what to do
    Column("waterfall", JSON, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("budget", Float),
    Column("max_age_days", Float),
    Column("accept_low", Boolean, nullable=False, server_default=text("false")),
    Column("allow_name_only", Boolean, nullable=False, server_default=text("false")),
    Column("source", JSON, nullable=False),  # file name, sha256, detection (dialect, columns)
    Column("output", JSON),  # where the command line writes the list, so that a resumed run writes it too
    Column("upload_id", String(36)),
    Column("idempotency_key", String(255), unique=True),
    Column(
        "switched_off", JSON, nullable=False
    ),  # families this run's keys are not entitled to, with the answer's text
    Column(
        "asked_since", UtcDateTime, nullable=False
    ),  # answers from then on are fresh for this run, whatever their age
    Column("misses_since", UtcDateTime),  # after a retry: remembered misses from before don't count
    _count("records"),
    _count("accepted"),
    _count("rejected"),
    _count("duplicates"),
    _count("targets"),
    _count("enriched"),
    _count("no_match"),
    _count("failed"),
    _count("skipped"),
    _count("extra_columns"),  # surplus cells of the widest row
    Column("credits_spent", Float, nullable=False, server_default="0"),
    Column("credits_reserved", Float, nullable=False, server_default="0"),
    Column("credits_uncertain", Float, nullable=False, server_default="0"),  # possibly charged for answers never read
    _count("version"),  # grows with every change; events and `changed_after` go by it
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
)
Index("ix_runs_created_at", runs.c.created_at, runs.c.id)
Index("ix_runs_state", runs.c.state)
