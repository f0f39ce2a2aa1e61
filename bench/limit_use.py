"""How much of the provider's limit a run uses, and whether it provokes a 429: a real run against the sandbox.

Usage: python bench/limit_use.py [--per-minute 200] [--minutes 3] [--miss-rate 0.12] [--latency-ms 300] [--workers 0]

The sandbox runs in its own process and counts what arrives; the steady part is everything after the first minute. With
`--workers N`, N `firmograph worker` processes share the limit: `DATABASE_URL` names a PostgreSQL server, on which a
database is made and dropped, and `REDIS_URL` a Redis.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2 as httpx
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from firmograph.app import App, open_app
from firmograph.config import load_settings
from firmograph.runs import service, uploads_repository
from firmograph.runs.request import RunRequest

PORT = 8877


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-minute", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--miss-rate", type=float, default=0.12)
    parser.add_argument("--latency-ms", type=int, default=300)
    parser.add_argument("--workers", type=int, default=0, help="0: the embedded worker, on SQLite")
    options = parser.parse_args()
    code = (
        "from firmograph.sandbox.server import serve; from firmograph.sandbox.options import SandboxOptions as O; "
        f"serve(O(rate_per_minute={options.per_minute}, latency_ms={options.latency_ms}, "
        f"miss_rate={options.miss_rate}, credits=10**9), port={PORT})"
    )
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL) as sandbox:  # noqa: S603 - our own
        try:
            wait_for_sandbox()
            print(json.dumps(measure(options)))  # noqa: T201 - what a bench is for
        finally:
            sandbox.terminate()


def wait_for_sandbox() -> None:
    for _ in range(100):
        try:
            stats()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the sandbox did not start")


def stats() -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"http://127.0.0.1:{PORT}/sandbox/stats").json()
    return found


def arrived(found: dict[str, Any]) -> int:
    return sum(verb["entities_asked"] for verb in found["verbs"].values())


def measure(options: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, where_to_work(options, Path(folder)) as settings:
        app = open_app(load_settings(read_dotenv=False, **settings))
        run_id = start_run(app, rows=int(options.per_minute * (options.minutes + 2)), folder=Path(folder))
        with working(app, run_id, settings, options.workers):
            wait_for_the_first_question()
            time.sleep(60)
            first, began = arrived(stats()), time.monotonic()
            time.sleep((options.minutes - 1) * 60)
            last, seconds = arrived(stats()), time.monotonic() - began
        app.database.close()
        return {
            "workers": options.workers or "embedded",
            "per_minute": options.per_minute,
            "latency_ms": options.latency_ms,
            "miss_rate": options.miss_rate,
            "share_of_limit_used": round((last - first) / (options.per_minute * seconds / 60), 4),
            "rate_limited": stats()["rate_limited"],
        }


def wait_for_the_first_question() -> None:
    for _ in range(600):
        if arrived(stats()):
            return
        time.sleep(0.1)
    raise SystemExit("nothing was asked within a minute")


@contextmanager
def where_to_work(options: argparse.Namespace, folder: Path) -> Iterator[dict[str, Any]]:
    """The settings to work with: SQLite in the folder, or a new database on the PostgreSQL server that is given."""
    settings: dict[str, Any] = {
        "data_dir": folder,
        "explorium_api_key": "bench",
        "explorium_base_url": f"http://127.0.0.1:{PORT}",
        "explorium_rate_limit": options.per_minute,
    }
    if not options.workers:
        yield settings
        return
    if "DATABASE_URL" not in os.environ or "REDIS_URL" not in os.environ:
        raise SystemExit("--workers needs DATABASE_URL (a PostgreSQL server) and REDIS_URL.")
    server = make_url(load_settings(read_dotenv=False).resolved_database_url)
    name = f"bench_{uuid4().hex[:12]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    address = server.set(database=name, drivername="postgresql").render_as_string(hide_password=False)
    try:
        yield {**settings, "database_url": address, "redis_url": os.environ["REDIS_URL"]}
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


def start_run(app: App, *, rows: int, folder: Path) -> str:
    path = folder / "list.csv"
    path.write_text("website\n" + "\n".join(f"steady-firm-{number}.com" for number in range(rows)))
    with path.open("rb") as source:
        upload = uploads_repository.store_upload(
            app.database, source, file_name=path.name, most_bytes=1 << 30, now=app.clock.now()
        )
    request = RunRequest(upload_id=upload, waterfall=("explorium",))
    return service.start_run(app.database, request, providers=app.providers(), clock=app.clock).id


@contextmanager
def working(app: App, run_id: str, settings: dict[str, Any], workers: int) -> Iterator[None]:
    """The embedded worker, or so many worker processes, while the block lasts."""
    if not workers:
        worker = app.worker(only=run_id)
        worker.start()
        yield
        worker.stop()
        return
    names = {
        "DATABASE_URL": settings["database_url"],
        "REDIS_URL": settings["redis_url"],
        "EXPLORIUM_API_KEY": settings["explorium_api_key"],
        "EXPLORIUM_BASE_URL": settings["explorium_base_url"],
        "EXPLORIUM_RATE_LIMIT": str(settings["explorium_rate_limit"]),
        "FIRMOGRAPH_DATA_DIR": str(settings["data_dir"]),
    }
    command = [sys.executable, "-m", "firmograph.cli", "worker"]
    started = [subprocess.Popen(command, env={**os.environ, **names}) for _ in range(workers)]  # noqa: S603 - our own
    try:
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(timeout=60)


if __name__ == "__main__":
    main()
