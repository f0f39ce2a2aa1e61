"""The limiter under a clock that jumps: never more than the limit in any minute, nearly all of it used, in turn."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise

import pytest

from firmograph.errors import RateLimited
from firmograph.providers.base import RateFacts, RateLimit
from firmograph.providers.rate_limit import WINDOW_S, WindowLimiter
from firmograph.providers.window_memory import WindowState

START = datetime(2026, 11, 24, tzinfo=UTC)


class JumpingClock:
    """A clock whose sleepers wake in order, at once: an hour takes a moment."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = count()

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.seconds + seconds, next(self._order), future))
        await future

    async def run(self, until: float) -> None:
        while True:
            for _ in range(50):  # let everybody who can go on do so before time moves
                await asyncio.sleep(0)
            while self._sleepers and self._sleepers[0][2].done():
                heapq.heappop(self._sleepers)
            if not self._sleepers or self._sleepers[0][0] > until:
                self.seconds = until
                return
            moment, _, future = heapq.heappop(self._sleepers)
            self.seconds = max(self.seconds, moment)
            future.set_result(None)


class MemoryStore:
    """A window store that keeps everything in memory and counts how often it is written to."""

    def __init__(self) -> None:
        self.state = WindowState()
        self.open_weight = 0
        self.saves = 0
        self.fails = False

    def used(self, now: float) -> int:
        """What a process that starts now would count as used."""
        return self.open_weight + sum(weight for until, weight in self.state.settled.items() if until > now)

    def restart(self, now: float) -> MemoryStore:
        """What a successor finds: what was open counts for a minute from now."""
        after = MemoryStore()
        after.state = WindowState(dict(self.state.settled), self.state.paused_until, self.state.learned_limit)
        if self.open_weight:
            until = now + WINDOW_S
            after.state.settled[until] = after.state.settled.get(until, 0) + self.open_weight
        return after

    async def load(self, key_id: str) -> WindowState:
        return self.state

    async def save(self, key_id: str, open_weight: int, settled: Mapping[float, int]) -> None:
        await asyncio.sleep(0)
        if self.fails:
            raise OSError("no space left")
        self.saves += 1
        self.open_weight = open_weight
        self.state.settled.update(settled)

    async def remember(self, key_id: str, paused_until: float, learned_limit: int | None) -> None:
        self.state.paused_until, self.state.learned_limit = paused_until, learned_limit


def make_limiter(
    clock: JumpingClock, *, per_minute: int, unit: str = "entities", store: MemoryStore | None = None
) -> WindowLimiter:
    return WindowLimiter(
        RateLimit(key_id="k", per_minute=per_minute, unit=unit), store=store or MemoryStore(), clock=clock
    )


async def drive(
    clock: JumpingClock, limiter: WindowLimiter, *, workers: int, latency: float, minutes: float, most: int = 50
) -> list[tuple[float, int]]:
    """Workers that send as much as they may; what arrived at the provider, and when."""
    arrived: list[tuple[float, int]] = []

    async def work() -> None:
        while True:
            permit = await limiter.acquire(most, backlog=1_000_000, run_id="r")
            await clock.sleep(latency * 0.3)
            arrived.append((clock.seconds, permit.entities))
            await clock.sleep(latency * 0.7)
            await limiter.answered(permit, RateFacts())

    tasks = [asyncio.create_task(work()) for _ in range(workers)]
    await clock.run(minutes * 60)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return arrived


def worst_minute(arrived: list[tuple[float, int]]) -> int:
    return max(sum(n for at, n in arrived if start <= at < start + 60.0) for start, _ in arrived)


@pytest.mark.anyio
@pytest.mark.parametrize("per_minute", [7, 200, 3000, 6000])
@pytest.mark.parametrize("latency", [0.05, 0.8])
async def test_no_minute_holds_more_than_the_limit_and_nearly_all_of_it_is_used(
    per_minute: int, latency: float
) -> None:
    clock = JumpingClock()
    arrived = await drive(clock, make_limiter(clock, per_minute=per_minute), workers=16, latency=latency, minutes=5)
    assert worst_minute(arrived) <= per_minute
    steady = sum(n for at, n in arrived if 60 <= at < 300)
    assert steady >= 0.95 * per_minute * 4


