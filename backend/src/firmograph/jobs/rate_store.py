"""The embedded limiter's memory: a table, so that a restart does not forget the minute."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import Connection, delete, func, or_, select, update

from firmograph.clock import Clock
from firmograph.db.models import rate_entries, rate_keys
from firmograph.db.upsert import upsert
from firmograph.providers.rate_limit import WINDOW_S, WindowState

InDatabase = Callable[[Callable[[Connection], Any]], Awaitable[Any]]


def window_uses(connection: Connection, *, now: float) -> dict[str, tuple[int, float]]:
    """Per key: what its last minute holds, and until when everybody pauses after a 429 (unix seconds; 0: nobody does).

    A key that was never used is missing.
    """
    live = or_(rate_entries.c.expires_at.is_(None), rate_entries.c.expires_at > now)
    sums = select(rate_entries.c.key_id, func.sum(rate_entries.c.weight)).where(live).group_by(rate_entries.c.key_id)
    used = {key_id: int(weight) for key_id, weight in connection.execute(sums)}
    pauses = connection.execute(select(rate_keys.c.key_id, rate_keys.c.paused_until))
    paused = {key_id: float(until) for key_id, until in pauses}
    return {key_id: (used.get(key_id, 0), paused.get(key_id, 0.0)) for key_id in used | paused}


UNUSED = (0, 0.0)  # the window of a key that was never used


class TableWindowStore:
    """Implements `WindowStore` on the database; `in_database` runs one short unit of work beside the event loop."""

    def __init__(self, in_database: InDatabase, clock: Clock) -> None:
        self._in_database = in_database
        self._clock = clock

    async def load(self, key_id: str) -> WindowState:
        def work(connection: Connection) -> WindowState:
            now = self._clock.now().timestamp()
            connection.execute(delete(rate_entries).where(rate_entries.c.expires_at < now))
            # Whoever asked these is gone; its questions may reach the provider as late as now.
            orphaned = update(rate_entries).where(rate_entries.c.key_id == key_id, rate_entries.c.expires_at.is_(None))
            connection.execute(orphaned.values(expires_at=now + WINDOW_S))
            found = connection.execute(select(rate_entries).where(rate_entries.c.key_id == key_id))
            state = WindowState(entries={row.id: (row.weight, row.expires_at) for row in found})
            key = connection.execute(select(rate_keys).where(rate_keys.c.key_id == key_id)).one_or_none()
            if key is not None:
                state.paused_until, state.learned_limit = key.paused_until, key.learned_limit
            return state

        result: WindowState = await self._in_database(work)
        return result

    async def add(self, key_id: str, entry_id: str, weight: int) -> None:
        await self._put(key_id, entry_id, weight, None)

    async def settle(self, key_id: str, entry_id: str, weight: int, expires_at: float) -> None:
        await self._put(key_id, entry_id, weight, expires_at)

    async def remember(self, key_id: str, paused_until: float, learned_limit: int | None) -> None:
        row = {"key_id": key_id, "paused_until": paused_until, "learned_limit": learned_limit}
        await self._in_database(lambda connection: upsert(connection, rate_keys, [row], key=["key_id"]))

    async def _put(self, key_id: str, entry_id: str, weight: int, expires_at: float | None) -> None:
        def work(connection: Connection) -> None:
            if expires_at is not None:
                connection.execute(
                    delete(rate_entries).where(rate_entries.c.expires_at < self._clock.now().timestamp())
                )
            if weight:
                row = {"id": entry_id, "key_id": key_id, "weight": weight, "expires_at": expires_at}
                upsert(connection, rate_entries, [row], key=["id"])
            else:
                connection.execute(delete(rate_entries).where(rate_entries.c.id == entry_id))

        await self._in_database(work)
