"""Everything at once: four workers, five runs, a provider with faults, and a seed that says what dies when.

CHAOS_SEED and CHAOS_SECONDS choose another course or a longer one.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

from firmograph.app import App
from firmograph.errors import NotAllowedNow
from firmograph.runs import service
from firmograph.runs.run import Run
from firmograph.sandbox.options import SandboxOptions
from firmograph.sandbox.server import running_sandbox

from .driving import load, submit, wait_until
from .many import Workers, answered_twice, app_of, check_books, settings_of, workers
from .servers import RedisServer

SEED = int(os.environ.get("CHAOS_SEED", "20261124"))
SECONDS = float(os.environ.get("CHAOS_SECONDS", "40"))
WORKERS = 4
SIZES = (3000, 1500, 800, 200, 10)
# Freed after 30 s at the latest, then a minute in which an emptied Redis lets nothing out, then the rest of the work.
ENDS_WITHIN_S = 240.0


def test_whatever_dies_every_run_ends_and_every_number_is_right(
    postgres_url: str, own_redis: RedisServer, tmp_path: Path
) -> None:
    dice = random.Random(SEED)
    options = SandboxOptions(latency_ms=120, rate_per_minute=0, fail_rate=0.05, seed=SEED)
    with running_sandbox(options) as provider:
        env = settings_of(postgres_url, own_redis.url, provider, tmp_path)
        app = app_of(env)
        keeper = app.keeper()
        keeper.start()
        # Lists that overlap: a question of two runs is asked once.
        runs = [
            submit(app, [f"Firm {n},chaos-{n}.com" for n in range(size)], waterfall=("explorium",)) for size in SIZES
        ]
        with workers(env, WORKERS) as group:
            killed = _make_trouble(dice, app, group, own_redis, runs)
            for run in runs:
                wait_until(lambda run=run: load(app, run).is_terminal, seconds=ENDS_WITHIN_S)
        keeper.stop()
        for run in runs:
            check_books(app, run)
            assert load(app, run).counts["failed"] == 0
        assert killed > 0
        assert answered_twice(app) <= killed * 16 * 50
        app.database.close()


def _make_trouble(dice: random.Random, app: App, group: Workers, redis: RedisServer, runs: list[Run]) -> int:
    """Do harm for a while; returns how many workers were killed."""
    killed = 0
    end = time.monotonic() + SECONDS
    course: list[Callable[[], int]] = [
        lambda: _kill_one(dice, group),
        lambda: _flush(redis),
        lambda: _kill_one(dice, group),
        lambda: _pause_and_resume(dice, app, runs),
        lambda: _restart(redis),
        lambda: _kill_one(dice, group),
    ]
    for harm in course:
        time.sleep(dice.uniform(0.5, 1.5) * SECONDS / len(course))
        killed += harm()
        if time.monotonic() > end:
            break
    return killed


def _kill_one(dice: random.Random, group: Workers) -> int:
    group.kill(dice.randrange(len(group.alive)))
    group.start()
    return 1


def _flush(redis: RedisServer) -> int:
    redis.flush()
    return 0


def _restart(redis: RedisServer) -> int:
    redis.kill()
    time.sleep(2)
    redis.start()
    return 0


def _pause_and_resume(dice: random.Random, app: App, runs: list[Run]) -> int:
    run = dice.choice(runs)
    try:
        with app.database.write() as connection:
            service.pause(connection, load(app, run))
        time.sleep(2)
        with app.database.write() as connection:
            service.resume(connection, load(app, run))
    except NotAllowedNow:
        pass  # it had ended
    return 0
