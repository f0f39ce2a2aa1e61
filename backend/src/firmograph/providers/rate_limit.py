"""One weighted limiter per API key: a sliding log of entities that never lets more than the limit into a minute.

Architecture decision 5: what is sent counts from the permit until 60 s after its answer, so whichever moment the
provider counts by, its window holds no more than ours. A next batch is cut to the allowance left; while more is waiting
than the window allows, permits are also paced, so that a person sees progress every few seconds, not once a minute.
"""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from typing import Protocol

from firmograph.clock import Clock
from firmograph.errors import FirmographError, RateLimited
from firmograph.providers.base import RateFacts, RateLimit
from firmograph.providers.sliding_log import OpenEntry, SlidingLog
from firmograph.providers.window_memory import WindowMemory, WindowState, WindowStore

WINDOW_S = 60.0
BUCKETS = 240  # of a window: entries answered within a quarter of a second leave it together
GRAIN_SHARE = 3 / 60  # a paced batch holds about so much of a window's limit
BURST_SHARE = 2 / 60  # how far permits may run ahead of the pace, as a share of the window
CATCH_UP_SHARE = 10 / 60  # how long a slow moment may be to be caught up with; after a longer one the pace begins anew
LONGEST_PAUSE_S = 600.0
MOST_DOUBLINGS = 6  # of a pause whose length the provider does not tell
_AHEAD_SHARE = 1 / 60  # how much of the limit is written down before it is used


@dataclass(slots=True)
class Permit:
    """Leave to send up to `entities` companies in one call. `entry_id` is its line in the log."""

    entities: int
    entry_id: str


class PermitLost(FirmographError):
    """A permit no longer holds: whoever counts forgot it, or is out of reach. Nothing may be asked with it."""


class Limiter(Protocol):
    """Who lets questions out: of one key, for all who share it."""

    @property
    def limit(self) -> RateLimit:
        """What was configured."""

    @property
    def trouble(self) -> str | None:
        """What keeps the limiter from letting anything out, for a person to read; `None` when nothing does."""

    @property
    def per_minute(self) -> int:
        """The limit in force: the configured one, or a lower one that the provider's headers told."""

    async def acquire(self, most: int, *, backlog: int, run_id: str) -> Permit:
        """Wait for leave to send between 1 and `most` companies; runs that wait at once are served in turn.

        `backlog` is how many questions of the run wait in all.
        """

    async def keep(self, permit: Permit, entities: int) -> None:
        """Use only so many of a permit's companies; 0 gives it back, which never fails.

        Raises `PermitLost` when the permit no longer holds: then nothing may be asked with it.
        """

    async def answered(self, permit: Permit, facts: RateFacts) -> None:
        """The answer is here: the permit's weight leaves the window in 60 s, and the headers correct us."""

    async def refused(self, permit: Permit, error: RateLimited) -> float:
        """429: everybody who shares the key pauses. Returns for how many seconds."""

    async def aclose(self) -> None:
        """Let go of whatever the limiter holds open."""


