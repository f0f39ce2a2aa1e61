"""One weighted limiter per API key: a sliding log of entities that never lets more than the limit into a minute.

Architecture decision 5: what is sent counts from the permit until 60 s after its answer, so whichever moment the
provider counts by, its window holds no more than ours. A next batch is cut to the allowance left; while more is waiting
than the window allows, permits are also paced, so that a person sees progress every few seconds, not once a minute.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Protocol

from firmograph.clock import Clock
from firmograph.errors import RateLimited
from firmograph.providers.base import RateFacts, RateLimit

WINDOW_S = 60.0
_GRAIN_S = 3.0  # a paced batch holds about so many seconds of the limit
_BURST_S = 2.0  # how far pacing may catch up after an idle moment
_LONGEST_PAUSE_S = 600.0


@dataclass(slots=True)
class WindowState:
    """A key's window: entries as weight and expiry (unix seconds; `None` while the answer is out), and its pause."""

    entries: dict[str, tuple[int, float | None]] = field(default_factory=dict)
    paused_until: float = 0.0
    learned_limit: int | None = None


class WindowStore(Protocol):
    """Where a key's window outlives the process."""

    def load(self, key_id: str) -> Awaitable[WindowState]:
        """What is remembered. Entries that a dead process left open expire a minute from now."""

    def add(self, key_id: str, entry_id: str, weight: int) -> Awaitable[None]:
        """Remember an entry, or its new weight, before its call goes out."""

    def settle(self, key_id: str, entry_id: str, weight: int, expires_at: float) -> Awaitable[None]:
        """Remember when an entry expires; a weight of 0 forgets it."""

    def remember(self, key_id: str, paused_until: float, learned_limit: int | None) -> Awaitable[None]:
        """Remember the key's pause and the lower limit its provider told."""


@dataclass(slots=True)
class Permit:
    """Leave to send up to `entities` companies in one call. `entry_id` is its line in the log."""

    entities: int
    entry_id: str


class Limiter(Protocol):
    """Who lets questions out: of one key, for all who share it."""

    limit: RateLimit

    @property
    def per_minute(self) -> int:
        """The limit in force: the configured one, or a lower one that the provider's headers told."""

    async def acquire(self, most: int, *, backlog: int, run_id: str) -> Permit:
        """Wait for leave to send between 1 and `most` companies; runs that wait at once are served in turn.

        `backlog` is how many questions of the run wait in all.
        """

    async def keep(self, permit: Permit, entities: int) -> None:
        """Use only so many of a permit's companies; 0 gives it back."""

    async def answered(self, permit: Permit, facts: RateFacts) -> None:
        """The answer is here: the permit's weight leaves the window in 60 s, and the headers correct us."""

    async def refused(self, permit: Permit, error: RateLimited) -> float:
        """429: everybody who shares the key pauses. Returns for how many seconds."""


