"""The embedded worker: an event loop in a thread of this process that imports and drains runs, several at a time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from sqlalchemy import Connection

from firmograph.core.outcomes import UNDER_WAY, RunState
from firmograph.jobs.engine import Engine, EngineParts
from firmograph.log import get_logger
from firmograph.prepared_exports.repository import release_leases
from firmograph.prepared_exports.service import delete_old, next_waiting
from firmograph.runs import claims, repository
from firmograph.runs.recovery import take_over
from firmograph.runs.run import Run

log = get_logger(__name__)

_LOOK_S = 0.5
_AFTER_TROUBLE_S = 2.0
_SWEEP_S = 30.0
_MOST_TROUBLES = 5


class EmbeddedWorker:
    """Drains the runs of one database from a thread. The caller holds whatever lock makes it the only one."""

    def __init__(self, parts: EngineParts, *, only: str | None = None) -> None:
        self._parts = parts
        self._only = only
        self._clock = parts.clock
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
        engine = Engine(self._parts)
        try:
            held = await engine.tools.in_database(lambda c: take_over(c, now=self._clock.now()))
            await engine.tools.in_database(release_leases)
            if held:
                log.warning("leases_taken_over", targets=held)
            await self._serve(engine)
        finally:
            await engine.close()

    async def _serve(self, engine: Engine) -> None:
        active: dict[str, asyncio.Task[None]] = {}
        exporting: asyncio.Task[None] | None = None
        swept = self._clock.monotonic()
        while not self._stop.is_set():
            for run in await engine.tools.look(self._waiting_runs):
                if run.id not in active:
                    active[run.id] = asyncio.create_task(self._work(run, engine))
            active = self._without_done(active)
            if self._only is not None and not active and not await engine.tools.look(self._waiting_runs):
                return
            exporting = await self._export_next(engine, exporting)
            if self._clock.monotonic() - swept > _SWEEP_S:
                swept = self._clock.monotonic()
                await engine.tools.in_database(self._sweep)
            await self._pause_between(active)
        await asyncio.gather(*active.values(), *([] if exporting is None else [exporting]), return_exceptions=True)

    def _sweep(self, connection: Connection) -> None:
        now = self._clock.now()
        claims.release_expired_leases(connection, now=now)
        delete_old(connection, now=now, keep=self._parts.keep_exports)

    async def _export_next(self, engine: Engine, busy: asyncio.Task[None] | None) -> asyncio.Task[None] | None:
        """Begin with the next prepared export when none is being made; the task that makes one, if any."""
        if self._only is not None or (busy is not None and not busy.done()):
            return busy
        if busy is not None and busy.exception() is not None:
            log.error("export_troubled", error=str(busy.exception()))
        export = await engine.tools.look(lambda c: next_waiting(c, now=self._clock.now()))
        if export is None:
            return None
        return asyncio.create_task(engine.make_export(export, self._stop.is_set))

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

    async def _work(self, run: Run, engine: Engine) -> None:
        """Import and drain one run; after trouble (a full disk, say) try again a few times, then pause it."""
        for trouble in range(1, _MOST_TROUBLES + 1):
            try:
                await engine.import_run(run.id, self._stop.is_set)
                await engine.drain(run.id, self._stop, self._stop)
            except Exception as error:
                log.exception("run_troubled", run_id=run.id, trouble=trouble)
                await asyncio.sleep(_AFTER_TROUBLE_S * trouble)
                await engine.tools.in_database(lambda c: take_over(c, now=self._clock.now(), run_id=run.id))
                if trouble == _MOST_TROUBLES:
                    await engine.give_up(run.id, error)
            else:
                return
