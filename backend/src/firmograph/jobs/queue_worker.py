"""The worker of many: takes jobs from the queues and works each for a slice of time, then lets the next run have it."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from typing import Any

from redis.exceptions import RedisError
from rq.exceptions import StopRequested
from rq.job import Job as QueuedJob
from rq.queue import Queue
from rq.serializers import JSONSerializer
from rq.worker import DequeueStrategy, SimpleWorker

from firmograph.core.outcomes import UNDER_WAY, RunState
from firmograph.db.engine import DatabaseFailure
from firmograph.db.ids import new_token
from firmograph.db.trouble import trouble_of
from firmograph.errors import NotFound
from firmograph.jobs import measures
from firmograph.jobs.engine import Engine, EngineParts
from firmograph.jobs.keeper import Doing, Keeper
from firmograph.jobs.queues import Job, Kind, Queues
from firmograph.jobs.tasks import serve_jobs
from firmograph.log import during, get_logger
from firmograph.runs import repository
from firmograph.runs.recovery import take_over_from

log = get_logger(__name__)

_SLICE_S = 10.0
_LEAST_S = 1.0  # of a slice, when others wait
_LOOK_S = 0.2
_HOLD_EVERY_S = 2.0
_QUEUES_GONE_S = 1.0
_MOST_TROUBLES = 5
_IDLE_TTL_S = 60  # RQ looks after its own books at least this often
_LOG_LEVEL = "WARNING"


class QueueWorker:
    """One process's worker. `run` belongs to the main thread: RQ and signals want it there."""

    def __init__(self, parts: EngineParts, queues: Queues, keeper: Keeper) -> None:
        self._parts = parts
        self._queues = queues
        self._keeper = keeper
        self._stopping = threading.Event()
        self._engine = _EngineThread(parts)
        self._is_dirty = True  # something may be held under our name: free it before the next slice

    def run(self, *, burst: bool) -> bool:
        """Take jobs until a signal, or in a `burst` until no run is under way; says whether it ended as wished."""
        serve_jobs(self)
        with self._engine:
            while not self._stopping.is_set():
                self._take_jobs(burst=burst)
                if burst and not self._is_anything_under_way():
                    return True
                self._stopping.wait(_QUEUES_GONE_S)
        return not burst

    def work(self, job: Job) -> None:
        """Work a slice of a job, and ask for the next one where more is left."""
        if not self._queues.begin(job, self._parts.owner):
            return
        self._keeper.doing = Doing(job.kind.value, job.subject, self._parts.clock.now())
        try:
            with (
                during("slice", worker=self._parts.owner, run_id=job.subject, kind=job.kind.value),
                measures.slices.labels(job.kind.value).time(),
            ):
                self._free_what_is_ours()
                self._slice(job)
        except NotFound:
            log.info("job_without_run", job=job.key)
        except Exception as error:
            self._note_trouble(job, error)
            raise
        finally:
            self._keeper.doing = None
            self._queues.end(job, self._parts.owner)
        self._queues.forget_trouble(job.subject)
        self._ask_for_more(job)

    def _take_jobs(self, *, burst: bool) -> None:
        """Let RQ take jobs until it stops, which it does when Redis goes away in the middle of one."""
        try:
            taker = _JobTaker(
                [kind.queue for kind in Kind],
                name=f"firmograph-{self._parts.owner}-{new_token()[:6]}".replace(":", "-"),
                connection=self._queues.connect(),
                serializer=JSONSerializer,
                worker_ttl=_IDLE_TTL_S,
                maintenance_interval=_IDLE_TTL_S,
                log_job_description=False,
            )
            taker.stopping = self._stopping
            taker.work(burst=burst, logging_level=_LOG_LEVEL, dequeue_strategy=DequeueStrategy.ROUND_ROBIN)
        except RedisError as error:
            log.warning("queues_out_of_reach", error=str(error))

    def _is_anything_under_way(self) -> bool:
        self._keeper.wake()
        with self._parts.database.read() as connection:
            return bool(repository.list_in_states(connection, UNDER_WAY))

    def _free_what_is_ours(self) -> None:
        """After trouble: what an ended slice of ours still holds is free again."""
        if not self._is_dirty:
            return
        with self._parts.database.write() as connection:
            held = take_over_from(connection, [self._parts.owner], now=self._parts.clock.now())
        self._is_dirty = False
        if held:
            log.warning("leases_freed", targets=held)

    def _slice(self, job: Job) -> None:
        pace = _Slice(self._engine.loop)
        future = self._engine.submit(self._work_of(job, pace))
        try:
            self._wait(job, pace, future)
        except BaseException:  # RQ's time limit, say: the work must not go on without its job
            pace.hurry()
            raise

    def _work_of(self, job: Job, pace: _Slice) -> Coroutine[Any, Any, None]:
        engine = self._engine.engine
        if job.kind is Kind.INTAKE:
            return engine.import_run(job.subject, pace.is_over.is_set)
        if job.kind is Kind.DRAIN:
            return engine.drain(job.subject, pace.stop, pace.now)
        return engine.make_export(job.subject, self._stopping.is_set)

    def _wait(self, job: Job, pace: _Slice, future: Future[None]) -> None:
        began = held = time.monotonic()
        while True:
            try:
                future.result(timeout=_LOOK_S)
            except NotYet:
                if future.done():
                    raise  # the work's own time-out, not ours
            else:
                return
            now = time.monotonic()
            if self._stopping.is_set():
                pace.hurry()
            elif now - began > _SLICE_S or (now - began > _LEAST_S and self._asked(self._queues.others_wait, job)):
                pace.end()
            if now - held > _HOLD_EVERY_S:
                held = now
                self._asked(self._queues.hold, job)

    @staticmethod
    def _asked(question: Callable[[Job], Any], job: Job) -> Any:
        """What Redis says, or nothing when it is away: the slice's end will tell."""
        try:
            return question(job)
        except RedisError:
            return None

    def _note_trouble(self, job: Job, error: Exception) -> None:
        self._is_dirty = True
        measures.slice_errors.labels(job.kind.value).inc()
        log.error("slice_troubled", job=job.key, error=f"{type(error).__name__}: {error}")
        is_outside = isinstance(error, RedisError) or (
            isinstance(error, DatabaseFailure) and trouble_of(error) is not None
        )
        if is_outside or job.kind is Kind.EXPORT:
            return  # the surroundings' trouble, not the run's: it is tried again until they are back
        if self._queues.note_trouble(job.subject) >= _MOST_TROUBLES:
            self._free_what_is_ours()
            self._engine.submit(self._engine.engine.give_up(job.subject, error)).result()
            self._queues.forget_trouble(job.subject)

    def _ask_for_more(self, job: Job) -> None:
        if job.kind is Kind.EXPORT:
            self._keeper.wake()  # it knows the next one
            return
        with self._parts.database.read() as connection:
            run = repository.find_run(connection, job.subject)
        if run is None or run.state not in UNDER_WAY:
            return
        if run.state is RunState.IMPORTING:
            self._queues.put([job])
        elif job.kind is Kind.INTAKE:
            self._queues.put([Job(Kind.DRAIN, job.subject)], first=True)
            self._keeper.wake()
        else:
            self._queues.put([job])