@pytest.mark.anyio
async def test_at_a_slow_limit_something_moves_every_few_seconds() -> None:
    clock = JumpingClock()
    arrived = await drive(clock, make_limiter(clock, per_minute=200), workers=8, latency=0.3, minutes=4)
    moments = [at for at, _ in arrived]
    assert max(later - earlier for earlier, later in pairwise(moments)) < 6


@pytest.mark.anyio
async def test_a_short_list_is_not_paced() -> None:
    clock = JumpingClock()
    limiter = make_limiter(clock, per_minute=200)
    first = await limiter.acquire(50, backlog=120, run_id="r")
    second = await limiter.acquire(50, backlog=70, run_id="r")
    assert (first.entities, second.entities, clock.seconds) == (50, 50, 0.0)


@pytest.mark.anyio
async def test_by_requests_a_full_batch_weighs_one() -> None:
    clock = JumpingClock()
    arrived = await drive(clock, make_limiter(clock, per_minute=60, unit="requests"), workers=4, latency=0.2, minutes=3)
    calls = [(at, 1) for at, _ in arrived]
    assert {n for _, n in arrived} == {50}
    assert worst_minute(calls) <= 60
    assert len([1 for at, _ in calls if at >= 60]) >= 0.95 * 120


@pytest.mark.anyio
async def test_by_requests_a_short_list_is_not_paced_either() -> None:
    clock = JumpingClock()
    limiter = make_limiter(clock, per_minute=2, unit="requests")
    first = await limiter.acquire(50, backlog=100, run_id="r")
    second = await limiter.acquire(50, backlog=50, run_id="r")
    assert (first.entities, second.entities, clock.seconds) == (50, 50, 0.0)


@pytest.mark.anyio
async def test_everybody_pauses_after_a_429() -> None:
    clock, store = JumpingClock(), MemoryStore()
    limiter = make_limiter(clock, per_minute=100, store=store)
    permit = await limiter.acquire(10, backlog=10, run_id="r")
    assert await limiter.refused(permit, RateLimited("slow down", after=7)) == 7
    waiting = asyncio.create_task(limiter.acquire(10, backlog=10, run_id="r"))
    await clock.run(6.9)
    assert not waiting.done()
    await clock.run(7.5)
    assert waiting.done()
    assert store.state.paused_until == pytest.approx(START.timestamp() + 7)


@pytest.mark.anyio
async def test_pauses_grow_while_the_provider_says_nothing_of_how_long() -> None:
    clock = JumpingClock()
    limiter = make_limiter(clock, per_minute=1000)
    pauses = []
    for _ in range(4):
        getting = asyncio.create_task(limiter.acquire(1, backlog=1, run_id="r"))
        await clock.run(clock.seconds + 30)
        pauses.append(await limiter.refused(getting.result(), RateLimited("slow down")))
    assert pauses == [1, 2, 4, 8]


@pytest.mark.anyio
async def test_calls_that_met_the_same_full_window_make_one_pause() -> None:
    clock = JumpingClock()
    limiter = make_limiter(clock, per_minute=1000)
    permits = [await limiter.acquire(1, backlog=1, run_id="r") for _ in range(8)]
    await clock.run(1)
    pauses = [await limiter.refused(permit, RateLimited("slow down")) for permit in permits[:7]]
    assert pauses == [1] * 7
    await limiter.answered(permits[7], RateFacts())  # it went out before the refusal, so it ends nothing
    getting = asyncio.create_task(limiter.acquire(1, backlog=1, run_id="r"))
    await clock.run(clock.seconds + 5)
    assert await limiter.refused(getting.result(), RateLimited("slow down")) == 2


@pytest.mark.anyio
async def test_a_restart_does_not_forget_the_minute() -> None:
    clock, store = JumpingClock(), MemoryStore()
    permit = await make_limiter(clock, per_minute=50, store=store).acquire(50, backlog=50, run_id="r")
    assert permit.entities == 50
    after = asyncio.create_task(
        make_limiter(clock, per_minute=50, store=store.restart(START.timestamp())).acquire(50, backlog=50, run_id="r")
    )
    await clock.run(59)
    assert not after.done()
    await clock.run(61)
    assert after.done()


