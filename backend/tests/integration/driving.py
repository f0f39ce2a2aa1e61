"""Driving runs in the tests: a list goes in, an embedded worker drains it, and the rows are there to look at."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import httpx2 as httpx
from sqlalchemy import select

from firmograph.app import App
from firmograph.config import load_settings
from firmograph.db.models import targets
from firmograph.jobs.embedded import EmbeddedWorker
from firmograph.providers import explorium
from firmograph.runs import repository, service, uploads_repository
from firmograph.runs.plan import AnyProvider
from firmograph.runs.report import report_json
from firmograph.runs.request import RunRequest
from firmograph.runs.run import Run

FAST_LIMIT = 10_000_000


def with_explorium(app: App, base_url: str, *, key: str = "key", limit: int = FAST_LIMIT) -> App:
    """The same Firmograph with Explorium reached at that address."""
    settings = load_settings(
        read_dotenv=False,
        data_dir=app.settings.data_dir,
        database_url=app.settings.database_url,
        explorium_base_url=base_url,
        explorium_api_key=key,
        explorium_rate_limit=limit,
    )
    return replace(app, settings=settings)


def submit(app: App, rows: Sequence[str] | bytes, *, header: str = "company,website", **request: Any) -> Run:
    """Start a run over a CSV list."""
    data = rows if isinstance(rows, bytes) else "\n".join([header, *rows]).encode()
    upload = uploads_repository.store_upload(
        app.database, io.BytesIO(data), file_name="list.csv", most_bytes=1 << 30, now=app.clock.now()
    )
    return service.start_run(
        app.database, RunRequest(upload_id=upload, **request), providers=app.providers(), clock=app.clock
    )


def drain(app: App, run: Run, *, make_providers: Callable[[], dict[str, AnyProvider]] | None = None) -> Run:
    """Work on one run until it ends or pauses."""
    parts = replace(app.embedded_parts(), make_providers=make_providers or app.providers, concurrency=8)
    worker = EmbeddedWorker(parts, only=run.id)
    worker.start()
    wait_until(lambda: not worker.is_working)
    assert worker.failure is None
    return load(app, run)


def load(app: App, run: Run) -> Run:
    with app.database.read() as connection:
        return repository.get_run(connection, run.id)


def recount(app: App, run: Run) -> dict[str, int]:
    with app.database.read() as connection:
        return repository.recount(connection, run.id)


def report_of(app: App, run: Run) -> dict[str, Any]:
    with app.database.read() as connection:
        return report_json(connection, run.id)


def rows_of(app: App, run: Run) -> dict[str, dict[str, Any]]:
    """The run's targets by their key."""
    with app.database.read() as connection:
        found = connection.execute(select(targets).where(targets.c.run_id == run.id)).mappings()
        return {row["domain"]: dict(row) for row in found}


def stats(url: str) -> dict[str, Any]:
    """What a sandbox counted."""
    found: dict[str, Any] = httpx.get(f"{url}/sandbox/stats").json()
    return found


def wait_until(is_true: Callable[[], bool], *, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.01)


def scripted(
    app: App, handler: Callable[[httpx.Request], httpx.Response], **settings: Any
) -> Callable[[], dict[str, AnyProvider]]:
    """Providers whose Explorium is answered by a function."""

    def make() -> dict[str, AnyProvider]:
        provider = explorium.build(
            api_key="key",
            base_url="http://scripted.invalid",
            api_version="v2",
            rate_limit=FAST_LIMIT,
            rate_unit="entities",
            is_sandbox=False,
            transport=httpx.MockTransport(handler),
            **settings,
        )
        return {**app.providers(), "explorium": provider}

    return make
