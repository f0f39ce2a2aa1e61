"""The table of targets: one distinct company to enrich within a run, its lease, and the run's own resolved values."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    literal_column,
    text,
)

from firmograph.db.models.base import field_columns, metadata
from firmograph.db.types import UtcDateTime

targets = Table(
    "targets",
    metadata,
    Column("run_id", String(36), ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("domain", Text, primary_key=True),
    Column("position", Integer, nullable=False),  # of the first record that means it
    Column("asked_domain", Text),
    Column("asked_name", Text),
    Column("asked_linkedin_url", Text),
    Column("state", String(8), nullable=False),
    Column("outcome", String(16)),
    Column("reason", String(32)),
    Column("step", Integer, nullable=False, server_default="0"),
    Column("verb", String(32), nullable=False),
    Column("steps_done", Integer, nullable=False, server_default="0"),  # bit mask of the plan's steps
    Column("is_checked", Boolean, nullable=False, server_default=text("false")),  # nothing stored answers this
    Column("provider_id", Text),  # the current step's id for the company, once matched
    Column("batch_cap", Integer),  # a refused batch is halved until the bad question is found
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("lost_answers", Integer, nullable=False, server_default="0"),
    Column("refusals", Integer, nullable=False, server_default="0"),
    Column("not_before", UtcDateTime),
    Column("lease_owner", Text),
    Column("lease_token", String(32)),
    Column("lease_until", UtcDateTime),
    Column("credits", Float, nullable=False, server_default="0"),
    Column("match_confidence", String(8)),
    Column("match_reasons", JSON),
    Column("company_domain", Text),  # what it turned out to be, where the row had no web domain
    Column("sources", Text),
    Column("history", JSON, nullable=False),  # what each step came to: provider, outcome, reason, confidence, lookup
    Column("provenance", JSON),  # field -> source and time of the shown value
    Column("conflicts", Integer, nullable=False, server_default="0"),
    Column("version", Integer, nullable=False, server_default="0"),
    *field_columns(),
)
# The state stands first although it is constant there: SQLite chooses by the number of equal columns.
Index(
    "ix_targets_open",
    targets.c.state,
    targets.c.run_id,
    targets.c.step,
    targets.c.verb,
    targets.c.is_checked,
    targets.c.position,
    sqlite_where=text("state = 'open'"),
    postgresql_where=text("state = 'open'"),
)
Index(
    "ix_targets_leased",
    targets.c.state,
    targets.c.run_id,
    targets.c.lease_token,
    sqlite_where=text("state = 'leased'"),
    postgresql_where=text("state = 'leased'"),
)
Index("ix_targets_run_id_outcome", targets.c.run_id, targets.c.outcome, targets.c.reason)
Index("ix_targets_run_id_version", targets.c.run_id, targets.c.version)
# What people sort and filter by most. An index per field would cost the drain more than it gives: the rest is scanned.
INDEXED_FIELDS = ("name", "industry", "employee_range", "revenue_range", "founded_year", "country_code")
for _field in INDEXED_FIELDS:
    Index(
        f"ix_targets_run_id_{_field}",
        targets.c.run_id,
        targets.c[_field],
        targets.c.position,
        sqlite_where=text(f"{_field} IS NOT NULL"),
        postgresql_where=text(f"{_field} IS NOT NULL"),
    )

# Written into the statement and not bound: SQLite uses a partial index only where it can read the constant.
IS_OPEN = targets.c.state == literal_column("'open'")
IS_LEASED = targets.c.state == literal_column("'leased'")
