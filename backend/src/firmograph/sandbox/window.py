"""The limit of a key: a sliding minute in which what arrived is counted."""

from __future__ import annotations

import math
from collections import deque

WINDOW_SECONDS = 60.0


class SlidingWindow:
    """What arrived within the last 60 seconds. Moments are monotonic seconds; what was refused does not count."""

    def __init__(self) -> None:
        self._arrived: deque[tuple[float, int]] = deque()
        self._used = 0

    def admit(self, weight: int, limit: int, now: float) -> bool:
        """Count `weight` if it still fits under `limit`."""
        if self.used(now) + weight > limit:
            return False
        if weight:
            self._arrived.append((now, weight))
            self._used += weight
        return True

    def used(self, now: float) -> int:
        """How much of the window is taken."""
        while self._arrived and self._arrived[0][0] + WINDOW_SECONDS <= now:
            self._used -= self._arrived.popleft()[1]
        return self._used

    def seconds_until_room(self, weight: int, limit: int, now: float) -> int:
        """Whole seconds, at least 1, until `weight` fits; a full window when it never will."""
        free = limit - self.used(now)
        for arrived, counted in self._arrived:
            free += counted
            if free >= weight:
                return max(1, math.ceil(arrived + WINDOW_SECONDS - now))
        return math.ceil(WINDOW_SECONDS)

    def seconds_until_reset(self, now: float) -> float:
        """Seconds until the oldest entry leaves; 0 when nothing is counted."""
        self.used(now)
        return self._arrived[0][0] + WINDOW_SECONDS - now if self._arrived else 0.0