class _Slice:
    """When a slice is to end: `stop` takes nothing new, `now` does not wait for slow answers either."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.stop = asyncio.Event()
        self.now = asyncio.Event()
        self.is_over = threading.Event()

    def end(self) -> None:
        self.is_over.set()
        self._loop.call_soon_threadsafe(self.stop.set)

    def hurry(self) -> None:
        self.end()
        self._loop.call_soon_threadsafe(self.now.set)


class _EngineThread:
    """An engine in an event loop of its own, so that its connections outlive the slices."""

    engine: Engine

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="firmograph-engine", daemon=True)

    def __enter__(self) -> _EngineThread:
        self._thread.start()
        self.engine = self.submit(self._open()).result()
        return self

    def __exit__(self, *_: object) -> None:
        self.submit(self.engine.close()).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    def submit(self, work: Coroutine[Any, Any, Any]) -> Future[Any]:
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    async def _open(self) -> Engine:
        return Engine(self._parts)


class _JobTaker(SimpleWorker):
    """RQ's worker without a fork for each job, and whose signals need no Redis."""

    stopping: threading.Event
    _is_busy = False

    def execute_job(self, job: QueuedJob, queue: Queue) -> None:
        self._is_busy = True
        try:
            super().execute_job(job, queue)
        finally:
            self._is_busy = False

    def request_stop(self, signum: int, frame: Any) -> None:  # noqa: ARG002 - a signal handler's shape
        """The first signal ends the slice, or the wait for one; a second one ends the process."""
        self.stopping.set()
        self._stop_requested = True
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        if not self._is_busy:
            raise StopRequested

    def _install_signal_handlers(self) -> None:
        if threading.current_thread() is threading.main_thread():
            super()._install_signal_handlers()  # type: ignore[no-untyped-call]  # RQ's

    def subscribe(self) -> None:
        """RQ's remote commands are not ours: runs are paused and cancelled in the database."""

    def unsubscribe(self) -> None:
        """Nothing was subscribed."""