class WindowLimiter:
    """The window of one key within one process. Whoever waits is served in turn, so that runs take turns."""

    trouble: str | None = None  # a failing database is the drain's trouble

    def __init__(self, limit: RateLimit, *, store: WindowStore, clock: Clock) -> None:
        self.limit = limit
        self._store = store
        self._clock = clock
        self._turn = asyncio.Lock()
        self._changed = asyncio.Event()
        self._entries = SlidingLog(grain_s=WINDOW_S / BUCKETS)
        ahead = int(limit.per_minute * _AHEAD_SHARE)
        self._memory = WindowMemory(limit.key_id, self._entries, store=store, clock=clock, ahead=ahead)
        self._state: WindowState | None = None
        self._paced_until = 0.0
        self._refused_in_a_row = 0
        self._refused_at = 0.0
        self._count = 0

    @property
    def per_minute(self) -> int:
        """The limit in force: the configured one, or a lower one that the provider's headers told."""
        learned = self._state.learned_limit if self._state else None
        return min(self.limit.per_minute, learned or self.limit.per_minute)

    @property
    def paused_until(self) -> float:
        """Until when everybody waits after a 429, in unix seconds; 0 when nobody must."""
        return self._state.paused_until if self._state else 0.0

    async def acquire(self, most: int, *, backlog: int, run_id: str) -> Permit:  # noqa: ARG002 - one queue serves in turn
        """Wait for leave to send between 1 and `most` companies. `backlog` is how many questions wait in all."""
        async with self._turn:
            state = await self._loaded()
            waiting = backlog if self.limit.unit == "entities" else math.ceil(backlog / most)
            while True:
                entities, wait = self._look(state, most, waiting)
                if entities:
                    return await self._grant(entities, is_paced=waiting > self._allowance())
                await self._sleep(wait)

    async def keep(self, permit: Permit, entities: int) -> None:
        """Use only so many of a permit's companies; 0 gives it back."""
        if entities == permit.entities:
            return
        permit.entities = entities
        before = self._entries.take(permit.entry_id)
        weight = self.limit.weight(entities) if entities else 0
        if before is not None:  # what a permit does not use is not waited for either
            self._paced_until -= self._pace(before.weight - weight)
        if entities:
            self._entries.put(permit.entry_id, weight, before.granted_at if before else self._now())
        self._memory.follow()
        self._changed.set()

    async def answered(self, permit: Permit, facts: RateFacts) -> None:
        """The answer is here: the permit's weight leaves the window in 60 s, and the headers correct us."""
        entry = self._settle(permit)
        if entry.granted_at >= self._refused_at:  # a call that went out before a 429 says nothing about it
            self._refused_in_a_row = 0
        await self._correct(await self._loaded(), facts, self._now())

    async def refused(self, permit: Permit, error: RateLimited) -> float:
        """429: everybody who shares the key pauses. Returns for how many seconds."""
        entry = self._settle(permit)
        state = await self._loaded()
        if entry.granted_at >= self._refused_at:  # else it is one more of the calls that met the same full window
            self._refused_in_a_row += 1
            self._refused_at = self._now()
        pause = error.after if error.after is not None else 2.0 ** min(self._refused_in_a_row - 1, MOST_DOUBLINGS)
        pause = min(max(pause, 0.0), LONGEST_PAUSE_S)
        state.paused_until = max(state.paused_until, self._now() + pause)
        self._paced_until = max(self._paced_until, state.paused_until)  # a pause is not caught up with
        await self._store.remember(self.limit.key_id, state.paused_until, state.learned_limit)
        return pause

    async def aclose(self) -> None:
        """Write the window down as it is."""
        await self._memory.aclose()

    def _settle(self, permit: Permit) -> OpenEntry:
        now = self._now()
        entry = self._entries.take(permit.entry_id) or OpenEntry(self.limit.weight(permit.entities), now)
        self._memory.note(self._entries.settle(entry.weight, now + WINDOW_S), entry.weight)
        self._changed.set()
        return entry

    async def _loaded(self) -> WindowState:
        if self._state is None:
            state = await self._store.load(self.limit.key_id)
            if self._state is None:
                self._state = state
                for until, weight in state.settled.items():
                    self._entries.settle(weight, until)
        return self._state

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _allowance(self) -> int:
        self._entries.expire(self._now())
        return self.per_minute - self._entries.used

    def _look(self, state: WindowState, most: int, waiting: int) -> tuple[int, float]:
        """How many companies may go now, and, when none, how long until it is worth another look.

        `waiting` is the backlog in the limit's unit.
        """
        now = self._now()
        if state.paused_until > now:
            return 0, state.paused_until - now
        allowance = self._allowance()
        if self.limit.unit == "requests":
            most_now, least = (most if allowance >= 1 else 0), 1
        else:
            grain = max(1, min(most, round(self.per_minute * GRAIN_SHARE)))
            most_now = min(allowance, grain if waiting > allowance else most)
            least = min(most, grain, self.per_minute)
        if most_now < least:
            end = self._entries.next_end()
            return 0, WINDOW_S if end is None else max(0.001, end - now)
        early = self._paced_until - BURST_SHARE * WINDOW_S - now
        if waiting > allowance and early > 0:
            return 0, early
        return most_now, 0.0

    async def _grant(self, entities: int, *, is_paced: bool) -> Permit:
        now = self._now()
        weight = self.limit.weight(entities)
        if is_paced:
            is_late = self._paced_until < now - CATCH_UP_SHARE * WINDOW_S
            self._paced_until = (now if is_late else self._paced_until) + self._pace(weight)
        self._count += 1
        entry_id = f"{now:.6f}-{self._count}"
        self._entries.put(entry_id, weight, now)
        try:
            await self._memory.cover()
        except BaseException:
            self._entries.take(entry_id)
            raise
        return Permit(entities, entry_id)

    def _pace(self, weight: int) -> float:
        return weight * WINDOW_S / self.per_minute

    async def _sleep(self, seconds: float) -> None:
        """Sleep, or wake earlier when an answer or a returned permit changes the picture."""
        self._changed.clear()
        waiting = {
            asyncio.ensure_future(self._changed.wait()),
            asyncio.ensure_future(self._clock.sleep(min(seconds, WINDOW_S) + 0.001)),
        }
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()

    async def _correct(self, state: WindowState, facts: RateFacts, now: float) -> None:
        """Believe the provider where it knows more: a lower limit, or use of the key by somebody else."""
        if facts.limit is not None and facts.limit > 0:
            learned = facts.limit if facts.limit < self.limit.per_minute else None
            if learned != state.learned_limit:
                state.learned_limit = learned
                await self._store.remember(self.limit.key_id, state.paused_until, learned)
        if facts.remaining is None or facts.limit is None:
            return
        unseen = (facts.limit - max(facts.remaining, 0)) - (self.per_minute - self._allowance())
        if unseen > 0:
            until = now + WINDOW_S
            if facts.reset_at is not None and now < facts.reset_at < until:
                until = facts.reset_at
            self._memory.note(self._entries.settle(unseen, until), unseen)
