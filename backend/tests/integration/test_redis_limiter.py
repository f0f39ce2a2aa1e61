"""The shared limiter on a real Redis: many processes, one window, whatever happens to Redis or to any of them."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from redis import Redis

from firmograph.app import App
from firmograph.db.models import calls
from firmograph.errors import RateLimited
from firmograph.jobs.limiter_script import limiter_client, shared_window_uses
from firmograph.jobs.rate_store import was_idle
from firmograph.jobs.redis_limiter import RedisLimiter
from firmograph.providers.base import RateFacts, RateLimit
from firmograph.providers.rate_limit import Permit, PermitLost
from tests.integration.servers import RedisServer

PROCESS = Path(__file__).with_name("limiter_process.py")
pytestmark = pytest.mark.anyio

Make = Callable[..., RedisLimiter]


@asynccontextmanager
async def limiters_at(url: str) -> AsyncIterator[Make]:
    """Limiters of one window, each as another process would have it, closed at the end."""
    key_id, made = uuid4().hex[:16], []

    def make(
        limit: int = 100, *, is_idle: bool = True, window_s: float = 60.0, unit: str = "entities", call_s: float = 150.0
    ) -> RedisLimiter:
        async def say() -> bool:
            return is_idle

        limiter = RedisLimiter(
            RateLimit(key_id=key_id, per_minute=limit, unit=unit),
            client=limiter_client(url),
            was_idle=say,
            window_s=window_s,
            longest_call_s=call_s,
        )
        made.append(limiter)
        return limiter

    try:
        yield make
    finally:
        for limiter in made:
            await limiter.aclose()


@pytest.fixture
async def make(redis_server: str) -> AsyncIterator[Make]:
    async with limiters_at(redis_server) as make_one:
        yield make_one


async def get(limiter: RedisLimiter, most: int = 50, *, backlog: int | None = None, run_id: str = "r") -> Permit:
    """A permit that is not paced and goes out."""
    permit = await limiter.acquire(most, backlog=most if backlog is None else backlog, run_id=run_id)
    await limiter.keep(permit, permit.entities)
    return permit


async def waits(getting: Awaitable[Permit], *, seconds: float = 0.3) -> asyncio.Task[Permit]:
    task = asyncio.ensure_future(getting)
    done, _ = await asyncio.wait({task}, timeout=seconds)
    assert not done, f"it was granted {task.result()}"
    return task  # type: ignore[return-value]


async def leave(task: asyncio.Task[Permit]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def most_in_a_window(moments: list[tuple[float, int]], window_s: float) -> int:
    moments = sorted(moments)
    most = held = first = 0
    for moment, entities in moments:
        held += entities
        while moments[first][0] <= moment - window_s:
            held -= moments[first][1]
            first += 1
        most = max(most, held)
    return most


@contextmanager
def processes(url: str, window_s: float, seconds: float, *keys: str, count: int = 4):  # type: ignore[no-untyped-def]
    arguments = [sys.executable, str(PROCESS), url, str(window_s), str(seconds), *keys]
    started = [subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) for _ in range(count)]
    try:
        yield started
    finally:
        for process in started:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()


def asked_by(outputs: list[str]) -> dict[str, list[tuple[float, float, int]]]:
    """Per key: when each call was granted and answered, and its entities."""
    asked: dict[str, list[tuple[float, float, int]]] = defaultdict(list)
    for line in "".join(outputs).splitlines():
        key, granted, answered, entities = line.split()
        asked[key].append((float(granted), float(answered), int(entities)))
    return asked


def test_four_processes_use_the_limit_and_never_exceed_it(redis_server: str) -> None:
    window_s, seconds = 4.0, 14.0
    keys = {f"{uuid4().hex[:12]}": limit for limit in (200, 6000)}
    with processes(redis_server, window_s, seconds, *(f"{key}={limit}" for key, limit in keys.items())) as started:
        outputs = [process.communicate(timeout=seconds + 30)[0] for process in started]
    asked = asked_by(outputs)
    for key, limit in keys.items():
        for moment in (0, 1):  # whether the provider counts a call when it comes or when it is answered
            assert most_in_a_window([(call[moment], call[2]) for call in asked[key]], window_s) <= limit
        first = min(granted for granted, _, _ in asked[key])
        steady = sum(n for granted, _, n in asked[key] if first + window_s <= granted < first + 3 * window_s)
        assert steady >= 0.95 * 2 * limit


async def test_a_process_that_died_gives_back_nothing_too_soon(make: Make) -> None:
    dead, other = make(100, window_s=0.5, call_s=0.7), make(100, window_s=0.5, call_s=0.7)
    await get(dead, 100)  # and its answer never comes: it may still reach the provider within the longest call
    began = time.monotonic()
    permit = await other.acquire(100, backlog=100, run_id="r")
    assert permit.entities == 100
    assert time.monotonic() - began >= 1.1  # the window and the longest call, less the clock's grain


async def test_killed_processes_keep_nobody_from_their_turn(redis_server: str) -> None:
    key = uuid4().hex[:12]
    with processes(redis_server, 1.0, 60.0, f"{key}=20", count=2) as started:
        for process in started:
            assert process.stdout is not None
            process.stdout.readline()
        started[0].send_signal(signal.SIGKILL)
        started[0].wait()
        assert [started[1].stdout.readline() for _ in range(10)]


async def test_runs_are_served_in_turn_wherever_they_wait(make: Make) -> None:
    limiters = [make(60, window_s=1.2) for _ in range(3)]
    await limiters[0].answered(await get(limiters[0], 60), RateFacts())
    served: list[str] = []

    async def ask(limiter: RedisLimiter, run_id: str, times: int, most: int) -> None:
        for _ in range(times):
            permit = await get(limiter, most, backlog=10_000, run_id=run_id)
            served.append(run_id)
            await limiter.answered(permit, RateFacts())

    large = [asyncio.create_task(ask(limiter, "large", 100, 3)) for limiter in limiters for _ in range(4)]
    await asyncio.sleep(0.1)
    small = asyncio.create_task(ask(limiters[2], "small", 5, 3))
    await asyncio.wait({small}, timeout=20)
    for task in large:
        task.cancel()
    await asyncio.gather(*large, return_exceptions=True)
    assert served.count("small") == 5
    first = served.index("small")
    assert first <= 1  # new to the queue, it comes next
    between = served[first:].count("large")
    assert between <= 8  # in turn: one each, and once more where both came at the same moment


async def test_a_waiter_that_left_blocks_nobody(make: Make) -> None:
    one, other = make(50, window_s=0.8), make(50, window_s=0.8)
    held = await get(one)
    left = await waits(one.acquire(50, backlog=50, run_id="a"))
    patient = await waits(other.acquire(50, backlog=50, run_id="b"))
    await leave(left)
    await one.answered(held, RateFacts())
    assert (await asyncio.wait_for(patient, 10)).entities == 50


async def test_what_is_not_used_is_free_for_others_at_once(make: Make) -> None:
    one, other = make(60), make(60)
    first = await one.acquire(50, backlog=50, run_id="r")
    await one.keep(first, 10)
    second = await other.acquire(50, backlog=50, run_id="r")
    assert second.entities == 50
    waiting = await waits(one.acquire(50, backlog=50, run_id="r"))
    await other.keep(second, 0)
    assert (await asyncio.wait_for(waiting, 5)).entities == 50


async def test_what_is_not_used_is_not_waited_for(make: Make) -> None:
    limiters = [make(600), make(600)]
    for turn in range(30):  # thirty entities each: at the limit's pace a minute and a half
        permit = await asyncio.wait_for(limiters[turn % 2].acquire(50, backlog=100_000, run_id="r"), 5)
        await limiters[turn % 2].keep(permit, 0 if turn % 3 else 1)


async def test_by_requests_a_full_batch_weighs_one(make: Make) -> None:
    one, other = make(2, unit="requests"), make(2, unit="requests")
    assert [(await get(one)).entities, (await get(other)).entities] == [50, 50]
    await leave(await waits(other.acquire(50, backlog=50, run_id="r")))


async def test_everybody_pauses_after_a_429(make: Make) -> None:
    one, other = make(1000), make(1000)
    permit = await get(one, 10)
    began = time.monotonic()
    assert await one.refused(permit, RateLimited("slow down", after=1.2)) == 1.2
    await get(other, 10)
    assert time.monotonic() - began >= 1.19


async def test_refusals_are_counted_together_and_each_pause_once(make: Make) -> None:
    one, other = make(1000), make(1000)
    permits = [await get(limiter, 1) for limiter in (one, other, one)]
    await asyncio.sleep(0.01)
    told = [await limiter.refused(p, RateLimited("")) for limiter, p in zip((one, other, one), permits, strict=True)]
    assert told == [1, 1, 1]
    assert await other.refused(await get(other, 1), RateLimited("")) == 2
    await one.answered(await get(one, 1), RateFacts())
    await asyncio.sleep(0.01)
    assert await one.refused(await get(one, 1), RateLimited("")) == 1


async def test_headers_correct_everybody(make: Make) -> None:
    one, other = make(200), make(200)
    await one.answered(await get(one, 10), RateFacts(limit=100, remaining=30))
    assert (await other.acquire(50, backlog=30, run_id="r")).entities == 30
    assert (one.per_minute, other.per_minute) == (100, 100)


async def test_what_the_window_holds_can_be_seen(make: Make, redis_server: str) -> None:
    limiter = make(100)
    key_id = limiter.limit.key_id
    with closing(Redis.from_url(redis_server)) as client:
        assert shared_window_uses(client, {key_id: 100}) == {key_id: (0, 0.0)}
        await limiter.answered(await get(limiter, 40), RateFacts())
        await limiter.refused(await get(limiter, 5), RateLimited("", after=30))
        used, paused_until = shared_window_uses(client, {key_id: 100})[key_id]
        assert used == 45
        assert abs(paused_until - time.time() - 30) < 5
        log = client.zcard(f"firmograph:limit:{{{key_id}}}:log")
        assert log <= 2


async def test_the_log_stays_short_where_nothing_limits(make: Make, redis_server: str) -> None:
    limiter = make(1_000_000_000, window_s=1.0)
    for _ in range(300):
        await limiter.answered(await get(limiter, backlog=1_000_000), RateFacts())
    with closing(Redis.from_url(redis_server)) as client:
        assert client.zcard(f"firmograph:limit:{{{limiter.limit.key_id}}}:log") <= 251


async def test_a_window_that_nobody_knows_is_full_unless_nothing_was_asked(make: Make) -> None:
    began = time.monotonic()
    limiter = make(100, is_idle=False, window_s=1.0)
    assert (await limiter.acquire(50, backlog=50, run_id="r")).entities == 50
    assert time.monotonic() - began >= 0.99


async def test_after_a_flush_the_window_is_full_and_knows_what_is_out(own_redis: RedisServer) -> None:
    async with limiters_at(own_redis.url) as make:
        one, other = (make(100, is_idle=False, window_s=1.5) for _ in range(2))
        await get(one, 60)
        in_hand = await other.acquire(40, backlog=40, run_id="r")
        own_redis.flush()
        flushed = time.monotonic()
        await other.keep(in_hand, 40)  # granted before: it still holds, and counts again
        waiting = await waits(one.acquire(1, backlog=1, run_id="r"))  # sees the new window and says what is out
        await asyncio.sleep(1.6)
        with closing(Redis.from_url(own_redis.url)) as client:
            assert shared_window_uses(client, {one.limit.key_id: 100})[one.limit.key_id][0] == 100
        assert not waiting.done()
        await other.answered(in_hand, RateFacts())
        await asyncio.wait_for(waiting, 10)
        assert time.monotonic() - flushed >= 3.0


async def test_a_permit_is_lost_when_others_took_its_place(own_redis: RedisServer) -> None:
    async with limiters_at(own_redis.url) as make:
        one, other = make(100), make(100)
        in_hand = await one.acquire(60, backlog=60, run_id="r")
        own_redis.flush()
        await get(other, 60)  # the database knew of no call: the new window began empty
        with pytest.raises(PermitLost):
            await one.keep(in_hand, 60)
        assert (await get(other, 40)).entities == 40


async def test_redis_restarted_empty_is_a_full_window(own_redis: RedisServer) -> None:
    async with limiters_at(own_redis.url) as make:
        limiter = make(100, is_idle=False, window_s=1.0)
        held = await get(limiter, 100)
        own_redis.kill()
        waiting = await waits(limiter.acquire(50, backlog=50, run_id="r"))
        assert limiter.trouble is not None
        await limiter.answered(held, RateFacts())  # returns, although nobody hears it yet
        own_redis.start()
        back = time.monotonic()
        assert (await asyncio.wait_for(waiting, 20)).entities == 50
        assert time.monotonic() - back >= 0.9
        assert limiter.trouble is None


async def test_a_restart_that_kept_an_older_window_is_not_believed(own_redis: RedisServer) -> None:
    async with limiters_at(own_redis.url) as make:
        limiter = make(100, is_idle=False, window_s=1.0)
        await limiter.answered(await get(limiter, 1), RateFacts())
        with closing(Redis.from_url(own_redis.url)) as client:
            state = f"firmograph:limit:{{{limiter.limit.key_id}}}:state"
            client.hset(state, "server", "another")  # as a copy that another server brought back
        began = time.monotonic()
        await get(limiter, 1)
        assert time.monotonic() - began >= 0.99


async def test_without_redis_no_permit_goes_out(own_redis: RedisServer) -> None:
    async with limiters_at(own_redis.url) as make:
        limiter = make(100)
        in_hand = await limiter.acquire(50, backlog=50, run_id="r")
        own_redis.kill()
        with pytest.raises(PermitLost, match="Redis"):
            await limiter.keep(in_hand, 50)
        await limiter.keep(in_hand, 0)


async def test_a_redis_that_hangs_is_waited_for_and_nothing_is_granted_twice(own_redis: RedisServer) -> None:
    async with limiters_at(own_redis.url) as make:
        limiter = make(100)
        await get(limiter, 10)
        own_redis.suspend()
        waiting = await waits(limiter.acquire(50, backlog=50, run_id="r"), seconds=3.5)  # its first question timed out
        own_redis.resume()
        assert (await asyncio.wait_for(waiting, 20)).entities == 50
        with closing(Redis.from_url(own_redis.url)) as client:
            assert shared_window_uses(client, {limiter.limit.key_id: 100})[limiter.limit.key_id][0] == 60


def test_the_database_tells_whether_anything_was_asked_lately(app: App) -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)

    def call(started: datetime) -> dict[str, object]:
        names = {"run_id": "r", "provider": "explorium", "host": "h", "verb": "match", "entities": 1}
        return {"id": str(uuid4()), "started_at": started, **names}

    with app.database.write() as connection:
        assert was_idle(connection, now=now)
        connection.execute(calls.insert(), [call(now - timedelta(hours=1))])
        assert was_idle(connection, now=now)
        connection.execute(calls.insert(), [call(now - timedelta(seconds=170))])
        assert not was_idle(connection, now=now)
