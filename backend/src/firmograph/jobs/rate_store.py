"""The embedded limiter's memory: a table, so that a restart does not forget the minute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, or_, select

from firmograph.clock import Clock
from firmograph.db.models import calls, rate_entries, rate_keys
from firmograph.db.upsert import upsert
from firmograph.providers.http import CALL_SECONDS
from firmograph.providers.rate_limit import WINDOW_S
from firmograph.providers.window_memory import WindowState

InDatabase = Callable[[Callable[[Connection], Any]], Awaitable[Any]]

_CLOCKS_DIFFER = timedelta(minutes=2)  # how far the clocks of those who write `calls` may be apart


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


def was_idle(connection: Connection, *, now: datetime) -> bool:
    """Whether no provider can have counted anything within the last minute: no call began that may still be out, nor
    ended so lately that it is still in somebody's window. Every call has its row before it goes out."""
    since = now - timedelta(seconds=WINDOW_S + CALL_SECONDS) - _CLOCKS_DIFFER
    return connection.execute(select(calls.c.id).where(calls.c.started_at > since).limit(1)).first() is None


class TableWindowStore:
    """Implements `WindowStore` on the database; `in_database` runs one short unit of work beside the event loop.

    A key has a row for each moment at which something leaves its window, and one without such a moment for what is out.
    """

    def __init__(self, in_database: InDatabase, clock: Clock) -> None:
        self._in_database = in_database
        self._clock = clock

    async def load(self, key_id: str) -> WindowState:
        def work(connection: Connection) -> WindowState:
            now = self._clock.now().timestamp()
            settled: Counter[float] = Counter()
            for row in connection.execute(select(rate_entries).where(rate_entries.c.key_id == key_id)):
                # Whoever asked what is open is gone; its questions may reach the provider as late as now.
                until = now + WINDOW_S if row.expires_at is None else row.expires_at
                if until > now:
                    settled[until] += row.weight
            connection.execute(delete(rate_entries).where(rate_entries.c.key_id == key_id))
            upsert(connection, rate_entries, _rows(key_id, settled), key=["id"])
            state = WindowState(settled=dict(settled))
            key = connection.execute(select(rate_keys).where(rate_keys.c.key_id == key_id)).one_or_none()
            if key is not None:
                state.paused_until, state.learned_limit = key.paused_until, key.learned_limit
            return state

        result: WindowState = await self._in_database(work)
        return result

    async def save(self, key_id: str, open_weight: int, settled: Mapping[float, int]) -> None:
        def work(connection: Connection) -> None:
            now = self._clock.now().timestamp()
            connection.execute(delete(rate_entries).where(rate_entries.c.expires_at < now))
            live = {until: weight for until, weight in settled.items() if until > now}
            rows = [*_rows(key_id, live), _row(key_id, "out", open_weight, None)]
            upsert(connection, rate_entries, rows, key=["id"])

        await self._in_database(work)

    async def remember(self, key_id: str, paused_until: float, learned_limit: int | None) -> None:
        row = {"key_id": key_id, "paused_until": paused_until, "learned_limit": learned_limit}
        await self._in_database(lambda connection: upsert(connection, rate_keys, [row], key=["key_id"]))


def _rows(key_id: str, settled: Mapping[float, int]) -> list[dict[str, Any]]:
    return [_row(key_id, f"{until:.3f}", weight, until) for until, weight in settled.items()]


def _row(key_id: str, name: str, weight: int, expires_at: float | None) -> dict[str, Any]:
    return {"id": f"{key_id[:20]}-{name}", "key_id": key_id, "weight": weight, "expires_at": expires_at}
