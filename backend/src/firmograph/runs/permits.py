"""Permits of a drain: leave to ask, waited for one by one where it is scarce, taken by the handful where it is not."""

from __future__ import annotations

import asyncio

from firmograph.log import get_logger
from firmograph.providers.rate_limit import Limiter, Permit
from firmograph.runs.batch import Lane
from firmograph.runs.tools import Tools

log = get_logger(__name__)

MOST_AT_ONCE = 8
# A limiter that had to think longer than this made us wait; one that is asked over Redis takes a millisecond or two.
_AT_ONCE_S = 0.03


class Permits:
    """The permits of one run, until `over` is set. `pending` is how many of its targets are not done."""

    def __init__(self, run_id: str, tools: Tools, over: asyncio.Event) -> None:
        self._run_id = run_id
        self._tools = tools
        self._over = over
        self._ample: dict[str, int] = {}  # by the limiter's key: how many to ask for together
        self.pending = 0

    def together(self, lane: Lane) -> int:
        """How many permits are worth asking for at once: one while they are waited for, more and more while not."""
        limit = lane.provider.limit
        return MOST_AT_ONCE if limit is None else self._ample.get(limit.key_id, 1)

    async def wait_for(self, lane: Lane, ready: int, *, most: int) -> list[Permit | None]:
        """Leave for up to `most` calls of a lane in which `ready` targets wait. Empty when the drain is over first.

        Waits for the first; the others are taken only as long as none is waited for.
        """
        sizes = _sizes(ready, lane.batch)[: max(1, min(most, self.together(lane)))]
        limiter = self._tools.limiter(lane)
        if limiter is None:
            return [None for _ in sizes]
        permits: list[Permit | None] = []
        for size in sizes:
            began = self._tools.clock.monotonic()
            permit = await self._next(limiter, size, ready)
            if permit is None:
                break
            permits.append(permit)
            if not self._learn(limiter, is_ample=self._tools.clock.monotonic() - began < _AT_ONCE_S):
                break
        return permits

    async def at_once(self, lane: Lane, entities: int) -> tuple[int, Permit | None]:
        """Leave to ask for so many now, or 0. Not tried where permits are scarce, nor where requests are counted: there
        half-empty batches are dear."""
        limiter = self._tools.limiter(lane)
        if self._over.is_set():
            return 0, None
        if limiter is None:
            return entities, None
        if self.together(lane) <= 1 or limiter.limit.unit == "requests":
            return 0, None
        getting = asyncio.create_task(limiter.acquire(entities, backlog=self._backlog(entities), run_id=self._run_id))
        done, _ = await asyncio.wait({getting}, timeout=_AT_ONCE_S)
        if not done:
            self._learn(limiter, is_ample=False)
            await _cancel(limiter, getting)
            return 0, None
        if getting.exception() is not None:  # the answer at hand is more important: whoever asks next will be told
            log.warning("no_leave_to_go_on", error=str(getting.exception()))
            return 0, None
        permit = getting.result()
        return permit.entities, permit

    async def keep(self, lane: Lane, permit: Permit | None, entities: int) -> None:
        """Use only so many of a permit's companies. Raises `PermitLost`."""
        limiter = self._tools.limiter(lane)
        if limiter is not None and permit is not None:
            await limiter.keep(permit, entities)

    async def give_back(self, lane: Lane, permit: Permit | None) -> None:
        """Let others have it."""
        await self.keep(lane, permit, 0)

    def _learn(self, limiter: Limiter, *, is_ample: bool) -> bool:
        key = limiter.limit.key_id
        self._ample[key] = min(2 * self._ample.get(key, 1), MOST_AT_ONCE) if is_ample else 1
        return is_ample

    async def _next(self, limiter: Limiter, size: int, ready: int) -> Permit | None:
        getting = asyncio.create_task(limiter.acquire(size, backlog=self._backlog(ready), run_id=self._run_id))
        over = asyncio.create_task(self._over.wait())
        await asyncio.wait({getting, over}, return_when=asyncio.FIRST_COMPLETED)
        over.cancel()
        if getting.done():
            return getting.result()
        await _cancel(limiter, getting)
        return None

    def _backlog(self, ready: int) -> int:
        return max(ready, 2 * self.pending)


async def _cancel(limiter: Limiter, getting: asyncio.Task[Permit]) -> None:
    """Ask no longer; what was granted in the last moment is given back."""
    getting.cancel()
    await asyncio.gather(getting, return_exceptions=True)
    if not getting.cancelled() and getting.exception() is None:
        await limiter.keep(getting.result(), 0)


def _sizes(ready: int, batch: int) -> list[int]:
    """The batches that so many make."""
    full, rest = divmod(ready, batch)
    return [batch] * full + ([rest] if rest else [])
