"""The lease of an export that is being made: renewed from a thread, for packing a large workbook takes a while."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy import Connection

from firmograph.clock import Clock
from firmograph.db.engine import Database, DatabaseFailure
from firmograph.log import get_logger
from firmograph.prepared_exports import repository
from firmograph.prepared_exports.prepared_export import ExportState

log = get_logger(__name__)

_RENEW_S = 2.0  # also how often a person sees progress
_STOP_S = 10.0
_ROWS_BETWEEN_LOOKS = 1000


class LeaseLost(Exception):
    """Another process makes this export now, or somebody deleted it: nothing may be written any more."""


class MakerStopped(Exception):
    """The process was told to stop."""


class ExportLease:
    """A context: within it the lease is renewed, with the rows done so far, until it is lost."""

    def __init__(
        self, database: Database, export_id: str, token: str, *, clock: Clock, is_stopping: Callable[[], bool]
    ) -> None:
        self._database = database
        self._id = export_id
        self._token = token
        self._clock = clock
        self._is_stopping = is_stopping
        self._is_over = threading.Event()
        self._is_lost = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="firmograph-export-lease", daemon=True)
        self.rows_done = 0

    def __enter__(self) -> ExportLease:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join(_STOP_S)

    def counted(self, rows: Iterable[Any]) -> Iterator[Any]:
        """The same rows, counted. Raises `MakerStopped` and `LeaseLost` on the way."""
        for row in rows:
            if self.rows_done % _ROWS_BETWEEN_LOOKS == 0:
                self.check()
            self.rows_done += 1
            yield row

    def check(self) -> None:
        """Raises `MakerStopped` and `LeaseLost`."""
        if self._is_stopping():
            raise MakerStopped
        if self._is_lost.is_set():
            raise LeaseLost

    def renew(self, connection: Connection, **values: Any) -> None:
        """Set columns of the export, and hold it for another while. Raises `LeaseLost`."""
        until = self._clock.now() + repository.LEASE
        is_mine = repository.change(
            connection, self._id, self._token, lease_until=until, rows_done=self.rows_done, **values
        )
        if not is_mine:
            self._is_lost.set()
            raise LeaseLost

    def finish(self, connection: Connection, *, size: int, sha256: str) -> None:
        """The file is whole: the export is ready, and the lease ends. Raises `LeaseLost`."""
        is_mine = repository.end_lease(
            connection,
            self._id,
            self._token,
            ExportState.READY,
            detail=None,  # of an attempt before
            rows_done=self.rows_done,
            size=size,
            sha256=sha256,
            finished_at=self._clock.now(),
        )
        if not is_mine:
            raise LeaseLost

    def _keep(self) -> None:
        while not self._is_over.wait(_RENEW_S):
            try:
                with self._database.write() as connection:
                    self.renew(connection)
            except LeaseLost:
                return
            except DatabaseFailure as error:  # its maker will meet the same trouble, and says so
                log.warning("export_lease_not_renewed", export_id=self._id, error=str(error))
