"""The engine: what imports and drains runs inside an event loop, whoever decides which run is next."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from firmograph.clock import Clock
from firmograph.core.outcomes import PauseReason, RunState
from firmograph.db.engine import Database
from firmograph.errors import NotAllowedNow
from firmograph.jobs.measures import MeasuredLimiter
from firmograph.log import get_logger
from firmograph.prepared_exports.service import prepare_export
from firmograph.providers.base import ProviderOff, RateLimit
from firmograph.providers.rate_limit import Limiter
from firmograph.runs import repository
from firmograph.runs.drain import RunDrain
from firmograph.runs.importing import import_run
from firmograph.runs.plan import AnyProvider, RunPlan, make_plan
from firmograph.runs.run import Run
from firmograph.runs.tools import Tools

log = get_logger(__name__)

_WRITERS = 8  # on PostgreSQL; SQLite has one writer at a time
_LONGEST_DETAIL = 2000

Unit = Callable[[Callable[[Connection], Any]], Awaitable[Any]]
MakeProviders = Callable[[], dict[str, AnyProvider]]
MakeLimiter = Callable[[RateLimit, Unit], Limiter]


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineParts:
    """What an engine is made of. `owner` signs its leases and calls; ages are in days."""

    database: Database
    make_providers: MakeProviders
    make_limiter: MakeLimiter
    clock: Clock
    owner: str
    concurrency: int
    max_age_days: float
    miss_max_age_days: float
    keep_exports: timedelta


class Engine:
    """Providers, limiters and threads of one process. Opened and closed within one event loop."""

    def __init__(self, parts: EngineParts) -> None:
        # Batches make many objects and hardly a cycle among them: looking for cycles took a seventh of the time.
        gc.set_threshold(20_000, 50, 100)
        self._parts = parts
        self._importers = ThreadPoolExecutor(2, "firmograph-import")
        self._readers = ThreadPoolExecutor(2, "firmograph-read")
        self._writers = ThreadPoolExecutor(1 if parts.database.is_sqlite else _WRITERS, "firmograph-write")
        loop = asyncio.get_running_loop()
        in_database = _beside(loop, self._writers, parts.database.write)
        providers = parts.make_providers()
        self.tools = Tools(
            in_database=in_database,
            look=_beside(loop, self._readers, parts.database.read),
            providers=providers,
            limiters=_limiters(providers, lambda limit: parts.make_limiter(limit, in_database)),
            clock=parts.clock,
            owner=parts.owner,
            concurrency=parts.concurrency,
        )

    async def close(self) -> None:
        """Let go of the providers, the limiters and the threads."""
        for provider in self.tools.providers.values():
            if not isinstance(provider, ProviderOff):
                await provider.aclose()
        for limiter in self.tools.limiters.values():
            await limiter.aclose()
        for pool in (self._importers, self._readers, self._writers):
            pool.shutdown(wait=True)

    async def import_run(self, run_id: str, is_stopping: Callable[[], bool]) -> None:
        """Read the run's list into records and targets, until its end or until stopped."""
        run = await self.get_run(run_id)
        if run.state is not RunState.IMPORTING:
            return
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(
            self._importers,
            copy_context().run,
            import_run,
            self._parts.database,
            self.plan(run),
            self._parts.clock,
            is_stopping,
        )

    async def drain(self, run_id: str, stop: asyncio.Event, hurry: asyncio.Event) -> None:
        """Ask for a run's targets until it ends or pauses, or `stop` is set.

        What is under way then is waited for; once `hurry` is set, only for a few seconds. Returns at once for a run
        that is not to be drained. Raises what kept an answer from being written.
        """
        run = await self.get_run(run_id)
        try:
            if run.state is RunState.QUEUED and not stop.is_set():
                started = run.started_at or self._parts.clock.now()
                await self.tools.in_database(lambda c: repository.move(c, run_id, RunState.RUNNING, started_at=started))
                run = await self.get_run(run_id)
        except NotAllowedNow:  # another worker was first, or somebody paused it in between
            run = await self.get_run(run_id)
        if run.state is RunState.RUNNING:
            await RunDrain(self.plan(run), self.tools).drain(stop, hurry)

    async def make_export(self, export_id: str, is_stopping: Callable[[], bool]) -> None:
        """Make a prepared export's file, unless somebody else does."""
        parts = self._parts
        await asyncio.to_thread(
            prepare_export,
            parts.database,
            export_id,
            owner=parts.owner,
            clock=parts.clock,
            is_stopping=is_stopping,
        )

    async def give_up(self, run_id: str, error: Exception) -> None:
        """Pause a run that met an error again and again, with the error for a person to read."""
        detail = f"The worker met an error again and again: {type(error).__name__}: {error}"[:_LONGEST_DETAIL]
        reason = PauseReason.WORKER_TROUBLE.value

        def work(connection: Connection) -> None:
            repository.move(connection, run_id, RunState.PAUSED, reason=reason, detail=detail)

        try:
            await self.tools.in_database(work)
        except NotAllowedNow:
            log.info("run_no_longer_under_way", run_id=run_id)

    async def get_run(self, run_id: str) -> Run:
        """Raises `NotFound`."""
        run: Run = await self.tools.look(lambda c: repository.get_run(c, run_id))
        return run

    def plan(self, run: Run) -> RunPlan:
        return make_plan(
            run,
            dict(self.tools.providers),
            max_age_days=self._parts.max_age_days,
            miss_max_age_days=self._parts.miss_max_age_days,
        )


def _beside(loop: asyncio.AbstractEventLoop, pool: ThreadPoolExecutor, unit: Any) -> Unit:
    """Run short units of work in a pool, beside the event loop."""

    def run(work: Callable[[Connection], Any]) -> Awaitable[Any]:
        def in_unit() -> Any:
            with unit() as connection:
                return work(connection)

        # What is bound to the log here stands in the events there too.
        return loop.run_in_executor(pool, copy_context().run, in_unit)

    return run


def _limiters(providers: Mapping[str, AnyProvider], make_limiter: Callable[[RateLimit], Limiter]) -> dict[str, Limiter]:
    """One limiter per key, however many providers share it."""
    limits = {
        provider.limit.key_id: provider.limit
        for provider in providers.values()
        if not isinstance(provider, ProviderOff) and provider.limit is not None
    }
    return {key_id: MeasuredLimiter(make_limiter(limit)) for key_id, limit in limits.items()}
