"""The log of one window: what is out, and what was answered, added up by the moment it leaves the window.

A look costs the same whatever the window holds: the sum is kept, and answered entries share a small bucket of time.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class OpenEntry:
    """A permit whose answer is not here yet, with the moment it was granted (unix seconds)."""

    weight: int
    granted_at: float


@dataclass(slots=True)
class SlidingLog:
    """Weights of one window. `grain_s` is how long a bucket is; an entry leaves with its bucket's end, never sooner."""

    grain_s: float
    open: dict[str, OpenEntry] = field(default_factory=dict)
    settled: dict[float, int] = field(default_factory=dict)  # weight by the bucket's end, unix seconds
    open_weight: int = 0
    settled_weight: int = 0
    _ends: list[float] = field(default_factory=list)

    @property
    def used(self) -> int:
        return self.open_weight + self.settled_weight

    def put(self, entry_id: str, weight: int, now: float) -> None:
        """Open an entry, or give it another weight."""
        known = self.take(entry_id)
        self.open[entry_id] = OpenEntry(weight, known.granted_at if known else now)
        self.open_weight += weight

    def take(self, entry_id: str) -> OpenEntry | None:
        """Remove an open entry and return it; `None` when it is not here."""
        entry = self.open.pop(entry_id, None)
        if entry is not None:
            self.open_weight -= entry.weight
        return entry

    def settle(self, weight: int, until: float) -> float:
        """Count a weight until a moment. Returns the end of the bucket that holds it now."""
        end = round(math.ceil(until / self.grain_s) * self.grain_s, 3)
        if end not in self.settled:
            self.settled[end] = 0
            heapq.heappush(self._ends, end)
        self.settled[end] += weight
        self.settled_weight += weight
        return end

    def expire(self, now: float) -> None:
        """Forget what has left the window."""
        while self._ends and self._ends[0] <= now:
            self.settled_weight -= self.settled.pop(heapq.heappop(self._ends))

    def next_end(self) -> float | None:
        """When the next bucket ends; `None` when nothing is settled."""
        return self._ends[0] if self._ends else None
