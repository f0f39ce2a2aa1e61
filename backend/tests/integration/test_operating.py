"""Looking after it: logs, health, metrics and traces of real processes, and `doctor` beside them."""

from __future__ import annotations

import gzip
import re
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text, update

from firmograph.db.models import workers as worker_rows
from firmograph.jobs import presence
from firmograph.sandbox.options import FaultKind, SandboxOptions
from firmograph.sandbox.server import running_sandbox
from tests.integration.many import app_of, environment, settings_of
from tests.integration.operating import (
    COMMAND,
    PATIENCE_S,
    events,
    free_port,
    process,
    run_to_its_end,
    server,
    span_taker,
    wait_for,
)
from tests.integration.servers import RedisServer

METRICS_PAGE = Path(__file__).parents[3] / "docs" / "reference" / "metrics.md"
KEY = "sk-planted-0815"
DOMAINS = [f"acme-{n:03}.com" for n in range(400)]
JSON_LOGS = {"FIRMOGRAPH_LOG_FORMAT": "json", "FIRMOGRAPH_LOG_LEVEL": "debug"}


@pytest.fixture
def provider() -> Iterator[str]:
    """A sandbox some of whose calls fail."""
    faults = (FaultKind.SERVER_ERROR, FaultKind.BAD_GATEWAY)
    with running_sandbox(SandboxOptions(latency_ms=20, rate_per_minute=0, fail_rate=0.4, faults=faults)) as url:
        yield url


@pytest.fixture
def alone(provider: str, tmp_path: Path) -> dict[str, str]:
    """Settings of one process on SQLite."""
    return environment(
        FIRMOGRAPH_DATA_DIR=tmp_path,
        EXPLORIUM_API_KEY=KEY,
        EXPLORIUM_BASE_URL=provider,
        EXPLORIUM_RATE_LIMIT=1_000_000,
        **JSON_LOGS,
    )


@pytest.fixture
def shared(postgres_url: str, own_redis: RedisServer, provider: str, tmp_path: Path) -> dict[str, str]:
    """Settings of many processes."""
    return settings_of(postgres_url, own_redis.url, provider, tmp_path) | JSON_LOGS | {"EXPLORIUM_API_KEY": KEY}


def families(text_: str) -> dict[str, Any]:
    return {family.name: family for family in text_string_to_metric_families(text_)}


def ours(text_: str) -> set[str]:
    """The names of our metrics as a scrape shows them, counters with their ending."""
    shown = families(text_)
    return {
        f"{name}_total" if family.type == "counter" else name
        for name, family in shown.items()
        if name.startswith("firmograph_")
    }


def check_events(told: list[dict[str, Any]], *, run_id: str) -> None:
    assert all(line.keys() >= {"timestamp", "level", "event"} for line in told)
    assert all(re.fullmatch(r"[a-z][a-z_]+", line["event"]) for line in told), {line["event"] for line in told}
    asked = [line for line in told if line["event"] in {"batch_answered", "batch_failed"}]
    assert {line["event"] for line in asked} == {"batch_answered", "batch_failed"}
    for line in asked:
        assert line["run_id"] == run_id
        assert line["provider"] in {"explorium", "open_facts"}
        assert re.match(r".+:\d+", line["worker"])


