"""The tables of uploads and their chunks: in the database, so that any process can read them; gone after intake."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Integer, LargeBinary, String, Table, Text

from firmograph.db.models.base import metadata
from firmograph.db.types import UtcDateTime

uploads = Table(
    "uploads",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("file_name", Text),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("detection", JSON),
    Column("created_at", UtcDateTime, nullable=False),
)

upload_chunks = Table(
    "upload_chunks",
    metadata,
    Column("upload_id", String(36), ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
