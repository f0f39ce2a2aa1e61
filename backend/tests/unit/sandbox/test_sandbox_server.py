"""The sandbox over real HTTP."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from firmograph.errors import SettingsError
from firmograph.sandbox.options import SandboxOptions
from firmograph.sandbox.server import running_sandbox, serve

QUICK = {"latency_ms": 0, "rate_per_minute": 0, "miss_rate": 0.0, "no_data_rate": 0.0, "fail_rate": 0.0}
MATCH = "/v2/businesses/match"
ENRICH = "/v2/businesses/firmographics/enrich"


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running_sandbox(SandboxOptions(**QUICK)) as url:  # type: ignore[arg-type]
        yield url


@pytest.fixture
def client(base_url: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=base_url, headers={"api_key": "k"}, trust_env=False) as made:
        made.post(
            "/sandbox/options", json=QUICK | {"faults": ["slow"], "slow_ms": 5000, "credits": 1000}
        ).raise_for_status()
        made.delete("/sandbox/stats").raise_for_status()
        yield made


def domains(*names: str) -> dict[str, Any]:
    return {"businesses_to_match": [{"domain": name} for name in names]}


@pytest.mark.parametrize(
    ("match", "enrich"),
    [(MATCH, ENRICH), ("/v1/businesses/match", "/v1/businesses/firmographics/bulk_enrich")],
)
def test_match_then_enrich_in_both_versions(client: httpx2.Client, match: str, enrich: str) -> None:
    matched = client.post(match, json=domains("acme.com", "firma.de")).raise_for_status().json()
    ids = [row["business_id"] for row in matched["matched_businesses"]]
    answer = client.post(enrich, json={"business_ids": ids}, headers={"credit-usage": "true"}).raise_for_status().json()
    assert [row["business_id"] for row in answer["data"]] == ids
    assert answer["credit_usage"] == {"total_credits": 2, "total_results": 2}
    assert client.get(match[:3] + "/credits").json()["allocated_credits"] == 1000


def test_what_was_delivered_is_counted(client: httpx2.Client) -> None:
    for names in (("a1.com", "a2.com"), ("a2.com", "a3.com")):
        client.post(MATCH, json=domains(*names)).raise_for_status()
    client.post(MATCH, json={"businesses_to_match": []})
    told = client.get("/sandbox/stats").json()
    assert told["verbs"]["match"] == {
        "calls": 2,
        "calls_delivered": 2,
        "entities_asked": 4,
        "entities_delivered": 4,
        "distinct_asked": 3,
        "distinct_delivered": 3,
    }
    assert told["statuses"] == {"200": 2, "422": 1}


def test_every_answer_says_who_it_is_and_how_much_is_left(client: httpx2.Client) -> None:
    client.post("/sandbox/options", json={"rate_per_minute": 10_000})
    for answer in (
        client.post(MATCH, json=domains("a.com")),
        client.post(ENRICH, json={"business_ids": "x"}),
        client.get("/v2/credits"),
        client.get(MATCH),
        client.get("/v3/nowhere"),
        client.get("/v2/credits", headers={"api_key": ""}),
    ):
        assert answer.headers["X-RateLimit-Limit"] == "10000"
        assert int(answer.headers["X-RateLimit-Remaining"]) <= 10_000
        assert abs(int(answer.headers["X-RateLimit-Reset"]) - time.time()) < 62
        assert answer.headers["X-Firmograph-Sandbox"] == "1"


def test_wrong_methods_and_paths_are_refused_in_the_frameworks_words(client: httpx2.Client) -> None:
    wrong = client.get(MATCH)
    assert (wrong.status_code, wrong.json()) == (405, {"detail": "Method Not Allowed"})
    lost = client.post("/v1/businesses/bulk-enrich", json={})
    assert (lost.status_code, lost.json()) == (404, {"detail": "Not Found"})


def test_without_a_key_nobody_gets_in(base_url: str) -> None:
    answer = httpx2.post(base_url + MATCH, json=domains("a.com"), trust_env=False)
    assert answer.status_code == 401
    assert answer.json()["details"]


def test_options_change_while_it_runs(client: httpx2.Client) -> None:
    assert client.post("/sandbox/options", json={"miss_rate": 1.0}).json()["miss_rate"] == 1.0
    assert client.post(MATCH, json=domains("a.com")).json()["total_matches"] == 0
    for body in (b"[1]", b"{", json.dumps({"misses": 1}).encode()):
        refused = client.post("/sandbox/options", content=body)
        assert refused.status_code == 422
        assert refused.json()["detail"]


def test_latency_delays_the_answer(client: httpx2.Client) -> None:
    client.post("/sandbox/options", json={"latency_ms": 80})
    start = time.monotonic()
    client.post(MATCH, json=domains("a.com")).raise_for_status()
    assert time.monotonic() - start >= 0.08


def test_an_answer_is_not_delivered_when_its_client_has_gone(client: httpx2.Client) -> None:
    client.post("/sandbox/options", json={"latency_ms": 100})
    with pytest.raises(httpx2.ReadTimeout):
        client.post(MATCH, json=domains("a.com"), timeout=0.02)
    deadline = time.monotonic() + 5
    while not (told := client.get("/sandbox/stats").json())["abandoned"]:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert told["verbs"]["match"]["entities_asked"] == 1
    assert told["verbs"]["match"]["entities_delivered"] == 0


def test_stopping_does_not_wait_for_a_slow_answer() -> None:
    slow = SandboxOptions(**QUICK | {"latency_ms": 60_000})  # type: ignore[arg-type]
    with running_sandbox(slow) as url:
        host, port = url.removeprefix("http://").split(":")
        caller = socket.create_connection((host, int(port)))
        caller.sendall(b"GET /v2/credits HTTP/1.1\r\nHost: x\r\napi_key: k\r\n\r\n")
        time.sleep(0.05)
        start = time.monotonic()
    assert time.monotonic() - start < 1.5
    assert caller.recv(1000).startswith(b"HTTP/1.1 200")
    caller.close()


def test_a_taken_port_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SettingsError, match="can't listen on"):
            serve(SandboxOptions(), port=taken.getsockname()[1])