def test_every_line_is_an_event_and_none_holds_the_key(alone: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "serve.log"
    with server(alone, log) as client:
        run = run_to_its_end(client, DOMAINS)
        say_nonsense(client.base_url.port)  # the server's library has something to say about this
        refused = client.get("/api/v1/runs/none-such")
        assert refused.status_code == 404
    told = events(log)
    check_events(told, run_id=run["id"])
    requests = [line for line in told if line["event"] == "request_answered"]
    assert {line["request_id"] for line in requests} >= {refused.headers["x-request-id"]}
    assert any(line["event"] == "library_message" and line["logger"] == "uvicorn.error" for line in told)
    assert KEY not in log.read_text()


def say_nonsense(port: int | None) -> None:
    with socket.create_connection(("127.0.0.1", port or 0), timeout=10) as connection:
        connection.sendall(b"NONSENSE\r\n\r\n")
        connection.recv(1000)


def test_many_processes_log_and_measure(shared: dict[str, str], tmp_path: Path) -> None:
    served, worked, port = tmp_path / "serve.log", tmp_path / "worker.log", free_port()
    worker_env = shared | {"FIRMOGRAPH_METRICS_PORT": str(port)}
    with server(shared, served) as client:
        told = wait_for(client, "/health/ready", status=503)
        assert told["redis"]["is_ok"]
        assert "firmograph worker" in told["trouble"][0]
        with process(worker_env, worked, "worker"), httpx.Client(base_url=f"http://127.0.0.1:{port}") as worker:
            ready = wait_for(client, "/health/ready")
            assert ready["workers"][0]["is_alive"]
            assert ready["workers"][0]["providers"] == ["explorium", "open_facts"]
            run = run_to_its_end(client, DOMAINS)
            assert wait_for(worker, "/health/live")["status"] == "ok"
            assert worker.get("/elsewhere").status_code == 404
            api, own = client.get("/metrics").text, worker.get("/metrics").text
    told_events = events(served) + events(worked)
    check_events(told_events, run_id=run["id"])
    assert KEY not in served.read_text() + worked.read_text()

    assert sample(api, "firmograph_workers", state="alive") == 1
    assert sample(api, "firmograph_redis_up") == sample(api, "firmograph_database_up") == 1
    assert sample(api, "firmograph_queue_jobs", queue="drain") == 0
    assert sample(api, "firmograph_call_seconds_count", verb="match", provider="explorium") >= 3
    assert sample(api, "firmograph_http_request_seconds_count", route="/api/v1/runs", status="202") == 1
    assert sample(own, "firmograph_slice_seconds_count", kind="drain") >= 1
    assert sample(own, "firmograph_limiter_wait_seconds_count") >= 3
    documented = set(re.findall(r"^\| `(firmograph_\w+)` \|", METRICS_PAGE.read_text(), re.MULTILINE))
    served_names = ours(api) | ours(own)
    assert served_names - documented == set()
    assert documented - served_names == set()


def sample(shown: str, name: str, **labels: str) -> float:
    """The sum of a metric's samples that have those labels."""
    found = [
        one.value
        for family in families(shown).values()
        for one in family.samples
        if one.name == name and labels.items() <= one.labels.items()
    ]
    assert found, f"no {name} with {labels}"
    return sum(found)


def test_health_tells_of_redis_and_database_without_hanging(
    shared: dict[str, str], own_redis: RedisServer, tmp_path: Path
) -> None:
    with server(shared, tmp_path / "serve.log") as client, process(shared, tmp_path / "worker.log", "worker"):
        wait_for(client, "/health/ready")
        own_redis.suspend()
        try:
            told = wait_for(client, "/health/ready", status=503)
            assert "REDIS_URL" in " ".join(told["trouble"])
            assert client.get("/health/live").status_code == 200
        finally:
            own_redis.resume()
        wait_for(client, "/health/ready")
        app = app_of(shared)
        try:
            with app.database.engine.begin() as connection:  # whoever looks now waits for longer than we do
                connection.execute(text("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE"))
                told = wait_for(client, "/health/ready", status=503)
                assert "DATABASE_URL" in told["trouble"][0]
                assert told["redis"]["is_ok"]
            wait_for(client, "/health/ready")
        finally:
            app.database.close()


def test_spans_reach_whoever_takes_them(alone: dict[str, str], tmp_path: Path) -> None:
    proto = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2", reason="the otel extra")
    with span_taker() as (url, bodies):
        with server(alone | {"OTEL_EXPORTER_OTLP_ENDPOINT": url}, tmp_path / "serve.log") as client:
            run = run_to_its_end(client, DOMAINS[:20])
        spans = []
        for body in bodies:
            plain = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
            for resource in proto.ExportTraceServiceRequest.FromString(plain).resource_spans:
                spans += [span for scope in resource.scope_spans for span in scope.spans]
    names = {span.name for span in spans}
    assert names >= {"slice", "provider_batch", "POST /api/v1/runs"}, names
    assert not any(name.endswith(("/health/live", "/metrics")) for name in names)
    batch = next(span for span in spans if span.name == "provider_batch")
    facts = {fact.key: fact.value.string_value or fact.value.int_value for fact in batch.attributes}
    assert facts["firmograph.run_id"] == run["id"]
    assert facts["firmograph.provider"] in {"explorium", "open_facts"}
    parents = {span.span_id for span in spans if span.name == "slice"}
    assert batch.parent_span_id in parents
    assert KEY.encode() not in b"".join(bodies)
    events(tmp_path / "serve.log")


def test_without_the_packages_one_line_says_that_there_are_no_traces() -> None:
    script = """
        import os, sys
        sys.modules["opentelemetry.sdk"] = None
        os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:9"
        from fastapi import FastAPI
        from firmograph.log import during, set_up_logging
        from firmograph.tracing import trace_requests, traced
        set_up_logging(level="warning", as_json=False)
        trace_requests(FastAPI())
        with traced("firmograph-api"), during("slice", run_id="r"):
            print("works")
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, timeout=PATIENCE_S, check=True
    )
    assert done.stdout == "works\n"
    (line,) = done.stderr.splitlines()
    assert "traces_off" in line
    assert "firmograph[otel]" in line


def test_doctor_looks_at_what_many_processes_share(
    shared: dict[str, str], own_redis: RedisServer, tmp_path: Path
) -> None:
    app = app_of(shared)
    assert app.queues is not None
    app.queues.redis.config_set("maxmemory-policy", "allkeys-lru")
    sick = doctor(shared, tmp_path, expect=1)
    assert re.search(r"ok +PostgreSQL: version \d+", sick)
    assert re.search(r"ok +connections: \d+ of \d+ left", sick)
    assert "ok       timeouts: statement 1min, lock 30s, idle 30s" in sick
    assert re.search(r"ok +clocks: the database's is 0\.\d s", sick)
    assert "PROBLEM  workers: 0 alive, 0 silent" in sick
    assert "PROBLEM  maxmemory-policy: allkeys-lru" in sick
    assert "CONFIG SET maxmemory-policy noeviction" in sick
    assert "warning  appendonly: no" in sick
    assert "ok       queues: intake 0, drain 0, export 0" in sick

    app.queues.redis.config_set("maxmemory-policy", "noeviction")
    same, other = presence.introduce("h:1:aaaaaa", ["explorium"]), presence.introduce("h:2:bbbbbb", ["open_facts"])
    with app.database.write() as connection:
        for worker in (same, other):
            presence.say_alive(connection, worker, now=app.clock.now())
        connection.execute(update(worker_rows).where(worker_rows.c.id == "h:2:bbbbbb").values(version="0.0.1"))
    well = doctor(shared, tmp_path, expect=0)
    assert "ok       workers: 2 alive, 0 silent" in well
    assert re.search(r"ok +worker h:1:aaaaaa: version [\d.]+, can ask explorium", well)
    assert "warning  worker h:2:bbbbbb: version 0.0.1, can ask open_facts" in well
    app.database.close()
    own_redis.kill()
    assert "PROBLEM  Redis: 127.0.0.1" in doctor(shared, tmp_path, expect=1)


def doctor(env: dict[str, str], folder: Path, *, expect: int) -> str:
    quiet = {name: value for name, value in env.items() if name not in JSON_LOGS}
    done = subprocess.run(
        [*COMMAND, "doctor"], env=quiet, cwd=folder, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout
