"""Coverage: a run's numbers, each with what it was divided by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, with the whole beside it. `share` is `None` when there was nothing to divide by."""

    count: int
    of: int

    @property
    def share(self) -> float | None:
        return self.count / self.of if self.of else None

    def to_json(self) -> dict[str, float | int | None]:
        return {"count": self.count, "of": self.of, "share": None if self.share is None else round(self.share, 4)}
