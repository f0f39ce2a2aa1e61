"""The tables of prepared exports: files made in the background, kept in pieces in the database for a while."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Integer, LargeBinary, String, Table, Text

from firmograph.db.models.base import metadata
from firmograph.db.types import UtcDateTime

exports = Table(
    "exports",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("run_id", String(36), ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("options", JSON, nullable=False),  # format, provenance, neutralise
    Column("state", String(10), nullable=False, index=True),  # queued, running, ready, failed, discarded
    Column("detail", Text),  # why it failed
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("file_name", Text, nullable=False),
    Column("rows", BigInteger, nullable=False, server_default="0"),  # as the run had when making began
    Column("rows_done", BigInteger, nullable=False, server_default="0"),
    Column("size", BigInteger, nullable=False, server_default="0"),
    Column("sha256", String(64)),
    Column("lease_owner", Text),
    Column("lease_token", String(32)),
    Column("lease_until", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
)

export_chunks = Table(
    "export_chunks",
    metadata,
    Column("export_id", String(36), ForeignKey("exports.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
