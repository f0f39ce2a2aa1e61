"""What only the process itself can count: work taken over, time waited for the limiter, slices. Gone at its end.

Everything else is read from the database, where it outlives the process.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

from firmograph.errors import RateLimited
from firmograph.providers.base import RateFacts, RateLimit
from firmograph.providers.rate_limit import Limiter, Permit

_WAIT_BUCKETS_S = (0.001, 0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60)
_SLICE_BUCKETS_S = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300)

# When a counter began is of no use here, and a series more for each.
disable_created_metrics()  # type: ignore[no-untyped-call]

REGISTRY = CollectorRegistry()
"""The process's own measures, served by the API and by each worker."""

expired_leases = Counter(
    "firmograph_lease_expiries", "Targets freed because the time of their lease was over.", registry=REGISTRY
)
taken_over = Counter("firmograph_taken_over", "Targets freed because whoever held them is gone.", registry=REGISTRY)
dead_workers = Counter("firmograph_dead_workers", "Workers that were found dead.", registry=REGISTRY)
stalled_runs = Counter(
    "firmograph_stalled_runs_woken",
    "Runs that were under way with nobody at work on them, and were woken.",
    registry=REGISTRY,
)
slices = Histogram(
    "firmograph_slice_seconds",
    "How long a worker was at one job, by what the job does.",
    labelnames=("kind",),
    buckets=_SLICE_BUCKETS_S,
    registry=REGISTRY,
)
slice_errors = Counter(
    "firmograph_slice_errors",
    "Jobs that ended in an error, by what the job does.",
    labelnames=("kind",),
    registry=REGISTRY,
)
limiter_waits = Histogram(
    "firmograph_limiter_wait_seconds",
    "How long a batch waited for the limiter's permit, by the key's digest.",
    labelnames=("key",),
    buckets=_WAIT_BUCKETS_S,
    registry=REGISTRY,
)
limiter_refusals = Counter(
    "firmograph_limiter_refusals",
    "Times a provider said 429, by the key's digest.",
    labelnames=("key",),
    registry=REGISTRY,
)


@dataclass(slots=True)
class MeasuredLimiter:
    """A limiter that also counts how long it lets wait, and how often it was refused all the same."""

    inner: Limiter

    @property
    def limit(self) -> RateLimit:
        return self.inner.limit

    @property
    def per_minute(self) -> int:
        """The limit in force."""
        return self.inner.per_minute

    @property
    def trouble(self) -> str | None:
        """What keeps the limiter from letting anything out, where it knows."""
        found: str | None = getattr(self.inner, "trouble", None)
        return found

    async def acquire(self, most: int, *, backlog: int, run_id: str) -> Permit:
        """Wait for leave to send between 1 and `most` companies."""
        began = time.monotonic()
        permit = await self.inner.acquire(most, backlog=backlog, run_id=run_id)
        limiter_waits.labels(self.limit.key_id).observe(time.monotonic() - began)
        return permit

    async def keep(self, permit: Permit, entities: int) -> None:
        """Use only so many of a permit's companies; 0 gives it back."""
        await self.inner.keep(permit, entities)

    async def answered(self, permit: Permit, facts: RateFacts) -> None:
        """The answer is here."""
        await self.inner.answered(permit, facts)

    async def refused(self, permit: Permit, error: RateLimited) -> float:
        """429: returns for how many seconds everybody pauses."""
        limiter_refusals.labels(self.limit.key_id).inc()
        return await self.inner.refused(permit, error)

    async def aclose(self) -> None:
        """Let go of whatever the limiter holds open."""
        await self.inner.aclose()