@pytest.mark.anyio
async def test_what_is_written_down_is_never_less_than_what_is_used() -> None:
    clock, store = JumpingClock(), MemoryStore()
    limiter = make_limiter(clock, per_minute=600, store=store)
    rested: list[tuple[int, int]] = []

    async def compare() -> None:
        while True:
            limiter._allowance()
            now = START.timestamp() + clock.seconds
            rested.append((limiter._entries.used, store.used(now)))
            await clock.sleep(0.1)

    comparing = asyncio.create_task(compare())
    await drive(clock, limiter, workers=8, latency=0.7, minutes=3)
    comparing.cancel()
    assert all(used <= written for used, written in rested)
    assert max(written - used for used, written in rested) <= 0.05 * 600


@pytest.mark.anyio
async def test_far_below_the_limit_permits_are_not_written_one_by_one() -> None:
    clock, store = JumpingClock(), MemoryStore()
    limiter = make_limiter(clock, per_minute=1_000_000_000, store=store)
    arrived = await drive(clock, limiter, workers=4, latency=0.05, minutes=0.5)
    assert len(arrived) > 2_000
    assert store.saves <= 35  # one a second
    assert len(limiter._entries.settled) <= 4 * 31
    await limiter.aclose()
    assert store.open_weight == limiter._entries.open_weight


@pytest.mark.anyio
async def test_no_permit_without_its_line_in_the_memory() -> None:
    clock, store = JumpingClock(), MemoryStore()
    limiter = make_limiter(clock, per_minute=60, store=store)
    store.fails = True
    with pytest.raises(OSError, match="no space"):
        await limiter.acquire(50, backlog=50, run_id="r")
    store.fails = False
    permit = await limiter.acquire(50, backlog=50, run_id="r")  # what failed is not counted
    assert (permit.entities, store.open_weight) == (50, 51)
    store.fails = True
    await limiter.answered(permit, RateFacts())
    await limiter.aclose()  # says what is wrong, and covers the window still
    assert store.open_weight == 51


@pytest.mark.anyio
async def test_headers_lower_the_limit_and_tell_of_others_who_use_the_key() -> None:
    clock = JumpingClock()
    limiter = make_limiter(clock, per_minute=200)
    permit = await limiter.acquire(10, backlog=10, run_id="r")
    await limiter.answered(permit, RateFacts(limit=100, remaining=30))
    assert limiter.per_minute == 100
    following = await limiter.acquire(50, backlog=30, run_id="r")
    assert following.entities == 30  # 70 are used by the provider's count, 10 of them by us


@pytest.mark.anyio
async def test_what_is_given_back_is_not_waited_for() -> None:
    clock = JumpingClock()
    limiter = make_limiter(clock, per_minute=600)
    for _ in range(50):  # thirty entities each, of which none is used
        await limiter.keep(await limiter.acquire(50, backlog=100_000, run_id="r"), 0)
    assert clock.seconds < 1


@pytest.mark.anyio
async def test_slow_moments_are_caught_up_with() -> None:
    clock = JumpingClock()
    limiter = make_limiter(clock, per_minute=6000)
    arrived: list[tuple[float, int]] = []
    slept = 0.0

    async def work() -> None:
        nonlocal slept
        while True:
            permit = await limiter.acquire(50, backlog=1_000_000, run_id="r")
            arrived.append((clock.seconds, permit.entities))
            await limiter.answered(permit, RateFacts())
            if clock.seconds - slept > 20:  # as between two slices
                slept = clock.seconds
                await clock.sleep(3)

    working = asyncio.create_task(work())
    await clock.run(300)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert worst_minute(arrived) <= 6000
    assert sum(n for at, n in arrived if 60 <= at < 300) >= 0.95 * 4 * 6000


@pytest.mark.anyio
async def test_what_is_given_back_can_be_used() -> None:
    clock = JumpingClock()
    limiter = make_limiter(clock, per_minute=60)
    permit = await limiter.acquire(50, backlog=50, run_id="r")
    await limiter.keep(permit, 10)
    assert (await limiter.acquire(50, backlog=50, run_id="r")).entities == 50
    unused = await make_limiter(clock, per_minute=60).acquire(50, backlog=50, run_id="r")
    await limiter.keep(unused, 0)
