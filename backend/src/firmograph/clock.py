"""Time comes from outside: aware, in UTC."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


def moment_text(moment: datetime) -> str:
    """A moment in UTC as files and the API show it."""
    return moment.isoformat().replace("+00:00", "Z")


class Clock(Protocol):
    """What the rest may ask about time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds that never go backwards."""

    async def sleep(self, seconds: float) -> None:
        """Come back after so many seconds."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class FollowingClock:
    """A clock that follows another one, the database's say: machines that share a database then share its time."""

    def __init__(self, own: Clock | None = None) -> None:
        self._own = own or SystemClock()
        self.offset = timedelta()  # what the other clock is ahead

    def follow(self, other: datetime, *, asked: datetime, answered: datetime) -> None:
        """Learn what the other clock said somewhere between those two moments of our own."""
        self.offset = other - (asked + (answered - asked) / 2)

    def own_now(self) -> datetime:
        """What our own clock says."""
        return self._own.now()

    def now(self) -> datetime:
        return self._own.now() + self.offset

    def monotonic(self) -> float:
        return self._own.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self._own.sleep(seconds)
