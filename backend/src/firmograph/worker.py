"""The worker: a process that drains runs until it is told to stop, or until nothing waits."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from firmograph.app import App
from firmograph.core.outcomes import UNDER_WAY
from firmograph.db.engine import DatabaseFailure
from firmograph.db.trouble import first_line
from firmograph.jobs.drainer_lock import DrainerLock
from firmograph.jobs.metrics_port import serving_worker_metrics
from firmograph.log import get_logger
from firmograph.runs import repository
from firmograph.tracing import traced

log = get_logger(__name__)

_LOOK_S = 0.5
_INTERRUPTED = 130
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def run_worker(app: App, *, burst: bool) -> int:
    """Work on runs until SIGINT or SIGTERM, or, in a `burst`, until none waits; returns the exit code.

    With Redis it takes jobs from the queues, beside other workers. Without, it alone works on the database: it waits
    for the drainer's lock while another process holds it, and says who does. 0: stopped as wished; 1: the worker
    failed; 130: a burst was interrupted before its end.
    """
    settings, name = app.settings, f"{socket.gethostname()}:{os.getpid()}"
    with (
        traced("firmograph-worker"),
        serving_worker_metrics(settings.metrics_port, settings.metrics_host, worker_id=name),
    ):
        return _work_on_queues(app, burst=burst) if app.queues is not None else _work_alone(app, burst=burst)


def _work_alone(app: App, *, burst: bool) -> int:
    with _stopped_by_signals() as stop:
        lock = app.lock()
        while _wait_for(lock, app, stop):
            try:
                code = _work(app, lock, stop, burst=burst)
            finally:
                lock.release()
            if code is not None:
                return code
        return _INTERRUPTED if burst else 0


def _work_on_queues(app: App, *, burst: bool) -> int:
    worker, keeper = app.queue_worker()
    keeper.start()
    try:
        return 0 if worker.run(burst=burst) else _INTERRUPTED
    finally:
        keeper.stop()


def _wait_for(lock: DrainerLock, app: App, stop: threading.Event) -> bool:
    """Take the lock, however long that takes; `False` when stopped before."""
    told: dict[str, Any] | None = None
    while not stop.is_set():
        try:
            if lock.try_acquire(command="worker", providers=app.names_on()):
                return True
            holder = lock.holder()
        except DatabaseFailure as error:
            holder = {"trouble": first_line(error)}
        if holder != told:
            told = holder
            log.warning("another_process_works_on_the_runs", **holder)
        stop.wait(_LOOK_S)
    return False


def _work(app: App, lock: DrainerLock, stop: threading.Event, *, burst: bool) -> int | None:
    """Work until stopped; `None` when the lock was lost, with a restart of the database."""
    worker = app.worker()
    worker.start()
    is_finished, is_mine = False, True
    while not stop.is_set() and worker.is_working and is_mine and not is_finished:
        is_finished = burst and not _waits(app)
        if not is_finished:
            stop.wait(_LOOK_S)
        is_mine = lock.is_mine()
    has_failed = worker.failure is not None
    worker.stop()
    if has_failed:
        return 1
    if not is_mine and not stop.is_set() and not is_finished:
        return None
    return _INTERRUPTED if burst and not is_finished else 0


def _waits(app: App) -> bool:
    try:
        with app.database.read() as connection:
            return bool(repository.list_in_states(connection, UNDER_WAY))
    except DatabaseFailure:
        return True  # nobody can know: the worker waits for the database too


@contextmanager
def _stopped_by_signals() -> Iterator[threading.Event]:
    """An event that the first SIGINT or SIGTERM sets; a second one ends the process at once."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop  # only the main thread may set handlers
        return

    def handle(number: int, _frame: Any) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, handle) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