class WindowLimiter:
    """The window of one key within one process. Whoever waits is served in turn, so that runs take turns."""

    def __init__(self, limit: RateLimit, *, store: WindowStore, clock: Clock) -> None:
        self.limit = limit
        self._store = store
        self._clock = clock
        self._turn = asyncio.Lock()
        self._changed = asyncio.Event()
        self._state: WindowState | None = None
        self._paced_until = 0.0
        self._refused_in_a_row = 0
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
            while True:
                entities, wait = self._look(state, most, backlog)
                if entities:
                    return await self._grant(state, entities, is_paced=backlog > self._allowance(state))
                await self._sleep(wait)

    async def keep(self, permit: Permit, entities: int) -> None:
        """Use only so many of a permit's companies; 0 gives it back."""
        if entities == permit.entities:
            return
        state = await self._loaded()
        permit.entities = entities
        if entities == 0:
            state.entries.pop(permit.entry_id, None)
            await self._store.settle(self.limit.key_id, permit.entry_id, 0, 0.0)
        else:
            weight = self.limit.weight(entities)
            state.entries[permit.entry_id] = (weight, None)
            await self._store.add(self.limit.key_id, permit.entry_id, weight)
        self._changed.set()

    async def answered(self, permit: Permit, facts: RateFacts) -> None:
        """The answer is here: the permit's weight leaves the window in 60 s, and the headers correct us."""
        await self._settle(permit)
        self._refused_in_a_row = 0
        await self._correct(await self._loaded(), facts, self._now())

    async def refused(self, permit: Permit, error: RateLimited) -> float:
        """429: everybody who shares the key pauses. Returns for how many seconds."""
        await self._settle(permit)
        state = await self._loaded()
        self._refused_in_a_row += 1
        pause = error.after if error.after is not None else 2.0 ** min(self._refused_in_a_row - 1, 6)
        pause = min(max(pause, 0.0), _LONGEST_PAUSE_S)
        state.paused_until = max(state.paused_until, self._now() + pause)
        await self._store.remember(self.limit.key_id, state.paused_until, state.learned_limit)
        return pause

    async def _settle(self, permit: Permit) -> None:
        state = await self._loaded()
        until = self._now() + WINDOW_S
        weight, _ = state.entries.get(permit.entry_id, (self.limit.weight(permit.entities), None))
        state.entries[permit.entry_id] = (weight, until)
        await self._store.settle(self.limit.key_id, permit.entry_id, weight, until)
        self._changed.set()

    async def _loaded(self) -> WindowState:
        if self._state is None:
            state = await self._store.load(self.limit.key_id)
            self._state = self._state or state
        return self._state

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _allowance(self, state: WindowState) -> int:
        now = self._now()
        for entry_id, (_, until) in list(state.entries.items()):
            if until is not None and until <= now:
                del state.entries[entry_id]
        return self.per_minute - sum(weight for weight, _ in state.entries.values())

    def _look(self, state: WindowState, most: int, backlog: int) -> tuple[int, float]:
        """How many companies may go now, and, when none, how long until it is worth another look."""
        now = self._now()
        if state.paused_until > now:
            return 0, state.paused_until - now
        allowance = self._allowance(state)
        if self.limit.unit == "requests":
            most_now, least = (most if allowance >= 1 else 0), 1
        else:
            grain = max(1, min(most, round(self.per_minute * _GRAIN_S / WINDOW_S)))
            most_now = min(allowance, grain if backlog > allowance else most)
            least = min(most, grain, self.per_minute)
        if most_now < least:
            return 0, self._until_next_expiry(state, now)
        if backlog > allowance and self._paced_until - _BURST_S > now:
            return 0, self._paced_until - _BURST_S - now
        return most_now, 0.0

    def _until_next_expiry(self, state: WindowState, now: float) -> float:
        expiries = [until for _, until in state.entries.values() if until is not None]
        return max(0.001, min(expiries) - now) if expiries else WINDOW_S

    async def _grant(self, state: WindowState, entities: int, *, is_paced: bool) -> Permit:
        now = self._now()
        weight = self.limit.weight(entities)
        if is_paced:
            self._paced_until = max(self._paced_until, now) + weight * WINDOW_S / self.per_minute
        self._count += 1
        entry_id = f"{now:.6f}-{self._count}"
        state.entries[entry_id] = (weight, None)
        try:
            await self._store.add(self.limit.key_id, entry_id, weight)
        except asyncio.CancelledError:
            del state.entries[entry_id]
            raise
        return Permit(entities, entry_id)

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
        unseen = (facts.limit - max(facts.remaining, 0)) - (self.per_minute - self._allowance(state))
        if unseen > 0:
            until = now + WINDOW_S
            if facts.reset_at is not None and now < facts.reset_at < until:
                until = facts.reset_at
            self._count += 1
            entry_id = f"{now:.6f}-{self._count}"
            state.entries[entry_id] = (unseen, until)
            await self._store.settle(self.limit.key_id, entry_id, unseen, until)
