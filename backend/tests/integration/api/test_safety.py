"""Who may ask, and what an error may tell."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from firmograph.app import App
from firmograph.web.application import create_web_app

from .api_calls import problem_of

RUN = {"domains": ["sap.com"]}


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example.com"},
        {"origin": "http://testserver:8001"},
        {"origin": "http://testserver.evil.example.com"},
        {"origin": "null"},
        {"origin": "file://"},
        {"sec-fetch-site": "cross-site"},
    ],
)
def test_other_sites_can_not_change_anything(unchanged: TestClient, headers: dict[str, str]) -> None:
    problem_of(unchanged.post("/api/v1/runs", json=RUN, headers=headers), 403, "cross-origin")
    problem_of(
        unchanged.patch("/api/v1/companies/sap.com", json={"overrides": {}}, headers=headers), 403, "cross-origin"
    )
    assert unchanged.get("/api/v1/runs", headers=headers).json()["items"] == []


def test_our_own_page_can(idle: TestClient) -> None:
    for origin in ("http://testserver", "http://testserver:80", "HTTP://TESTSERVER"):
        assert idle.post("/api/v1/runs", json=RUN, headers={"origin": origin}).status_code == 202
    local = {"host": "localhost:8000", "origin": "http://localhost:8000"}
    assert idle.post("/api/v1/runs", json=RUN, headers=local).status_code == 202
    proxied = {"origin": "https://firms.example.com", "x-forwarded-host": "firms.example.com"}
    assert idle.post("/api/v1/runs", json=RUN, headers=proxied).status_code == 202


@pytest.mark.parametrize("host", ["evil.example.com", "evil.example.com:80", "localhost.evil.com", "8.8.8.8", "a:b:c"])
def test_names_that_are_not_ours_are_not_answered(unchanged: TestClient, host: str) -> None:
    for path in ("/", "/api/v1/runs", "/health/ready", "/metrics"):
        problem_of(unchanged.get(path, headers={"host": host}), 421, "unknown-host")


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST", "127.0.0.2"])
def test_names_of_this_machine_are(unchanged: TestClient, host: str) -> None:
    assert unchanged.get("/health/live", headers={"host": host}).status_code == 200


def test_beyond_loopback_every_name_is_answered(app: App) -> None:
    client = TestClient(create_web_app(app), base_url="http://192.0.2.7:8000")
    assert client.get("/health/live", headers={"host": "firmograph.example.com"}).status_code == 200


def test_a_container_published_on_loopback_answers_only_names_of_this_machine(open_firmograph: Any) -> None:
    with open_firmograph(published_on="127.0.0.1:8000,localhost:3000") as app:
        inside = TestClient(create_web_app(app), base_url="http://172.18.0.5:8000")
        for host in ("localhost:8000", "127.0.0.1:3000", "[::1]:8000", "172.18.0.5:8000"):
            assert inside.get("/health/live", headers={"host": host}).status_code == 200
        for host in ("firmograph.example.com", "rebound.example.com:8000", "8.8.8.8"):
            problem_of(inside.get("/api/v1/runs", headers={"host": host}), 421, "unknown-host")
        # What the browser sees is the dashboard's server, which passes the name on.
        for name in ("http://localhost:3000", "http://127.0.0.1:3000"):
            headers = {"host": name.removeprefix("http://"), "origin": name}
            assert inside.post("/api/v1/runs", json=RUN, headers=headers).status_code == 202
        headers = {"host": "localhost:3000", "origin": "http://localhost:9999"}
        problem_of(inside.post("/api/v1/runs", json=RUN, headers=headers), 403, "cross-origin")


def test_with_a_token_everything_below_api_needs_it(open_firmograph: Any) -> None:
    with open_firmograph(api_token="tok-4711-ü") as app:
        client = TestClient(create_web_app(app))
        for path in ("/api/v1/runs", "/api/v1/runs/x/events", "/api/v1/runs/x/export", "/api/companies", "/api/nope"):
            for given in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Basic tok-4711"}):
                answer = client.get(path, headers=given)
                problem_of(answer, 401, "unauthorized")
                assert answer.headers["www-authenticate"].startswith("Bearer")
        right = {"authorization": "bearer tok-4711-ü".encode()}
        assert client.get("/api/v1/runs", headers=right).status_code == 200
        problem_of(client.get("/api/v1/runs/x/events", headers=right), 404, "not-found")
        assert client.get("/").status_code == client.get("/health/live").status_code == 200
        # Who knows the token is no rebound name.
        assert client.get("/api/v1/runs", headers={**right, "host": "firmograph.example.com"}).status_code == 200


def test_unknown_paths_and_methods_are_problems(unchanged: TestClient) -> None:
    problem = problem_of(unchanged.get("/api/v1/nope"), 404, "not-found")
    assert problem["instance"] == "/api/v1/nope"
    answer = unchanged.delete("/api/v1/runs")
    assert "DELETE" in problem_of(answer, 405, "method-not-allowed")["detail"]
    assert answer.headers["allow"] == "GET, POST"


def test_an_unexpected_error_shows_an_id_and_nothing_else(
    open_firmograph: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_firmograph() as app:
        web = create_web_app(app)

        @web.get("/api/v1/broken")
        def broken() -> None:
            raise RuntimeError("the key is sk-test-4711 and it broke")

        answer = TestClient(web).get("/api/v1/broken")
    problem = problem_of(answer, 500, "unexpected")
    assert "RuntimeError" not in answer.text
    assert "sk-test" not in answer.text
    assert problem["id"] == answer.headers["x-request-id"]
    logged = capsys.readouterr().err
    assert problem["id"] in logged
    assert "RuntimeError" in logged
    assert "sk-test-4711" not in logged


def test_a_database_that_is_gone_is_a_problem(app: App, idle: TestClient) -> None:
    with app.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE runs RENAME TO gone")
    assert idle.get("/api/v1/runs").headers["retry-after"] == "5"
    problem_of(idle.get("/api/v1/runs"), 503, "unavailable")


def test_every_answer_has_safe_headers(unchanged: TestClient) -> None:
    for path in ("/", "/api/v1/runs", "/api/v1/nope", "/openapi.json"):
        headers = unchanged.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert "access-control-allow-origin" not in headers


def test_what_is_not_served_is_a_problem(unchanged: TestClient) -> None:
    for path in ("/api", "/health", "/health/nope", "/metrics/nope", "/api/docs"):
        problem_of(unchanged.get(path), 404, "not-found")
    problem_of(unchanged.post("/runs/"), 404, "not-found")
