"""The tables of the embedded limiter: what went out in the last minute per key, restarts or not."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, String, Table

from firmograph.db.models.base import metadata

rate_entries = Table(
    "rate_entries",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("key_id", String(64), nullable=False),
    Column("weight", Integer, nullable=False),
    Column("expires_at", Float),  # unix seconds; NULL while the answer is still out
)
Index("ix_rate_entries_key_id", rate_entries.c.key_id)

rate_keys = Table(
    "rate_keys",
    metadata,
    Column("key_id", String(64), primary_key=True),
    Column("paused_until", Float, nullable=False, server_default="0"),  # unix seconds
    Column("learned_limit", Integer),  # a lower limit than the configured one, read off the provider's headers
)
