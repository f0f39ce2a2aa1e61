"""What the sandbox was asked and what it delivered, for tests and benches to check a client by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

MATCH = "match"
ENRICH = "firmographics"
VERBS = (MATCH, ENRICH)


class VerbStats:
    """Counts of one verb. Delivered: in a well-formed answer that went out whole to a client still there."""

    def __init__(self) -> None:
        self.calls = 0
        self.calls_delivered = 0
        self.entities_asked = 0
        self.entities_delivered = 0
        self._asked: set[int] = set()
        self._delivered: set[int] = set()

    def count_asked(self, keys: Collection[str]) -> None:
        """A well-formed question arrived, whatever became of it."""
        self.calls += 1
        self.entities_asked += len(keys)
        self._asked.update(map(hash, keys))

    def count_delivered(self, keys: Collection[str]) -> None:
        self.calls_delivered += 1
        self.entities_delivered += len(keys)
        self._delivered.update(map(hash, keys))

    def shown(self) -> dict[str, int]:
        return {
            "calls": self.calls,
            "calls_delivered": self.calls_delivered,
            "entities_asked": self.entities_asked,
            "entities_delivered": self.entities_delivered,
            "distinct_asked": len(self._asked),
            "distinct_delivered": len(self._delivered),
        }


class Stats:
    """Counts since the start, or since they were last cleared."""

    def __init__(self) -> None:
        self.verbs = {verb: VerbStats() for verb in VERBS}
        self.statuses: Counter[int] = Counter()
        self.faults: Counter[str] = Counter()
        self.rate_limited = 0  # 429s because the window was full
        self.rate_limited_by_fault = 0
        self.abandoned = 0  # answers whose client had gone

    def shown(self) -> dict[str, Any]:
        return {
            "verbs": {verb: counts.shown() for verb, counts in self.verbs.items()},
            "statuses": {str(status): count for status, count in sorted(self.statuses.items())},
            "faults": dict(sorted(self.faults.items())),
            "rate_limited": self.rate_limited,
            "rate_limited_by_fault": self.rate_limited_by_fault,
            "abandoned": self.abandoned,
        }
