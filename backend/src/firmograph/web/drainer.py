"""The server's drainer: holds the data directory's lock and the embedded worker, or waits until the lock is free."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from firmograph.app import App
from firmograph.jobs.drainer_lock import DrainerLock
from firmograph.jobs.embedded import EmbeddedWorker
from firmograph.log import get_logger

log = get_logger(__name__)

_LOOK_S = 1.0
_WORKER_STOP_S = 20.0


class DrainerState(StrEnum):
    """Who works on the runs."""

    MINE = "mine"
    HELD = "held"  # another process does
    NONE = "none"


@dataclass(frozen=True, slots=True)
class DrainerStatus:
    """The state; whose it is, when it is another's; and what is wrong, when nobody works."""

    state: DrainerState
    holder: Mapping[str, Any] = field(default_factory=dict)
    trouble: str | None = None


class Drainer:
    """Tries for the lock from a thread; with it, keeps a worker running until stopped."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._is_stopping = threading.Event()
        self._first_try = threading.Event()
        self._worker: EmbeddedWorker | None = None
        self._status = DrainerStatus(DrainerState.NONE, trouble="it is starting")
        # The lock belongs to the thread that takes it, so one thread takes it and gives it back.
        self._thread = threading.Thread(target=self._main, name="firmograph-drainer-lock", daemon=True)

    @property
    def status(self) -> DrainerStatus:
        return self._status

    def start(self) -> None:
        """Begin; returns once it is known whether the lock was free."""
        self._thread.start()
        self._first_try.wait()

    def wake(self) -> None:
        """There may be new work. Another process that holds the lock finds it by itself."""
        worker = self._worker
        if worker is not None:
            worker.wake()

    def stop(self, *, timeout: float = _WORKER_STOP_S + 5) -> None:
        """Stop the worker, give the lock back, and end, within `timeout` seconds."""
        self._is_stopping.set()
        self._thread.join(timeout)

    def _main(self) -> None:
        try:
            self._try_until_stopped(self._app.lock())
        except Exception as error:
            log.exception("drainer_failed")
            self._be(DrainerStatus(DrainerState.NONE, trouble=f"it failed: {error!r}"))
        finally:
            self._first_try.set()

    def _try_until_stopped(self, lock: DrainerLock) -> None:
        while not self._is_stopping.is_set():
            if self._takes(lock):
                self._keep_working(lock)
            self._first_try.set()
            self._is_stopping.wait(_LOOK_S)

    def _takes(self, lock: DrainerLock) -> bool:
        try:
            if lock.try_acquire(command="serve", providers=self._app.names_on()):
                return True
        except (OSError, SQLAlchemyError) as error:
            self._be(DrainerStatus(DrainerState.NONE, trouble=f"the drainer's lock can't be taken: {error}"))
            return False
        self._be(DrainerStatus(DrainerState.HELD, holder=lock.holder()))
        return False

    def _keep_working(self, lock: DrainerLock) -> None:
        """Until stopped, or until the lock is lost with a restart of the database."""
        worker = self._begin()
        self._first_try.set()
        while not self._is_stopping.wait(_LOOK_S) and lock.is_mine():
            if not worker.is_working:
                self._be(DrainerStatus(DrainerState.NONE, trouble=f"the worker stopped: {worker.failure!r}"))
                worker = self._begin()
            self._be(DrainerStatus(DrainerState.MINE, trouble=worker.trouble))
        worker.stop(timeout=_WORKER_STOP_S)
        if worker.is_working:
            log.error("worker_did_not_stop", seconds=_WORKER_STOP_S)  # the lock is freed by the process's end
        else:
            lock.release()

    def _begin(self) -> EmbeddedWorker:
        worker = self._app.worker()
        worker.start()
        self._worker = worker
        self._be(DrainerStatus(DrainerState.MINE))
        return worker

    def _be(self, status: DrainerStatus) -> None:
        if status != self._status:
            log.info("drainer", state=status.state.value, holder=dict(status.holder), trouble=status.trouble)
        self._status = status
