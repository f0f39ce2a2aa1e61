"""The embedded worker: an event loop in a thread of this process that imports and drains runs, several at a time."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import Connection

from firmograph.clock import Clock, SystemClock
from firmograph.core.outcomes import UNDER_WAY, PauseReason, RunState
from firmograph.db.engine import Database
from firmograph.errors import NotAllowedNow
from firmograph.jobs.rate_store import TableWindowStore
from firmograph.log import get_logger
from firmograph.providers.base import ProviderOff
from firmograph.providers.rate_limit import Limiter, WindowLimiter
from firmograph.runs import claims, repository
from firmograph.runs.asking import Tools
from firmograph.runs.drain import RunDrain
from firmograph.runs.importing import import_run
from firmograph.runs.plan import AnyProvider, RunPlan, make_plan
from firmograph.runs.recovery import take_over
from firmograph.runs.run import Run

log = get_logger(__name__)

_LOOK_S = 0.5
_AFTER_TROUBLE_S = 2.0
_SWEEP_S = 30.0
_MOST_TROUBLES = 5

MakeProviders = Callable[[], dict[str, AnyProvider]]


class EmbeddedWorker:
    """Drains the runs of one database from a thread. The caller holds whatever lock makes it the only one."""

    def __init__(
        self,
        database: Database,
        make_providers: MakeProviders,
        *,
        concurrency: int,
        max_age_days: float,
        miss_max_age_days: float,
        only: str | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._database = database
        self._make_providers = make_providers
        self._concurrency = concurrency
        self._ages = {"max_age_days": max_age_days, "miss_max_age_days": miss_max_age_days}
        self._only = only
        self._clock = clock or SystemClock()
        self._thread = threading.Thread(target=self._main, name="firmograph-drainer", daemon=True)
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._wake = asyncio.Event()
        self.failure: BaseException | None = None

    def start(self) -> None:
        """Begin to work; returns at once."""
        self._thread.start()
        self._ready.wait()

    def wake(self) -> None:
        """There may be new work."""
        self._call(self._wake.set)

    def stop(self, *, timeout: float = 30.0) -> None:
        """Stop asking, write down what is under way, give the leases back, and end the thread."""
        self._call(self._stop.set)
        self._call(self._wake.set)
        self._thread.join(timeout)

    @property
    def is_working(self) -> bool:
        return self._thread.is_alive()

    def _call(self, action: Callable[[], object]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(action)

    def _main(self) -> None:
        try:
            asyncio.run(self._run())
        except BaseException as error:
            self.failure = error
            log.exception("drainer_failed")
        finally:
            self._ready.set()

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ready.set()
        writers = ThreadPoolExecutor(1 if self._database.is_sqlite else 8, "firmograph-write")
        readers = ThreadPoolExecutor(2, "firmograph-read")
        importers = ThreadPoolExecutor(2, "firmograph-import")
        providers = self._make_providers()
        in_database = _beside(self._loop, writers, self._database.write)
        tools = Tools(
            in_database=in_database,
            look=_beside(self._loop, readers, self._database.read),
            providers=providers,
            limiters=_limiters(providers, TableWindowStore(in_database, self._clock), self._clock),
            clock=self._clock,
            owner=f"{socket.gethostname()}:{os.getpid()}",
            concurrency=self._concurrency,
        )
        try:
            held = await in_database(lambda c: take_over(c, now=self._clock.now()))
            if held:
                log.warning("leases_taken_over", targets=held)
            await self._serve(tools, importers)
        finally:
            for provider in providers.values():
                if not isinstance(provider, ProviderOff):
                    await provider.aclose()
            for pool in (importers, readers, writers):
                pool.shutdown(wait=True)

    async def _serve(self, tools: Tools, importers: ThreadPoolExecutor) -> None:
        active: dict[str, asyncio.Task[None]] = {}
        swept = self._clock.monotonic()
        while not self._stop.is_set():
            for run in await tools.look(self._waiting_runs):
                if run.id not in active:
                    active[run.id] = asyncio.create_task(self._work(run, tools, importers))
            active = self._without_done(active)
            if self._only is not None and not active and not await tools.look(self._waiting_runs):
                return
            if self._clock.monotonic() - swept > _SWEEP_S:
                swept = self._clock.monotonic()
                await tools.in_database(lambda c: claims.release_expired_leases(c, now=self._clock.now()))
            await self._pause_between(active)
        await asyncio.gather(*active.values(), return_exceptions=True)

    def _waiting_runs(self, connection: Connection) -> list[Run]:
        if self._only is None:
            return repository.list_in_states(connection, UNDER_WAY)
        run = repository.get_run(connection, self._only)
        return [] if run.is_terminal or run.state is RunState.PAUSED else [run]

    def _without_done(self, active: dict[str, asyncio.Task[None]]) -> dict[str, asyncio.Task[None]]:
        still = {}
        for run_id, task in active.items():
            if not task.done():
                still[run_id] = task
            else:
                task.result()
        return still

    async def _pause_between(self, active: dict[str, asyncio.Task[None]]) -> None:
        """Until woken, until a run's work ends, or for a moment."""
        waker = asyncio.create_task(self._wake.wait())
        await asyncio.wait({waker, *active.values()}, timeout=_LOOK_S, return_when=asyncio.FIRST_COMPLETED)
        waker.cancel()
        self._wake.clear()

    async def _work(self, run: Run, tools: Tools, importers: ThreadPoolExecutor) -> None:
        """Import and drain one run; after trouble (a full disk, say) try again a few times, then pause it."""
        for trouble in range(1, _MOST_TROUBLES + 1):
            try:
                await self._import_and_drain(run, tools, importers)
            except NotAllowedNow:
                return  # somebody paused or cancelled it in between
            except Exception as error:
                log.exception("run_troubled", run_id=run.id, trouble=trouble)
                await asyncio.sleep(_AFTER_TROUBLE_S * trouble)
                await tools.in_database(lambda c: take_over(c, now=self._clock.now(), run_id=run.id))
                if trouble == _MOST_TROUBLES:
                    await self._give_up(run, tools, error)
            else:
                return

    async def _give_up(self, run: Run, tools: Tools, error: Exception) -> None:
        detail = f"The worker met an error again and again: {type(error).__name__}: {error}"

        def work(connection: Connection) -> None:
            repository.move(
                connection, run.id, RunState.PAUSED, reason=PauseReason.WORKER_TROUBLE.value, detail=detail[:2000]
            )

        await tools.in_database(work)

    async def _import_and_drain(self, run: Run, tools: Tools, importers: ThreadPoolExecutor) -> None:
        if run.state is RunState.IMPORTING:
            plan = self._plan(run, tools)
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(importers, import_run, self._database, plan, self._clock, self._stop.is_set)
        run = await tools.look(lambda c: repository.get_run(c, run.id))
        if run.state is RunState.QUEUED and not self._stop.is_set():
            started = run.started_at or self._clock.now()
            await tools.in_database(lambda c: repository.move(c, run.id, RunState.RUNNING, started_at=started))
            run = await tools.look(lambda c: repository.get_run(c, run.id))
        if run.state is RunState.RUNNING:
            await RunDrain(self._plan(run, tools), tools).drain(self._stop)

    def _plan(self, run: Run, tools: Tools) -> RunPlan:
        return make_plan(run, dict(tools.providers), **self._ages)


def _beside(loop: asyncio.AbstractEventLoop, pool: ThreadPoolExecutor, unit: Any) -> Callable[..., Awaitable[Any]]:
    """Run short units of work in a pool, beside the event loop."""

    def run(work: Callable[[Connection], Any]) -> Awaitable[Any]:
        def in_unit() -> Any:
            with unit() as connection:
                return work(connection)

        return loop.run_in_executor(pool, in_unit)

    return run


def _limiters(providers: dict[str, AnyProvider], store: TableWindowStore, clock: Clock) -> dict[str, Limiter]:
    """One limiter per key, however many providers share it."""
    limits = {
        provider.limit.key_id: provider.limit
        for provider in providers.values()
        if not isinstance(provider, ProviderOff) and provider.limit is not None
    }
    return {key_id: WindowLimiter(limit, store=store, clock=clock) for key_id, limit in limits.items()}
