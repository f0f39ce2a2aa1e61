"""The tables of questions and answers: open asks, calls (one row per HTTP batch), and lookups (one answer each)."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, Index, Integer, String, Table, Text, UniqueConstraint, text

from firmograph.db.models.base import metadata
from firmograph.db.types import UtcDateTime

asks = Table(
    "asks",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("provider", String(64), nullable=False),
    Column("host", Text, nullable=False),
    Column("verb", String(32), nullable=False),
    Column("request_key", Text, nullable=False),
    Column("run_id", String(36), nullable=False),
    Column("call_id", String(36)),
    Column("lease_token", String(32)),
    Column("lease_until", UtcDateTime),
    Column("opened_at", UtcDateTime, nullable=False),
    UniqueConstraint("provider", "host", "verb", "request_key"),
)

calls = Table(
    "calls",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("run_id", String(36), nullable=False),
    Column("provider", String(64), nullable=False),
    Column("host", Text, nullable=False),
    Column("verb", String(32), nullable=False),
    Column("entities", Integer, nullable=False),
    Column("answered", Integer, nullable=False, server_default="0"),
    Column("status", Integer),
    Column("error", Text),
    Column("correlation_id", Text),
    Column("credits_reserved", Float, nullable=False, server_default="0"),
    Column("credits", Float, nullable=False, server_default="0"),  # as billed
    Column("credits_remainder", Float, nullable=False, server_default="0"),  # billed, but for no row with data
    Column("credits_uncertain", Float, nullable=False, server_default="0"),
    Column("owner", Text),  # the worker that made it
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
)
Index("ix_calls_run_id", calls.c.run_id, calls.c.started_at)
Index(
    "ix_calls_open",
    calls.c.run_id,
    sqlite_where=text("finished_at IS NULL"),
    postgresql_where=text("finished_at IS NULL"),
)

lookups = Table(
    "lookups",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("provider", String(64), nullable=False),
    Column("host", Text, nullable=False),
    Column("verb", String(32), nullable=False),
    Column("domain", Text, nullable=False),
    Column("request_key", Text, nullable=False),  # fingerprint of what was sent: the provider's id for an enrich
    Column("outcome", String(16), nullable=False),
    Column("provider_id", Text),
    Column("confidence", String(8)),
    Column("reasons", JSON),
    Column("note", Text),
    Column("payload", JSON),
    Column("credits", Float, nullable=False, server_default="0"),
    Column("duration_ms", Integer),
    Column("is_sandbox", Boolean, nullable=False, server_default=text("false")),
    Column("call_id", String(36)),
    Column("run_id", String(36)),
    Column("fetched_at", UtcDateTime, nullable=False),
)
Index(
    "ix_lookups_question",
    lookups.c.request_key,
    lookups.c.verb,
    lookups.c.provider,
    lookups.c.host,
    lookups.c.fetched_at,
)
Index("ix_lookups_domain", lookups.c.domain, lookups.c.fetched_at)
# What was paid for and not trusted, per run: few rows of a large table.
Index(
    "ix_lookups_low",
    lookups.c.run_id,
    sqlite_where=text("confidence = 'low'"),
    postgresql_where=text("confidence = 'low'"),
)
