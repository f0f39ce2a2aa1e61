"""The embedded limiter's memory on real databases: what a successor finds, and how few rows and writes it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from firmograph.app import App
from firmograph.db.models import rate_entries
from firmograph.errors import RateLimited
from firmograph.jobs.rate_store import TableWindowStore, window_uses
from firmograph.providers.base import RateFacts, RateLimit
from firmograph.providers.rate_limit import WindowLimiter

KEY = "0123456789abcdef"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
pytestmark = pytest.mark.anyio


class SetClock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0.005)


class Memory:
    """A store of the test's database that counts its units of work."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.clock = SetClock()
        self.units = 0

    async def in_database(self, work: Callable[[Connection], Any]) -> Any:
        self.units += 1
        with self.app.database.write() as connection:
            return work(connection)

    def limiter(self, per_minute: int = 100) -> WindowLimiter:
        store = TableWindowStore(self.in_database, self.clock)
        return WindowLimiter(RateLimit(key_id=KEY, per_minute=per_minute), store=store, clock=self.clock)

    def use(self) -> tuple[int, float]:
        with self.app.database.read() as connection:
            return window_uses(connection, now=self.clock.now().timestamp()).get(KEY, (0, 0.0))

    def rows(self) -> int:
        with self.app.database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(rate_entries)).scalar_one())


@pytest.fixture
def memory(app: App) -> Memory:
    return Memory(app)


async def test_a_successor_counts_what_was_out_and_what_was_answered(memory: Memory) -> None:
    killed = memory.limiter()
    answered = await killed.acquire(30, backlog=30, run_id="r")
    await killed.answered(answered, RateFacts())
    await killed.acquire(40, backlog=40, run_id="r")  # and its process is gone
    assert 70 <= memory.use()[0] <= 71
    memory.clock.seconds = 50.0
    successor = memory.limiter()
    assert (await successor.acquire(29, backlog=29, run_id="r")).entities == 29
    memory.clock.seconds = 61.0  # the answered ones have left; the others count for a minute from the take-over
    permit = await successor.acquire(50, backlog=30, run_id="r")
    assert permit.entities == 30
    await killed.aclose()
    await successor.aclose()


async def test_the_pause_and_the_learned_limit_are_remembered(memory: Memory) -> None:
    limiter = memory.limiter()
    await limiter.answered(await limiter.acquire(1, backlog=1, run_id="r"), RateFacts(limit=60))
    await limiter.refused(await limiter.acquire(1, backlog=1, run_id="r"), RateLimited("slow down", after=30))
    await limiter.aclose()
    assert memory.use() == (2, NOW.timestamp() + 30)
    successor = memory.limiter()
    memory.clock.seconds = 31.0
    await successor.acquire(1, backlog=1, run_id="r")
    assert successor.per_minute == 60
    await successor.aclose()


async def test_without_a_limit_in_reach_nothing_is_written_for_each_batch(memory: Memory) -> None:
    limiter = memory.limiter(1_000_000_000)
    for _ in range(500):
        memory.clock.seconds += 0.01
        await limiter.answered(await limiter.acquire(50, backlog=1_000_000, run_id="r"), RateFacts())
    assert memory.units <= 10
    await limiter.aclose()
    assert memory.use()[0] == 25_000
    assert memory.rows() <= 25


async def test_after_a_minute_nothing_is_left(memory: Memory) -> None:
    limiter = memory.limiter()
    await limiter.answered(await limiter.acquire(30, backlog=30, run_id="r"), RateFacts())
    await limiter.aclose()
    assert memory.use()[0] == 30
    memory.clock.seconds = 60.3
    assert memory.use()[0] == 0
