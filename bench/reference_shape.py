"""The shape this field usually has, as a yardstick: one RQ job a company, two calls, a commit after each step.

`bench/drain.py` lets RQ's forking worker run it.
"""

from __future__ import annotations

import os

import httpx2 as httpx
from sqlalchemy import Column, Integer, MetaData, Table, Text, create_engine, select, update

metadata = MetaData()
companies = Table(
    "reference_companies",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("domain", Text, nullable=False, unique=True),
    Column("status", Text, nullable=False, server_default="pending"),
    Column("industry", Text),
    Column("revenue", Text),
    Column("employees", Text),
)


def enrich(domain: str) -> None:
    """Match and enrich one company."""
    engine = create_engine(os.environ["REFERENCE_DATABASE"])
    provider = os.environ["REFERENCE_PROVIDER"]
    with engine.begin() as connection:
        found = connection.execute(select(companies).where(companies.c.domain == domain)).one()
        connection.execute(update(companies).where(companies.c.id == found.id).values(status="processing"))
    with httpx.Client() as client:
        asked = {"businesses_to_match": [{"domain": domain}]}
        matched = client.post(f"{provider}/v2/businesses/match", json=asked, headers={"api_key": "bench"}).json()
    business_id = matched["matched_businesses"][0]["business_id"]
    with httpx.Client() as client:
        asked = {"business_ids": [business_id]}
        url = f"{provider}/v2/businesses/firmographics/bulk_enrich"
        enriched = client.post(url, json=asked, headers={"api_key": "bench"}).json()
    data = enriched["data"][0]["data"]
    with engine.begin() as connection:
        connection.execute(
            update(companies)
            .where(companies.c.id == found.id)
            .values(
                status="completed",
                industry=data["linkedin_industry_category"],
                revenue=data["yearly_revenue_range"],
                employees=data["number_of_employees_range"],
            )
        )
    engine.dispose()
