"""The memory of a window: what a limiter writes down, so that a restart does not forget the minute."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from firmograph.clock import Clock
from firmograph.log import get_logger
from firmograph.providers.sliding_log import SlidingLog

log = get_logger(__name__)

_SAVE_S = 1.0  # how soon what is written down follows what is so


@dataclass(slots=True)
class WindowState:
    """A key's window as remembered: weights by the moment they leave it (unix seconds), and its pause."""

    settled: dict[float, int] = field(default_factory=dict)
    paused_until: float = 0.0
    learned_limit: int | None = None


class WindowStore(Protocol):
    """Where a key's window outlives the process."""

    def load(self, key_id: str) -> Awaitable[WindowState]:
        """What is remembered. What a dead process left open leaves the window a minute from now."""

    def save(self, key_id: str, open_weight: int, settled: Mapping[float, int]) -> Awaitable[None]:
        """Remember what may be out by now, and the whole weight of each given moment."""

    def remember(self, key_id: str, paused_until: float, learned_limit: int | None) -> Awaitable[None]:
        """Remember the key's pause and the lower limit its provider told."""


class WindowMemory:
    """Keeps a store's window at or above the true one, at a cost that does not grow with the number of permits.

    What is written down covers some weight ahead: a permit that fits under it needs no write. A restart counts what was
    ahead as used, a sixtieth of the limit at most.
    """

    def __init__(self, key_id: str, entries: SlidingLog, *, store: WindowStore, clock: Clock, ahead: int) -> None:
        self._key_id = key_id
        self._entries = entries
        self._store = store
        self._clock = clock
        self._ahead = ahead
        self._covered = 0  # the open weight that is written down
        self._changed: set[float] = set()  # ends of buckets that are not written down as they are
        self._unsaved = 0  # their weight, which the open weight that is written down still covers
        self._saving = asyncio.Lock()
        self._following: asyncio.Task[None] | None = None

    async def cover(self) -> None:
        """Return when all that is open is written down."""
        while self._entries.open_weight + self._unsaved > self._covered:
            await self._save(self._ahead)

    def note(self, end: float, weight: int) -> None:
        """An entry was settled into the bucket with that end."""
        self._changed.add(end)
        self._unsaved += weight
        self.follow()

    def follow(self) -> None:
        """Write down soon what changed."""
        if self._following is None or self._following.done():
            self._following = asyncio.create_task(self._follow())

    async def aclose(self) -> None:
        """Write down what is so, with nothing ahead."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
            await self._save_or_say(0)

    async def _follow(self) -> None:
        await self._clock.sleep(_SAVE_S)
        await self._save_or_say(self._ahead)

    async def _save_or_say(self, ahead: int) -> None:
        try:
            await self._save(ahead)
        except Exception as error:  # noqa: BLE001 - whatever the store met: what it holds still covers the window
            log.warning("window_not_written_down", error=str(error))

    async def _save(self, ahead: int) -> None:
        async with self._saving:
            settled = {end: self._entries.settled.get(end, 0) for end in self._changed}
            changed, self._changed = self._changed, set()
            unsaved, before = self._unsaved, self._covered
            covered = self._entries.open_weight + ahead if self._entries.open_weight else 0
            self._covered = min(before, covered)  # until we know which of the two is written down
            saving = asyncio.ensure_future(self._store.save(self._key_id, covered, settled))
            try:
                await asyncio.shield(saving)
            except BaseException:
                self._changed |= changed
                await asyncio.wait({saving})  # it may be on its way to the store: the next one must not overtake it
                raise
            self._covered = covered
            self._unsaved -= unsaved
