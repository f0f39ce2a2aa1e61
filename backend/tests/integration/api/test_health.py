"""Health, metrics, providers, and who works on the runs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from firmograph import __version__
from firmograph.app import App
from firmograph.sandbox.options import SandboxOptions
from firmograph.sandbox.server import running_sandbox
from firmograph.web.application import create_web_app
from firmograph.worker import run_worker

from .api_calls import problem_of, start, wait_for

BACKEND = Path(__file__).parents[3]


def samples_of(client: TestClient) -> dict[tuple[str, str], float]:
    """Each sample by its name and its labels' values."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {
        (sample.name, " ".join(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in families
        for sample in family.samples
    }


def until(client: TestClient, state: str) -> dict[str, Any]:
    """What readiness says once the drainer is in that state."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        ready = dict(client.get("/health/ready").json())
        if ready["drainer"]["state"] == state:
            return ready
        time.sleep(0.05)
    raise AssertionError(ready)


def test_a_started_server_is_ready(client: TestClient) -> None:
    assert client.get("/health/live").json() == {"status": "ok", "version": __version__}
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["is_ready"]
    assert answer.json()["drainer"]["state"] == "mine"
    assert answer.json()["database"]["revision"]


def test_readiness_says_what_is_wrong(app: App, idle: TestClient) -> None:
    with app.database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    answer = idle.get("/health/ready")
    assert answer.status_code == 503
    trouble = answer.json()["trouble"]
    assert "0000" in trouble[0]
    assert "Nobody works on the runs" in trouble[1]


def test_a_server_without_the_lock_serves_and_takes_over(app: App) -> None:
    lock = app.lock()
    assert lock.try_acquire(command="enrich", providers=["open_facts"])
    with TestClient(create_web_app(app)) as client:
        ready = until(client, "held")
        assert ready["is_ready"]
        assert ready["drainer"]["holder"]["command"] == "enrich"
        assert ready["drainer"]["holder"]["pid"]
        run = start(client, domains=["sap.com"], waterfall=["open_facts"])
        time.sleep(0.3)
        assert client.get(f"/api/v1/runs/{run['id']}").json()["state"] == "importing"
        lock.release()
        until(client, "mine")
        assert wait_for(client, run["id"])["state"] == "succeeded"
    assert lock.try_acquire(command="test")  # the end of the server gave it back
    lock.release()


def test_a_burst_ends_when_nothing_waits(app: App, idle: TestClient) -> None:
    run = start(idle, domains=["sap.com", "siemens.com"])
    assert run_worker(app, burst=True) == 0
    assert idle.get(f"/api/v1/runs/{run['id']}").json()["state"] == "succeeded"
    lock = app.lock()
    assert lock.try_acquire(command="test")
    lock.release()


def test_a_worker_waits_for_the_lock_and_stops_when_told(app: App) -> None:
    holding = app.lock()
    assert holding.try_acquire(command="serve", providers=[])
    worker = subprocess.Popen(
        [sys.executable, "worker.py"],
        cwd=BACKEND,
        env={**os.environ, "FIRMOGRAPH_DATA_DIR": str(app.settings.data_dir)},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert worker.stderr is not None
    try:
        told = worker.stderr.readline()
        assert "another_process_works_on_the_runs" in told
        assert f"pid={os.getpid()}" in told
        holding.release()
        deadline = time.monotonic() + 10
        while holding.holder().get("command") != "worker":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(10) == 0
        assert holding.try_acquire(command="test")
        holding.release()
    finally:
        worker.kill()
        worker.wait()
        worker.stderr.close()


def test_metrics_follow_the_database(client: TestClient) -> None:
    before = samples_of(client)
    assert before["firmograph_runs", "succeeded"] == 0
    assert before["firmograph_drainer", "mine"] == 1
    wait_for(client, start(client, domains=["microsoft.com", "siemens.com", "n/a"], waterfall=["explorium"])["id"])
    after = samples_of(client)
    assert after["firmograph_runs", "succeeded"] == 1
    assert after["firmograph_targets", "done"] == 2
    assert after["firmograph_targets", "open"] == after["firmograph_targets", "leased"] == 0
    assert after["firmograph_targets_ended", "enriched"] == 2
    credits_spent = sum(value for (name, _), value in after.items() if name == "firmograph_credits_total")
    assert credits_spent == 2
    assert any(name == "firmograph_limiter_used" and value >= 4 for (name, _), value in after.items())
    assert any(name == "process_cpu_seconds_total" for name, _ in after)
    for state in before:
        if state[0] == "firmograph_runs":
            assert state in after


def test_providers_say_what_they_can_and_cost(client: TestClient) -> None:
    wait_for(client, start(client, domains=["microsoft.com"], waterfall=["explorium"])["id"])
    explorium, open_facts = client.get("/api/v1/providers").json()["items"]
    assert (explorium["name"], explorium["is_on"], explorium["is_sandbox"]) == ("explorium", True, True)
    assert explorium["batch"] == {"match": 50, "enrich": 50}
    assert explorium["limit"]["per_minute"] == 100_000
    assert explorium["limit"]["used"] >= 2
    assert explorium["credits"]["spent"] == explorium["credits"]["this_month"] == 1
    assert explorium["credits"]["by_host"][0]["host"] == explorium["host"]
    assert "industry" in explorium["fields"]
    assert open_facts["limit"] is None
    assert "CC BY-SA" in open_facts["attribution"]
    assert "sk-test" not in json.dumps([explorium, open_facts])


def test_a_provider_that_is_off_says_why(open_firmograph: Any) -> None:
    with open_firmograph(explorium_api_key=None) as app:
        client = TestClient(create_web_app(app))
        explorium = client.get("/api/v1/providers").json()["items"][0]
        assert not explorium["is_on"]
        assert "key" in explorium["reason"]
        assert "EXPLORIUM_API_KEY" in explorium["fix"]
        assert (
            "EXPLORIUM_API_KEY"
            in problem_of(client.post("/api/v1/providers/explorium/check"), 409, "provider-off")["detail"]
        )
        answer = client.post("/api/v1/runs", json={"domains": ["sap.com"], "waterfall": ["explorium"]})
        assert "EXPLORIUM_API_KEY" in problem_of(answer, 400, "bad-request")["detail"]


def test_a_key_is_tested_live(client: TestClient, open_firmograph: Any, tmp_path: Path) -> None:
    found = client.post("/api/v1/providers/explorium/check").json()
    assert found["balance"]["remaining"] <= found["balance"]["allocated"]
    assert found["is_sandbox"]
    assert client.post("/api/v1/providers/open_facts/check").json()["balance"] is None
    problem_of(client.post("/api/v1/providers/clearbit/check"), 404, "not-found")
    with (
        running_sandbox(SandboxOptions(latency_ms=0, api_key="another")) as url,
        open_firmograph(explorium_base_url=url, data_dir=tmp_path / "other") as app,
        TestClient(create_web_app(app)) as other,
    ):
        answer = other.post("/api/v1/providers/explorium/check")
        problem_of(answer, 502, "key-refused")
        assert "sk-test-4711" not in answer.text


@pytest.mark.parametrize("name", ["Problem", "RunIn", "RunOut"])
def test_the_description_holds_every_shape(idle: TestClient, name: str) -> None:
    assert name in idle.get("/openapi.json").json()["components"]["schemas"]
