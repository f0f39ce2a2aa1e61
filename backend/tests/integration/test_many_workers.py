"""Faults with many workers, each really done: processes killed, Redis restarted, slow answers, wrong clocks."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from firmograph.app import App
from firmograph.core.outcomes import RunState
from firmograph.db.models import IS_LEASED, targets
from firmograph.db.models import workers as worker_rows
from firmograph.jobs.presence import Worker, list_workers
from firmograph.runs import service
from firmograph.sandbox.options import SandboxOptions
from firmograph.sandbox.server import running_sandbox

from .driving import load, stats, submit, wait_until
from .many import Workers, answered_twice, app_of, check_books, companies, settings_of, under_way, workers
from .servers import RedisServer

MATCH_BATCH = 50
FREED_S = 60  # a killed worker is noticed after 30 s, and what it held is free


@pytest.fixture
def provider() -> Iterator[str]:
    """A sandbox that answers after 150 ms, without a limit and without faults."""
    with running_sandbox(SandboxOptions(latency_ms=150, rate_per_minute=0)) as url:
        yield url


@pytest.fixture
def env(postgres_url: str, own_redis: RedisServer, provider: str, tmp_path: Path) -> dict[str, str]:
    return settings_of(postgres_url, own_redis.url, provider, tmp_path)


@pytest.fixture
def app(env: dict[str, str]) -> Iterator[App]:
    opened = app_of(env)
    keeper = opened.keeper()  # as an API node has one
    keeper.start()
    yield opened
    keeper.stop()
    opened.database.close()


def test_a_killed_workers_batches_are_asked_by_others(app: App, env: dict[str, str], provider: str) -> None:
    run = submit(app, companies("killed", 2000), waterfall=("explorium",))
    with workers(env, 2) as group:
        wait_until(lambda: under_way(app, run)["pending"] < 1900 and under_way(app, run)["enriched"] > 0, seconds=30)
        group.kill()
        wait_until(lambda: load(app, run).is_terminal, seconds=FREED_S + 30)
    check_books(app, run)
    verbs = stats(provider)["verbs"]
    for verb in verbs.values():
        assert verb["entities_delivered"] - verb["distinct_delivered"] <= 16 * MATCH_BATCH
    assert answered_twice(app) == 0


def test_a_stopped_worker_gives_its_leases_back(app: App, env: dict[str, str]) -> None:
    run = submit(app, companies("stopped", 3000), waterfall=("explorium",))
    group = Workers(env)
    group.start(2)
    wait_until(lambda: under_way(app, run)["enriched"] > 0, seconds=30)
    assert group.stop() == [0, 0]
    with app.database.read() as connection:
        assert list_workers(connection, now=app.clock.now()) == []
    left = load(app, run)
    assert left.state is RunState.RUNNING
    assert left.credits_reserved == 0
    with workers(env, 1):
        wait_until(lambda: load(app, run).is_terminal, seconds=60)
    group.close()
    check_books(app, run)
    assert answered_twice(app) == 0


def test_redis_dies_and_comes_back_empty(app: App, env: dict[str, str], own_redis: RedisServer, provider: str) -> None:
    run = submit(app, companies("emptied", 3000), waterfall=("explorium",))
    with workers(env, 2):
        wait_until(lambda: under_way(app, run)["enriched"] > 0, seconds=30)
        own_redis.kill()
        time.sleep(2)  # calls that were out come back
        asked = stats(provider)["verbs"]["match"]["calls"]
        wait_until(lambda: any(worker.trouble for worker in _workers(app)), seconds=20)
        assert stats(provider)["verbs"]["match"]["calls"] == asked  # nobody asks while nobody counts
        own_redis.start()
        wait_until(lambda: load(app, run).is_terminal, seconds=150)
        assert not any(worker.trouble for worker in _workers(app))
    check_books(app, run)
    assert answered_twice(app) == 0


def test_a_small_list_is_not_stuck_behind_a_large_one(app: App, env: dict[str, str]) -> None:
    large = submit(app, companies("large", 20_000), waterfall=("explorium",))
    with workers(env, 2):
        wait_until(lambda: under_way(app, large)["enriched"] > 0, seconds=60)
        small = submit(app, companies("small", 10), waterfall=("explorium",))
        wait_until(lambda: load(app, small).is_terminal, seconds=30)
        assert not load(app, large).is_terminal
        with app.database.write() as connection:
            service.cancel(connection, load(app, large), now=app.clock.now())
        wait_until(lambda: load(app, large).is_terminal, seconds=10)
    check_books(app, small)
    check_books(app, large)


def test_pause_and_resume_reach_every_worker(app: App, env: dict[str, str], provider: str) -> None:
    run = submit(app, companies("paused", 4000), waterfall=("explorium",))
    with workers(env, 3):
        wait_until(lambda: under_way(app, run)["enriched"] > 0, seconds=30)
        with app.database.write() as connection:
            service.pause(connection, load(app, run))
        time.sleep(3)
        asked = stats(provider)["verbs"]["match"]["calls"]
        time.sleep(1.5)
        assert stats(provider)["verbs"]["match"]["calls"] == asked
        with app.database.write() as connection:
            service.resume(connection, load(app, run))
        wait_until(lambda: load(app, run).is_terminal, seconds=60)
    check_books(app, run)
    assert answered_twice(app) == 0


def test_clocks_that_are_wrong(app: App, env: dict[str, str], tmp_path: Path) -> None:
    script = tmp_path / "skewed.py"
    script.write_text(SKEWED, encoding="utf-8")
    run = submit(app, companies("skewed", 1500), waterfall=("explorium",))
    group = [
        subprocess.Popen([sys.executable, str(script), str(minutes)], env=env, stderr=subprocess.DEVNULL)
        for minutes in (-30, 45)
    ]
    try:
        wait_until(lambda: load(app, run).is_terminal, seconds=60)
    finally:
        for worker in group:
            worker.terminate()
            worker.wait(20)
    check_books(app, run)
    assert answered_twice(app) == 0


SKEWED = """
import sys
from dataclasses import replace
from datetime import timedelta
from firmograph.app import open_app
from firmograph.clock import SystemClock
from firmograph.config import load_settings
from firmograph.jobs.database_clock import following_clock
from firmograph.worker import run_worker

