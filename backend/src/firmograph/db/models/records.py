"""The table of records: each row as submitted."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from firmograph.db.models.base import metadata

records = Table(
    "records",
    metadata,
    Column("run_id", String(36), ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("cells", JSON, nullable=False),
    Column("input", Text),
    Column("domain", Text),  # the target's key: the web domain, or linkedin:… or name:… where there was none
    Column("rejection", String(16)),
    Column("note", Text),
    Column("is_duplicate", Boolean, nullable=False, server_default=text("false")),
)
Index("ix_records_run_id_domain_position", records.c.run_id, records.c.domain, records.c.position)
Index("ix_records_run_id_rejection", records.c.run_id, records.c.rejection, records.c.position)
