"""Saved views, the settings without secrets, and finding runs, through the API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from firmograph.app import App
from firmograph.web.application import create_web_app
from firmograph.web.settings_endpoints import without_password

from .api_calls import problem_of, start

VIEWS = "/api/v1/views"


@pytest.fixture
def app(open_firmograph: Any, database_url: str) -> Iterator[App]:
    """On a database of each kind."""
    with open_firmograph(database_url=database_url) as opened:
        yield opened


def test_views_are_saved_changed_and_deleted(idle: TestClient) -> None:
    run = start(idle, domains=["sap.com"])["id"]
    query = {"outcome": ["failed"], "sort": "-name", "columns": {"name": 200}}
    answer = idle.post(VIEWS, json={"name": "Failed", "scope": "run", "query": query})
    assert answer.status_code == 201
    view = answer.json()
    assert (view["name"], view["query"], view["run_id"]) == ("Failed", query, None)
    own = idle.post(VIEWS, json={"name": "Mine", "scope": "run", "run_id": run, "query": {}}).json()
    idle.post(VIEWS, json={"name": "All", "scope": "companies", "query": {"q": "x"}})
    names = [entry["name"] for entry in idle.get(VIEWS, params={"scope": "run"}).json()["items"]]
    assert names == ["Failed", "Mine"]
    others = idle.get(VIEWS, params={"scope": "run", "run_id": "another"}).json()["items"]
    assert [entry["name"] for entry in others] == ["Failed"]
    changed = idle.patch(f"{VIEWS}/{view['id']}", json={"name": "Trouble"}).json()
    assert (changed["name"], changed["query"]) == ("Trouble", query)
    assert idle.patch(f"{VIEWS}/{own['id']}", json={"query": {"q": "y"}}).json()["query"] == {"q": "y"}
    assert idle.delete(f"{VIEWS}/{view['id']}").status_code == 204
    problem_of(idle.delete(f"{VIEWS}/{view['id']}"), 404, "not-found")
    problem_of(idle.patch(f"{VIEWS}/{view['id']}", json={"name": "x"}), 404, "not-found")


def test_views_that_can_not_be(idle: TestClient) -> None:
    good = {"name": "x", "scope": "run", "query": {}}
    for wrong in ({"name": ""}, {"scope": "galaxy"}, {"query": {"q": "x" * 33_000}}, {"owner": "me"}):
        problem_of(idle.post(VIEWS, json={**good, **wrong}), 422, "invalid-request")
    problem_of(idle.post(VIEWS, json={**good, "run_id": "nobody"}), 404, "not-found")
    assert idle.get(VIEWS).json()["items"] == []


def test_settings_are_shown_without_secrets(open_firmograph: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRMOGRAPH_CONCURRENCY", "7")
    with open_firmograph(api_token="token-4711-token", explorium_api_key="sk-secret-4711") as app:
        client = TestClient(create_web_app(app), headers={"Authorization": "Bearer token-4711-token"})
        answer = client.get("/api/v1/settings")
    assert "4711" not in answer.text
    shown = {entry["name"]: entry for entry in answer.json()["items"]}
    assert shown["EXPLORIUM_API_KEY"] == {
        "name": "EXPLORIUM_API_KEY",
        "value": None,
        "is_set": True,
        "is_secret": True,
        "where": "default",
    }
    concurrency = shown["FIRMOGRAPH_CONCURRENCY"]
    assert (concurrency["value"], concurrency["where"], concurrency["is_secret"]) == (7, "environment", False)
    assert answer.json()["is_token_needed"]


def test_the_database_is_named(app: App, database_url: str) -> None:
    found = TestClient(create_web_app(app)).get("/api/v1/settings").json()
    assert found["database"] == ("sqlite" if database_url.startswith("sqlite") else "postgresql")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://api.explorium.ai", "https://api.explorium.ai"),
        (
            "postgresql://u:s3cret@db/f?password=s3cret&sslmode=require",
            "postgresql://u:***@db/f?password=hidden&sslmode=require",
        ),
        ("redis://:s3cret@cache:6379/0", "redis://:***@cache:6379/0"),
        ("redis://s3cret@:x:y", "***"),
    ],
)
def test_an_address_is_shown_without_its_password(address: str, shown: str) -> None:
    assert without_password(address) == shown


def test_runs_are_found_by_name_and_state(idle: TestClient) -> None:
    start(idle, domains=["sap.com"], name="Spring list")
    paused = start(idle, domains=["siemens.com"], name="Autumn 100%")["id"]
    assert idle.post(f"/api/v1/runs/{paused}/pause").status_code == 200

    def found(**query: Any) -> list[str]:
        return [run["name"] for run in idle.get("/api/v1/runs", params=query).json()["items"]]

    assert found(q="SPRING") == ["Spring list"]
    assert found(q="100%") == ["Autumn 100%"]
    assert found(state="paused") == ["Autumn 100%"]
    assert sorted(found(state="paused,importing")) == ["Autumn 100%", "Spring list"]
    assert found(state="paused", q="spring") == []
    problem_of(idle.get("/api/v1/runs", params={"state": "asleep"}), 400, "bad-request")
