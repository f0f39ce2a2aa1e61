"""A run's charts and report against a count of its records, on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from firmograph.app import App
from firmograph.core.fields import EMPLOYEE_BANDS
from firmograph.db.models import reports, runs
from firmograph.runs.charts import merge_spellings

from .api_calls import problem_of, start, wait_for
from .test_runs import pages_of

DOMAINS = [
    "microsoft.com",
    "www.microsoft.com",
    "siemens.com",
    "basf.com",
    "bmw.com",
    "nordwind-logistik-7431.de",
    "obst-4712.fr",
    "n/a",
    "someone@gmail.com",
]


@pytest.fixture
def app(open_firmograph: Any, database_url: str) -> Iterator[App]:
    """On a database of each kind."""
    with open_firmograph(database_url=database_url) as opened:
        yield opened


def test_charts_count_companies_once(client: TestClient) -> None:
    run = wait_for(client, start(client, domains=DOMAINS, waterfall=["open_facts", "explorium"])["id"])
    path = f"/api/v1/runs/{run['id']}"
    charts = client.get(f"{path}/charts").json()
    records = pages_of(client, f"{path}/records", limit=100)
    companies = [record for record in records if record["domain"] and not record["is_duplicate"]]

    bands = charts["employee_range"]
    assert [entry["value"] for entry in bands["values"]] == [band.name for band in EMPLOYEE_BANDS]
    for field in ("employee_range", "revenue_range", "industry", "country_code"):
        counted = Counter(record["values"][field] for record in companies if field in record["values"])
        shown = {entry["value"]: entry["count"] for entry in charts[field]["values"] if entry["count"]}
        assert shown == dict(counted)
        assert charts[field]["rest"] == 0
        assert charts[field]["unknown"] + sum(counted.values()) == charts[field]["of"] == len(companies)

    coverage = {entry["field"]: entry["coverage"]["count"] for entry in charts["fields"]}
    fill_rate = {entry["field"]: entry["fill_rate"]["count"] for entry in charts["fields"]}
    for field in run["fields"]:
        assert coverage[field] == sum(field in record["values"] for record in records)
        assert fill_rate[field] == sum(field in record["values"] for record in companies)
    assert sum(entry["records"]["count"] for entry in charts["outcomes"]) == run["counts"]["accepted"]
    assert {entry["reason"]: entry["records"]["count"] for entry in charts["rejections"]} == {
        "placeholder": 1,
        "freemail": 1,
    }
    assert (charts["version"], charts["is_current"]) == (run["version"], True)


def test_what_each_provider_added_and_cost(client: TestClient) -> None:
    run = wait_for(client, start(client, domains=DOMAINS, waterfall=["open_facts", "explorium"])["id"])
    path = f"/api/v1/runs/{run['id']}"
    charts = client.get(f"{path}/charts").json()
    local, paid = charts["providers"]
    assert (local["provider"], local["credits"], local["is_sandbox"]) == ("open_facts", 0, False)
    assert (paid["provider"], paid["is_sandbox"]) == ("explorium", True)
    assert paid["credits"] == run["credits_spent"] == charts["credits"]["spent"] > 0
    sources = Counter(
        record["sources"]
        for record in client.get(f"{path}/records").json()["items"]
        if record["domain"] and not record["is_duplicate"]
    )
    assert local["companies"] == sum(count for text, count in sources.items() if "open_facts" in (text or ""))
    assert paid["alone"] == sources["explorium(sandbox)"]
    over_time = charts["credits_over_time"]
    assert over_time["bucket_seconds"] == 60
    assert sum(bucket["credits"] for bucket in over_time["buckets"]) == run["credits_spent"]
    problem_of(client.get("/api/v1/runs/nobody/charts"), 404, "not-found")


def test_a_large_run_is_counted_once_for_a_version(client: TestClient, app: App) -> None:
    run = wait_for(client, start(client, domains=DOMAINS, waterfall=["open_facts"])["id"])
    with app.database.write() as connection:  # what the run says of itself decides whether it is large
        connection.execute(runs.update().values(records=9_000))
    for kind in ("charts", "report"):
        path = f"/api/v1/runs/{run['id']}/{kind}"
        first = client.get(path).json()
        assert client.get(path).json() == first
    with app.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(reports)).scalar_one() == 2
    with app.database.write() as connection:
        connection.execute(runs.update().values(version=runs.c.version + 1))
    again = client.get(path).json()
    assert (again["version"], again["is_current"]) == (first["version"] + 1, True)


def test_spellings_that_differ_in_case_are_one() -> None:
    counted = [("software", 3), ("Software", 5), ("Steel", 7), ("SOFTWARE", 1)]
    assert merge_spellings(counted) == [("Software", 9), ("Steel", 7)]
