"""The keeper: a thread in every process that says we live, wakes what nobody works on, and frees what the dead held.

Every worker and every API node has one, so it does not matter which of them dies, nor what Redis forgets.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from redis.exceptions import RedisError
from sqlalchemy import Connection, text

from firmograph.clock import FollowingClock
from firmograph.core.outcomes import UNDER_WAY, RunState
from firmograph.db.engine import Database, DatabaseFailure
from firmograph.db.trouble import Trouble, trouble_of
from firmograph.jobs import measures, presence
from firmograph.jobs.database_clock import follow
from firmograph.jobs.helping import drains_that_help
from firmograph.jobs.queues import Job, Kind, Queues
from firmograph.log import bound, get_logger
from firmograph.prepared_exports.repository import release_leases
from firmograph.prepared_exports.service import delete_old, next_waiting
from firmograph.runs import recovery, repository
from firmograph.runs.plan import AnyProvider, make_plan
from firmograph.runs.run import Run
from firmograph.runs.uploads_repository import UNUSED_KEPT, delete_stale

log = get_logger(__name__)

BEAT_S = 5.0
_RECOVER_EVERY = 2  # beats
# Whoever waits here says meanwhile nothing of its own life.
_SHORT_WAIT = text("SET LOCAL lock_timeout = '2s'")
_ONE_AT_A_TIME = 0x46697268  # an advisory lock: of all keepers of a database one recovers at a time


@dataclass(frozen=True, slots=True)
class Doing:
    """What a worker is at: the kind of its job, the run (or prepared export), since when."""

    kind: str
    subject: str
    since: datetime

    def to_json(self) -> dict[str, str]:
        return {"kind": self.kind, "run_id": self.subject, "since": self.since.isoformat()}


class Keeper:
    """Beats every few seconds, and at once when woken. With a `worker`, says that this one lives."""

    def __init__(
        self,
        database: Database,
        queues: Queues,
        clock: FollowingClock,
        *,
        providers: Mapping[str, AnyProvider],
        ages: Mapping[str, float],
        keep_exports: timedelta,
        worker: presence.Presence | None = None,
        find_trouble: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._database = database
        self._queues = queues
        self._clock = clock
        self._providers = providers
        self._ages = ages
        self._keep_exports = keep_exports
        self._worker = worker
        self._find_trouble = find_trouble
        self._is_stopping = threading.Event()
        self._wake = threading.Event()
        self._beats = 0
        self._queue_trouble: str | None = None
        self._database_trouble: str | None = None
        self._thread = threading.Thread(target=self._main, name="firmograph-keeper", daemon=True)
        self.doing: Doing | None = None

    @property
    def trouble(self) -> str | None:
        """What keeps work from going on, for a person to read."""
        return self._database_trouble or self._queue_trouble or self._find_trouble()

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """There may be new work."""
        self._wake.set()

    def stop(self) -> None:
        """End, and say that this worker is gone: it holds nothing any more."""
        self._is_stopping.set()
        self._wake.set()
        self._thread.join(BEAT_S)
        if self._worker is not None:
            try:
                with self._database.write() as connection:
                    presence.leave(connection, self._worker.worker_id)
            except DatabaseFailure as error:
                log.warning("leave_not_written", error=str(error.orig))

    def _main(self) -> None:
        worker = {} if self._worker is None else {"worker": self._worker.worker_id}
        with bound(**worker):
            self._beat_until_stopped()

    def _beat_until_stopped(self) -> None:
        while not self._is_stopping.is_set():
            self._wake.clear()
            try:
                self._beat()
            except Exception:
                log.exception("keeper_troubled")  # whatever it was, the next beat may do better
            self._wake.wait(BEAT_S)

    def _beat(self) -> None:
        try:
            follow(self._clock, self._database)
            self._say_alive()
            if self._beats % _RECOVER_EVERY == 0:
                self._recover()
            self._beats += 1
            self._wake_runs()
            self._database_trouble = None
        except DatabaseFailure as error:
            self._note("database_out_of_reach", error.orig or error, was=self._database_trouble)
            self._database_trouble = f"The database does not answer: {error.orig or error}"

    def _say_alive(self) -> None:
        if self._worker is None:
            return
        doing = self.doing
        with self._database.write() as connection:
            presence.say_alive(
                connection,
                self._worker,
                now=self._clock.now(),
                doing=None if doing is None else doing.to_json(),
                trouble=self._queue_trouble or self._find_trouble(),
            )

    def _recover(self) -> None:
        """Free what dead workers held and what was held too long. Counts for all processes: one does it at a time."""
        try:
            self._recover_now()
        except DatabaseFailure as error:
            if trouble_of(error) is not Trouble.BUSY:
                raise
            log.info("recovery_put_off", error=str(error.orig))  # a frozen process holds a lock: the next beat tries

    def _recover_now(self) -> None:
        with self._database.write() as connection:
            connection.execute(_SHORT_WAIT)
            if not _alone(connection):
                return
            now = self._clock.now()
            dead = presence.find_dead(connection, now=now)
            held = recovery.take_over_from(connection, dead, now=now) if dead else 0
            if dead:
                release_leases(connection, dead)
            presence.forget(connection, dead)
            expired = recovery.expire(connection, now=now)
            delete_old(connection, now=now, keep=self._keep_exports)
            delete_stale(connection, before=now - UNUSED_KEPT)
        measures.dead_workers.inc(len(dead))
        measures.taken_over.inc(held)
        measures.expired_leases.inc(expired)
        if dead:
            log.warning("dead_workers_taken_over", workers=dead, targets=held)
        if expired:
            log.warning("leases_expired", targets=expired)

    def _wake_runs(self) -> None:
        with self._database.read() as connection:
            runs = repository.list_in_states(connection, UNDER_WAY)
            workers = sum(worker.is_alive for worker in presence.list_workers(connection, now=self._clock.now()))
            export = next_waiting(connection, now=self._clock.now())
        try:
            for run in runs:
                added = self._queues.put(self._jobs(run, workers), first=run.started_at is None)
                if added and run.state is RunState.RUNNING and workers:
                    measures.stalled_runs.inc()
                if added:
                    log.debug("run_woken", run_id=run.id, jobs=len(added))
            if export is not None:
                self._queues.put([Job(Kind.EXPORT, export)])
            self._queues.ping()
            self._queue_trouble = None
        except RedisError as error:
            self._note("queues_out_of_reach", error, was=self._queue_trouble)
            self._queue_trouble = f"Redis does not answer, so nobody asks any provider: {error}"

    def _jobs(self, run: Run, workers: int) -> list[Job]:
        if run.state is RunState.IMPORTING:
            return [Job(Kind.INTAKE, run.id)]
        plan = make_plan(run, dict(self._providers), **self._ages)
        return [Job(Kind.DRAIN, run.id, slot) for slot in range(drains_that_help(plan, workers=workers))]

    @staticmethod
    def _note(event: str, error: object, *, was: str | None) -> None:
        if was is None:
            log.error(event, error=str(error))


def _alone(connection: Connection) -> bool:
    """Whether no other keeper recovers at this moment; holds until the transaction's end."""
    return bool(connection.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME}).scalar())
