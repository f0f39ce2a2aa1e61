"""Companies: the story of one, a person's values, asking again, search and facets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from firmograph.app import App
from firmograph.companies import repository, service
from firmograph.companies.search import CompanyQuery
from firmograph.core.fields import EMPLOYEE_BANDS, Field
from firmograph.errors import NotFound

from .api_calls import problem_of, start, wait_for
from .test_runs import pages_of

DOMAINS = [
    "microsoft.com",
    "siemens.com",
    "basf.com",
    "bmw.com",
    "allianz.com",
    "adidas.com",
    "nordwind-logistik-7431.de",
]


@pytest.fixture
def app(open_firmograph: Any, database_url: str) -> Iterator[App]:
    """On a database of each kind."""
    with open_firmograph(database_url=database_url) as opened:
        yield opened


@pytest.fixture
def filled(client: TestClient) -> TestClient:
    """A server that knows some companies, by both providers."""
    wait_for(client, start(client, domains=DOMAINS, waterfall=["open_facts", "explorium"])["id"])
    return client


def test_a_company_tells_its_whole_story(filled: TestClient, app: App) -> None:
    story = filled.get("/api/v1/companies/microsoft.com").json()
    assert story["domain"] == "microsoft.com"
    assert story["values"]["country_code"] == "US"
    assert story["sources"] == "open_facts explorium(sandbox)"
    assert story["is_sandbox"]
    name = story["fields"]["name"]
    assert (name["source"], name["is_conflict"]) == ("open_facts", False)  # what is invented contradicts nobody
    assert [loser["source"] for loser in name["losers"]] == ["explorium(sandbox)"]
    asked = {(lookup["source"], lookup["verb"]) for lookup in story["lookups"]}
    assert {("open_facts", "facts"), ("explorium(sandbox)", "firmographics")} <= asked
    paid = next(lookup for lookup in story["lookups"] if lookup["verb"] == "firmographics")
    assert (paid["outcome"], paid["credits"], paid["confidence"]) == ("found", 1.0, "medium")
    assert paid["payload"]
    assert paid["reasons"]
    assert paid["host"].startswith("127.0.0.1:")
    seen = {(entry["field"], entry["source"]) for entry in story["observations"]}
    assert {("name", "open_facts"), ("name", "explorium(sandbox)"), ("description", "explorium(sandbox)")} <= seen
    assert [(run["outcome"], run["position"]) for run in story["runs"]] == [("enriched", 1)]
    assert filled.get("/api/v1/companies/www.Microsoft.com").json() == story
    assert service.company_story(app.database, "microsoft.com", app.providers())["values"] == story["values"]


def test_an_unknown_company_is_a_problem(idle: TestClient, app: App) -> None:
    for path in ("nobody.example.com", "a/b", "linkedin:nobody"):
        problem_of(idle.get(f"/api/v1/companies/{path}"), 404, "not-found")
    problem_of(idle.post("/api/v1/companies/nobody.com/refresh"), 404, "not-found")
    problem_of(idle.patch("/api/v1/companies/nobody.com", json={"overrides": {"city": "X"}}), 404, "not-found")
    with pytest.raises(NotFound, match="nobody"):
        service.company_story(app.database, "nobody.com", app.providers())


def test_a_persons_value_wins_and_survives_a_refresh(filled: TestClient) -> None:
    before = filled.get("/api/v1/companies/microsoft.com").json()
    changes = {"industry": " Sweets ", "employee_range": "11-50", "technologies": ["COBOL", "COBOL"], "city": None}
    answer = filled.patch("/api/v1/companies/microsoft.com", json={"overrides": changes})
    assert answer.status_code == 200, answer.text
    story = answer.json()
    assert story["values"]["industry"] == "Sweets"
    assert story["values"]["employee_range"] == "11-50"
    assert story["values"]["technologies"] == ["COBOL"]
    assert set(story["overrides"]) == {"industry", "employee_range", "technologies"}
    assert story["fields"]["industry"]["provider"] == "override"
    assert before["values"]["industry"] in [loser["value"] for loser in story["fields"]["industry"]["losers"]]
    untouched = set(before["values"]) - set(changes)
    assert {name: story["values"][name] for name in untouched} == {name: before["values"][name] for name in untouched}

    answer = filled.post("/api/v1/companies/microsoft.com/refresh")
    assert answer.status_code == 202
    run = wait_for(filled, answer.json()["id"])
    assert run["credits_spent"] == 1
    refreshed = filled.get("/api/v1/companies/microsoft.com").json()
    assert refreshed["values"]["industry"] == "Sweets"
    assert len(refreshed["lookups"]) > len(story["lookups"])
    assert len(refreshed["runs"]) == 2

    gone = filled.patch("/api/v1/companies/microsoft.com", json={"overrides": dict.fromkeys(changes)}).json()
    assert gone["overrides"] == {}
    assert gone["values"]["industry"] != "Sweets"
    assert "technologies" not in gone["values"]


def test_a_company_known_only_from_answers_can_be_overridden(client: TestClient) -> None:
    run = start(client, domains=["microsoft.com"], waterfall=["explorium"], fields=["name"])
    wait_for(client, run["id"])
    with client.app.state.serving.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM companies")
    bare = client.get("/api/v1/companies/microsoft.com").json()
    assert bare["values"] == {}
    assert bare["lookups"]
    story = client.patch("/api/v1/companies/microsoft.com", json={"overrides": {"city": "Walldorf"}}).json()
    assert story["values"]["city"] == "Walldorf"
    assert story["values"]["name"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("shoe_size", 42),
        ("name", 7),
        ("name", "  "),
        ("name", "N/A"),
        ("industry", "x" * 2001),
        ("employee_range", "12-50"),
        ("employee_range", 12),
        ("revenue_range", "1-10"),
        ("country_code", "Germany"),
        ("country_code", "ZZ"),
        ("country_code", 49),
        ("founded_year", "1972"),
        ("founded_year", True),
        ("founded_year", 2999),
        ("founded_year", 12),
        ("website", "microsoft.com"),
        ("website", "https://"),
        ("logo_url", "javascript:alert(1)"),
        ("email", "sap"),
        ("technologies", "COBOL"),
        ("technologies", []),
        ("technologies", [1]),
        ("social_urls", ["x"] * 501),
    ],
)
def test_a_value_that_its_field_can_not_have(filled_once: TestClient, field: str, value: Any) -> None:
    before = filled_once.get("/api/v1/companies/microsoft.com").json()
    overrides = {"city": "Walldorf", field: value}
    answer = filled_once.patch("/api/v1/companies/microsoft.com", json={"overrides": overrides})
    assert field in problem_of(answer, 422, "invalid-override")["detail"]
    assert filled_once.get("/api/v1/companies/microsoft.com").json() == before


def test_values_that_fields_can_have(filled_once: TestClient) -> None:
    overrides = {
        "country_code": "at",
        "founded_year": 1972,
        "revenue_range": "10B-100B",
        "website": "https://www.microsoft.com/",
        "email": "info@microsoft.com",
        "postal_code": "0690",
    }
    story = filled_once.patch("/api/v1/companies/microsoft.com", json={"overrides": overrides}).json()
    assert {name: story["values"][name] for name in overrides} == {**overrides, "country_code": "AT"}
    filled_once.patch("/api/v1/companies/microsoft.com", json={"overrides": dict.fromkeys(overrides)})
    problem_of(filled_once.patch("/api/v1/companies/microsoft.com", json={"overrides": {}}), 422, "invalid-request")
    problem_of(filled_once.patch("/api/v1/companies/microsoft.com", json={"city": "X"}), 422, "invalid-request")


def test_companies_are_found_filtered_and_counted(filled: TestClient) -> None:
    path = "/api/v1/companies"
    found = filled.get(path).json()["items"]
    assert [company["domain"] for company in found] == sorted(DOMAINS)
    assert [company["domain"] for company in filled.get(path, params={"q": "SIEM"}).json()["items"]] == ["siemens.com"]
    assert filled.get(path, params={"q": "%"}).json()["items"] == []
    facets = filled.get(f"{path}/facets").json()
    assert (facets.pop("among"), facets.pop("is_exact")) == (None, True)
    assert set(facets) == {"industry", "employee_range", "revenue_range", "country_code"}
    american = next(entry["count"] for entry in facets["country_code"] if entry["value"] == "US")
    assert len(filled.get(path, params={"country_code": "us"}).json()["items"]) == american
    bands = [entry["value"] for entry in facets["employee_range"]]
    assert bands == [band.name for band in EMPLOYEE_BANDS if band.name in bands]
    for field, values in facets.items():
        for entry in values:
            items = pages_of(filled, path, limit=2, **{field: entry["value"]})
            assert len(items) == entry["count"]
            assert {item["values"][field] for item in items} == {entry["value"]}
    narrowed = filled.get(f"{path}/facets", params={"q": "siemens"}).json()
    assert sum(entry["count"] for entry in narrowed["country_code"]) == 1
    both = [("employee_range", band) for band in bands]
    assert len(filled.get(path, params=both).json()["items"]) == sum(e["count"] for e in facets["employee_range"])
    problem_of(filled.get(path, params={"employee_range": "7"}), 400, "bad-request")


def test_pages_of_companies_cover_everything_once(filled: TestClient) -> None:
    path = "/api/v1/companies"
    wait_for(filled, start(filled, domains=["kleinanzeigen-4711.de", "obst-4712.fr"], fields=["name"])["id"])
    for name in ("domain", "updated_at", "name", "industry", "revenue_range", "country_code", "city", "founded_year"):
        for sort in (name, f"-{name}"):
            items = pages_of(filled, path, limit=2, sort=sort)
            assert len({item["domain"] for item in items}) == len(items) == len(DOMAINS) + 2, sort
            values = [item[name] if name in {"domain", "updated_at"} else item["values"].get(name) for item in items]
            present = [value for value in values if value is not None]
            assert values == present + [None] * (len(values) - len(present)), sort
            if name != "revenue_range":
                assert present == sorted(present, reverse=sort.startswith("-")), sort
    problem_of(filled.get(path, params={"sort": "phone"}), 400, "bad-request")
    problem_of(filled.get(path, params={"cursor": "x"}), 400, "bad-request")
    cursor = filled.get(path, params={"limit": 1, "sort": "name"}).json()["next_cursor"]
    problem_of(filled.get(path, params={"sort": "founded_year", "cursor": cursor}), 400, "bad-request")


def test_industries_in_any_case_are_one_and_counts_are_told(filled: TestClient, app: App) -> None:
    path = "/api/v1/companies"
    for domain, industry in (("siemens.com", "Machines"), ("basf.com", "machines"), ("bmw.com", "Machines")):
        filled.patch(f"{path}/{domain}", json={"overrides": {"industry": industry}})
    facets = filled.get(f"{path}/facets").json()
    assert {"value": "Machines", "count": 3} in facets["industry"]
    page = filled.get(path, params={"industry": "MACHINES", "sort": "name", "limit": 2}).json()
    assert page["count"] == {"value": 3, "is_exact": True}
    assert len(pages_of(filled, path, limit=2, industry="MACHINES", sort="-name")) == 3
    narrowed = filled.get(f"{path}/facets", params={"industry": "machines", "q": "s"}).json()
    assert (narrowed["among"], narrowed["is_exact"]) == (2, True)
    assert filled.get(path).json()["count"] == {"value": len(DOMAINS), "is_exact": True}
    assert filled.get(path, params={"q": "SIEM", "sort": "-updated_at"}).json()["count"]["value"] == 1


def test_many_companies_are_met_along_the_order(filled: TestClient, app: App) -> None:
    """The same pages whether what passes is found by itself or on the way."""
    with app.database.read() as connection:
        for query in (
            CompanyQuery(facets={Field.COUNTRY_CODE: ("de",)}, sort="name"),
            CompanyQuery(facets={}, text="s", sort="-domain"),
            CompanyQuery(facets={Field.COUNTRY_CODE: ("DE",)}, text="m", sort="employee_range"),
        ):
            few, _, told = repository.list_companies(connection, query)
            many, _, _ = repository.list_companies(connection, query, most=0)
            assert [row["domain"] for row in few] == [row["domain"] for row in many] != []
            assert told.count == len(few)


def test_a_story_without_payloads_and_each_payload_by_itself(filled: TestClient) -> None:
    whole = filled.get("/api/v1/companies/microsoft.com").json()
    light = filled.get("/api/v1/companies/microsoft.com", params={"payloads": "false"}).json()
    assert [lookup["payload"] for lookup in light["lookups"]] == [None] * len(whole["lookups"])
    for lookup in whole["lookups"]:
        assert filled.get(f"/api/v1/lookups/{lookup['id']}").json() == {**lookup, "domain": "microsoft.com"}
    problem_of(filled.get("/api/v1/lookups/nobody"), 404, "not-found")


def test_a_refresh_tells_its_price_before_it_is_spent(filled: TestClient) -> None:
    refresh = filled.get("/api/v1/companies/microsoft.com").json()["refresh"]
    assert (refresh["is_possible"], refresh["why_not"], refresh["credits_at_most"]) == (True, None, 1)
    assert [step["provider"] for step in refresh["steps"]] == ["explorium", "open_facts"]
    run = wait_for(filled, filled.post("/api/v1/companies/microsoft.com/refresh").json()["id"])
    assert run["credits_spent"] <= refresh["credits_at_most"]
