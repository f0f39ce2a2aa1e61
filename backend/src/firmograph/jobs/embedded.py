"""The embedded worker: an event loop in a thread of this process that imports and drains runs, several at a time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from sqlalchemy import Connection

from firmograph.core.outcomes import UNDER_WAY, RunState
from firmograph.db.engine import DatabaseFailure
from firmograph.db.trouble import ADVICE, first_line, trouble_of
from firmograph.jobs.engine import Engine, EngineParts
from firmograph.log import bound, during, get_logger
from firmograph.prepared_exports.repository import release_leases
from firmograph.prepared_exports.service import delete_old, next_waiting
from firmograph.runs import claims, repository
from firmograph.runs.recovery import take_over
from firmograph.runs.run import Run
from firmograph.runs.uploads_repository import UNUSED_KEPT, delete_stale

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
        self._active: dict[str, asyncio.Task[None]] = {}
        self._exporting: asyncio.Task[None] | None = None
        self._has_taken_over = False
        self.failure: BaseException | None = None
        self.trouble: str | None = None  # what is waited for, for a person to read

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
            while not self._stop.is_set():
                try:
                    await self._serve(engine)
                except DatabaseFailure as error:
                    await self._wait_for_database(error)
                else:
                    return
        finally:
            await asyncio.gather(*self._active.values(), return_exceptions=True)
            if self._exporting is not None:
                await asyncio.gather(self._exporting, return_exceptions=True)
            await engine.close()

    async def _serve(self, engine: Engine) -> None:
        """Until stopped or, with `only`, until that run is over. Raises `DatabaseFailure`, and can be called again."""
        if not self._has_taken_over:
            held = await engine.tools.in_database(lambda c: take_over(c, now=self._clock.now()))
            await engine.tools.in_database(release_leases)
            self._has_taken_over = True
            if held:
                log.warning("leases_taken_over", targets=held)
        swept = self._clock.monotonic()
        while not self._stop.is_set():
            for run in await engine.tools.look(self._waiting_runs):
                if run.id not in self._active:
                    with bound(worker=self._parts.owner, run_id=run.id):
                        self._active[run.id] = asyncio.create_task(self._work(run, engine))
            self._drop_done()
            if self._only is not None and not self._active and not await engine.tools.look(self._waiting_runs):
                return
            await self._export_next(engine)
            if self._clock.monotonic() - swept > _SWEEP_S:
                swept = self._clock.monotonic()
                await engine.tools.in_database(self._sweep)
            self.trouble = None
            await self._pause_between()

    def _sweep(self, connection: Connection) -> None:
        now = self._clock.now()
        claims.release_expired_leases(connection, now=now)
        delete_old(connection, now=now, keep=self._parts.keep_exports)
        delete_stale(connection, before=now - UNUSED_KEPT)

    async def _export_next(self, engine: Engine) -> None:
        """Begin with the next prepared export when none is being made."""
        if self._only is not None or (self._exporting is not None and not self._exporting.done()):
            return
        if self._exporting is not None and self._exporting.exception() is not None:
            log.error("export_troubled", error=str(self._exporting.exception()))
        self._exporting = None
        export = await engine.tools.look(lambda c: next_waiting(c, now=self._clock.now()))
        if export is not None:
            self._exporting = asyncio.create_task(engine.make_export(export, self._stop.is_set))

    def _waiting_runs(self, connection: Connection) -> list[Run]:
        if self._only is None:
            return repository.list_in_states(connection, UNDER_WAY)
        run = repository.get_run(connection, self._only)
        return [] if run.is_terminal or run.state is RunState.PAUSED else [run]

    def _drop_done(self) -> None:
        for run_id, task in list(self._active.items()):
            if task.done():
                del self._active[run_id]
                task.result()

    async def _pause_between(self) -> None:
        """Until woken, until a run's work ends, or for a moment."""
        waker = asyncio.create_task(self._wake.wait())
        await asyncio.wait({waker, *self._active.values()}, timeout=_LOOK_S, return_when=asyncio.FIRST_COMPLETED)
        waker.cancel()
        self._wake.clear()

    async def _work(self, run: Run, engine: Engine) -> None:
        """Import and drain one run. After trouble of its own it is tried again a few times, then paused; trouble of the
        database's, a full disk say, is waited out."""
        troubles, is_dirty = 0, False
        last: Exception = RuntimeError("nothing yet")
        while not self._stop.is_set():
            try:
                if is_dirty:
                    await engine.tools.in_database(lambda c: take_over(c, now=self._clock.now(), run_id=run.id))
                    is_dirty = False
                    if troubles == _MOST_TROUBLES:
                        await engine.give_up(run.id, last)
                        return
                with during("slice", worker=self._parts.owner, run_id=run.id):
                    await engine.import_run(run.id, self._stop.is_set)
                    await engine.drain(run.id, self._stop, self._stop)
            except Exception as error:
                is_dirty, last = True, error
                if isinstance(error, DatabaseFailure) and trouble_of(error) is not None:
                    await self._wait_for_database(error)
                    continue
                troubles += 1
                log.exception("run_troubled", run_id=run.id, trouble=troubles)
                await asyncio.sleep(_AFTER_TROUBLE_S * troubles)
            else:
                return

    async def _wait_for_database(self, error: DatabaseFailure) -> None:
        kind = trouble_of(error)
        if kind is None:
            raise error  # a fault of ours: waiting does not mend it
        trouble = f"The database is {kind.value}: {first_line(error)}. {ADVICE[kind]}"
        if trouble != self.trouble:
            log.error("database_troubled", error=first_line(error))
        self.trouble = trouble
        await asyncio.sleep(_AFTER_TROUBLE_S)