class Wrong(SystemClock):
    def now(self):
        return super().now() + timedelta(minutes=int(sys.argv[1]))

app = open_app(load_settings(read_dotenv=False))
run_worker(replace(app, clock=following_clock(app.database, Wrong())), burst=False)
"""


def test_an_answer_after_its_lease_was_taken_away(app: App, env: dict[str, str], provider: str) -> None:
    """A worker that was stopped for a while counts as dead; its answers are kept when it goes on."""
    run = submit(app, companies("late", 600), waterfall=("explorium",))
    with workers(env, 1) as group:
        wait_until(lambda: stats(provider)["verbs"]["match"]["calls"] >= 3, seconds=30)
        group.alive[0].send_signal(signal.SIGSTOP)
        with app.database.write() as connection:
            connection.execute(worker_rows.update().values(seen_at=app.clock.now().replace(year=2000)))
        # Frozen in the middle of a transaction, it keeps others waiting until PostgreSQL ends that.
        wait_until(lambda: not _held(app), seconds=90)
        group.alive[0].send_signal(signal.SIGCONT)
        wait_until(lambda: load(app, run).is_terminal, seconds=60)
    check_books(app, run)
    assert answered_twice(app) == 0


def _workers(app: App) -> list[Worker]:
    with app.database.read() as connection:
        return list_workers(connection, now=app.clock.now())


def _held(app: App) -> int:
    with app.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(targets).where(IS_LEASED)).scalar_one())
