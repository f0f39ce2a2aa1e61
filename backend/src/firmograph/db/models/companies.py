"""The table of companies: what is known of each across all runs."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, String, Table, Text, text

from firmograph.db.models.base import field_columns, metadata
from firmograph.db.types import UtcDateTime

companies = Table(
    "companies",
    metadata,
    Column("domain", Text, primary_key=True),
    Column("match_confidence", String(8)),
    Column("is_sandbox", Boolean, nullable=False, server_default=text("false")),  # some shown value is the sandbox's
    Column("sources", Text),
    Column("evidence", JSON, nullable=False),  # field -> winner's provenance, losers, conflict
    Column("overrides", JSON, nullable=False),  # field -> value and time, set by a person
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    *field_columns(),
)
for _field in ("name", "industry", "employee_range", "revenue_range", "country_code", "city", "founded_year"):
    Index(f"ix_companies_{_field}", companies.c[_field], companies.c.domain)
Index("ix_companies_updated_at", companies.c.updated_at, companies.c.domain)
