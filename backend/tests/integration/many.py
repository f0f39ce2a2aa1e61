"""Many workers in the tests: real `firmograph worker` processes, and what must hold afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from firmograph.app import App, open_app
from firmograph.config import load_settings
from firmograph.db.models import asks, calls, lookups, targets
from firmograph.runs import repository
from firmograph.runs.run import Run

from .driving import load, recount

_CLEAN = ("DATABASE_URL", "REDIS_URL", "FIRMOGRAPH_", "EXPLORIUM_")


def environment(**settings: object) -> dict[str, str]:
    """The environment of a child process: this one's without Firmograph's settings, and those given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_CLEAN)}
    return kept | {name: str(value) for name, value in settings.items()}


def settings_of(database_url: str, redis_url: str, provider_url: str, folder: Path, **more: object) -> dict[str, str]:
    """What API nodes and workers share."""
    return environment(
        DATABASE_URL=database_url,
        REDIS_URL=redis_url,
        EXPLORIUM_API_KEY="key",
        EXPLORIUM_BASE_URL=provider_url,
        FIRMOGRAPH_DATA_DIR=folder,
        FIRMOGRAPH_LOG_LEVEL="info",
        **{"EXPLORIUM_RATE_LIMIT": 10_000_000, **more},
    )


def app_of(env: Mapping[str, str]) -> App:
    """This process's Firmograph with the same settings."""
    return open_app(
        load_settings(
            read_dotenv=False,
            database_url=env["DATABASE_URL"],
            redis_url=env["REDIS_URL"],
            explorium_api_key=env["EXPLORIUM_API_KEY"],
            explorium_base_url=env["EXPLORIUM_BASE_URL"],
            explorium_rate_limit=int(env["EXPLORIUM_RATE_LIMIT"]),
            data_dir=Path(env["FIRMOGRAPH_DATA_DIR"]),
        )
    )


class Workers:
    """Worker processes that can be killed and started again."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = dict(env)
        self._log = (Path(env["FIRMOGRAPH_DATA_DIR"]) / "workers.log").open("ab")
        self.alive: list[subprocess.Popen[bytes]] = []

    def start(self, count: int = 1) -> None:
        for _ in range(count):
            command = [sys.executable, "-m", "firmograph.cli", "worker"]
            self.alive.append(subprocess.Popen(command, env=self._env, stdout=self._log, stderr=self._log))

    def kill(self, place: int = 0) -> int:
        """SIGKILL one; returns the process id it had."""
        worker = self.alive.pop(place)
        worker.kill()
        worker.wait(10)
        return worker.pid

    def stop(self) -> list[int]:
        """SIGTERM all; returns how each ended."""
        for worker in self.alive:
            worker.send_signal(signal.SIGTERM)
        ended = []
        for worker in self.alive:
            with suppress(subprocess.TimeoutExpired):
                worker.wait(20)
            if worker.returncode is None:
                worker.kill()
                worker.wait(10)
            ended.append(worker.returncode)
        self.alive = []
        return ended

    def close(self) -> None:
        self.stop()
        self._log.close()


@contextmanager
def workers(env: Mapping[str, str], count: int) -> Iterator[Workers]:
    """So many workers, which end with the block."""
    group = Workers(env)
    try:
        group.start(count)
        yield group
    finally:
        group.close()


def check_books(app: App, run: Run) -> None:
    """What must hold at the end of a run, whatever happened on the way."""
    run = load(app, run)
    assert run.is_terminal, (run.state, run.reason, run.detail)
    assert run.counts["pending"] == 0
    counted = recount(app, run)
    assert counted == {name: run.counts[name] for name in counted}
    with app.database.read() as connection:
        states = set(connection.execute(select(targets.c.state).where(targets.c.run_id == run.id).distinct()).scalars())
        assert states <= {"done"}
        held = select(func.count()).select_from(asks).where(asks.c.run_id == run.id, asks.c.lease_token.is_not(None))
        assert connection.execute(held).scalar() == 0
        money = connection.execute(
            select(func.sum(calls.c.credits), func.sum(calls.c.credits_uncertain)).where(calls.c.run_id == run.id)
        ).one()
        unfinished = (
            select(func.count()).select_from(calls).where(calls.c.run_id == run.id, calls.c.finished_at.is_(None))
        )
        assert connection.execute(unfinished).scalar() == 0
    assert (run.credits_spent, run.credits_uncertain) == (round(money[0] or 0, 4), round(money[1] or 0, 4))
    assert run.credits_reserved == 0


def answered_twice(app: App) -> int:
    """How many questions were answered and stored more than once: 0, or those under way at a crash."""
    question = (lookups.c.provider, lookups.c.host, lookups.c.verb, lookups.c.request_key)
    with app.database.read() as connection:
        many = select(func.count().label("times")).where(lookups.c.call_id.is_not(None))
        grouped = many.group_by(*question, lookups.c.domain).having(func.count() > 1).subquery()
        return int(connection.execute(select(func.coalesce(func.sum(grouped.c.times - 1), 0))).scalar_one())


def companies(name: str, count: int) -> list[str]:
    """The rows of a list."""
    return [f"{name} {n},{name}-{n}.com" for n in range(count)]


def under_way(app: App, run: Run) -> dict[str, Any]:
    """A run's counts at this moment."""
    with app.database.read() as connection:
        return repository.get_run(connection, run.id).counts
