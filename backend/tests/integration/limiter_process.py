"""A process that asks within shared limits for a while, and prints what it asked and when. Run by the limiter's tests.

Arguments: Redis's address, the window in seconds, for how many seconds, and `key=limit` once for each key. Prints
`key granted answered entities` for each call, in monotonic seconds, which all processes of a machine share.
"""

from __future__ import annotations

import asyncio
import sys
import time

from firmograph.jobs.limiter_script import limiter_client
from firmograph.jobs.redis_limiter import RedisLimiter
from firmograph.providers.base import RateFacts, RateLimit


async def nothing_was_asked() -> bool:
    return True


async def ask(limiter: RedisLimiter, until: float) -> None:
    while time.monotonic() < until:
        permit = await limiter.acquire(50, backlog=1_000_000, run_id="run")
        granted = time.monotonic()
        await limiter.keep(permit, permit.entities)
        await asyncio.sleep(0.01)
        answered = time.monotonic()
        await limiter.answered(permit, RateFacts())
        print(limiter.limit.key_id, granted, answered, permit.entities, flush=True)  # noqa: T201 - what it is for


async def main(url: str, window_s: float, seconds: float, keys: list[str]) -> None:
    limiters = []
    for key in keys:
        key_id, _, limit = key.partition("=")
        client = limiter_client(url)
        rate = RateLimit(key_id=key_id, per_minute=int(limit))
        limiters.append(RedisLimiter(rate, client=client, was_idle=nothing_was_asked, window_s=window_s))
    until = time.monotonic() + seconds
    asking = [asyncio.create_task(ask(limiter, until)) for limiter in limiters for _ in range(3)]
    await asyncio.wait(asking, timeout=seconds)
    for task in asking:
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    for limiter in limiters:
        await limiter.aclose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]))
