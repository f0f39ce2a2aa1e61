"""Prepared exports: asked for, made by whoever works, read in part or whole, and removed after a while."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from firmograph.clock import Clock
from firmograph.db.engine import Database
from firmograph.errors import UserError
from firmograph.exports.formats import check_columns
from firmograph.exports.plan import ExportPlan, export_columns
from firmograph.exports.stream import stream
from firmograph.log import get_logger
from firmograph.prepared_exports import repository
from firmograph.prepared_exports.lease import ExportLease, LeaseLost, MakerStopped
from firmograph.prepared_exports.prepared_export import ExportState, PreparedExport
from firmograph.prepared_exports.repository import CHUNK_BYTES, MOST_ATTEMPTS
from firmograph.runs.exporting import export_file_name, export_plan
from firmograph.runs.records_repository import export_rows
from firmograph.runs.repository import get_run
from firmograph.runs.run import Run

log = get_logger(__name__)

_LONGEST_DETAIL = 2000


def request_export(
    connection: Connection,
    run_id: str,
    *,
    file_format: str | None = None,
    with_provenance: bool = False,
    neutralise: bool = False,
    now: datetime,
) -> PreparedExport:
    """A run's export, waiting to be made; in the list's own format unless another is asked for.

    Raises `NotFound`, and `UserError` for a format we don't write or that does not hold so many columns.
    """
    run = get_run(connection, run_id)
    options = {"format": file_format, "provenance": with_provenance, "neutralise": neutralise}
    plan = _plan(run, options)
    check_columns(plan.format, len(export_columns(plan)))
    export_id = repository.insert_export(
        connection,
        run_id,
        options={**options, "format": plan.format},
        file_name=export_file_name(run, plan.format),
        rows=run.counts["records"],
        now=now,
    )
    return repository.get_export(connection, export_id)


def next_waiting(connection: Connection, *, now: datetime) -> str | None:
    """The id of the oldest export that should be made by somebody; `None` when none waits."""
    return repository.next_waiting(connection, now=now)


def prepare_export(
    database: Database, export_id: str, *, owner: str, clock: Clock, is_stopping: Callable[[], bool]
) -> None:
    """Make one export's file, from its start, in this thread; memory does not grow with the rows.

    It holds the rows the run has when making begins. Does nothing for an export that is made, gone, or another's. After
    an error, or a crash, it waits for its next attempt; after the third it has failed, with a detail that says why.
    Told to stop, it gives the export back, and the attempt does not count. Raises only when the database fails it.
    """
    with database.write() as connection:
        claimed = repository.claim(connection, export_id, owner=owner, now=clock.now())
        run = None if claimed is None else get_run(connection, claimed[0].run_id)
    if claimed is None or run is None:
        return
    export, token = claimed
    try:
        with ExportLease(database, export_id, token, clock=clock, is_stopping=is_stopping) as lease:
            _make(database, export, run, lease)
    except LeaseLost:
        log.info("export_lease_lost", export_id=export_id)
    except MakerStopped:
        with database.write() as connection:
            repository.end_lease(connection, export_id, token, ExportState.QUEUED, attempts=export.attempts - 1)
    except UserError as error:
        _end(database, export, token, str(error), clock, is_last=True)
    except Exception as error:
        log.exception("export_troubled", export_id=export_id, attempt=export.attempts)
        detail = f"An error ended attempt {export.attempts}: {type(error).__name__}: {error}"
        _end(database, export, token, detail, clock, is_last=export.attempts >= MOST_ATTEMPTS)
    else:
        log.info("export_ready", export_id=export_id, run_id=export.run_id, rows=lease.rows_done)


def delete_old(connection: Connection, *, now: datetime, keep: timedelta) -> bool:
    """Hide exports that were finished longer ago than `keep`, and remove some of what is hidden.

    One call removes so little that no writer waits long; it returns whether there is more to remove, by another call.
    """
    repository.discard_finished(connection, before=now - keep)
    return repository.remove_discarded(connection)


def delete_export(database: Database, export_id: str) -> None:
    """Delete an export and its file; making it ends. Raises `NotFound`."""
    with database.write() as connection:
        repository.discard(connection, export_id)
    is_left = True
    while is_left:
        with database.write() as connection:
            is_left = repository.remove_discarded(connection)


def read_file(database: Database, export_id: str, *, start: int, end: int) -> Iterator[bytes]:
    """The bytes from `start` up to, not including, `end` of a file that is ready.

    Each piece is read by itself, so that a slow reader holds nothing. Raises `NotFound` on the way when the export is
    deleted meanwhile.
    """
    while start < end:
        seq, offset = divmod(start, CHUNK_BYTES)
        with database.read() as connection:
            data = repository.get_chunk(connection, export_id, seq)
        part = data[offset : offset + end - start]
        start += len(part)
        yield part


def _make(database: Database, export: PreparedExport, run: Run, lease: ExportLease) -> None:
    is_left = True
    while is_left:  # what an earlier attempt wrote
        with database.write() as connection:
            lease.renew(connection, rows=run.counts["records"])
            is_left = repository.remove_chunks(connection, export.id)
    # No further than the run's rows now: one that is being read grows, and its later rows may be wider than the plan.
    rows = lease.counted(islice(export_rows(database, run.id), run.counts["records"]))
    digest, size = hashlib.sha256(), 0
    for seq, data in enumerate(_pieces(stream(_plan(run, export.options), rows))):
        lease.check()
        digest.update(data)
        size += len(data)
        with database.write() as connection:
            lease.renew(connection, size=size)
            repository.insert_chunk(connection, export.id, seq=seq, data=data)
    lease.check()
    with database.write() as connection:
        lease.finish(connection, size=size, sha256=digest.hexdigest())


def _plan(run: Run, options: Mapping[str, Any]) -> ExportPlan:
    return export_plan(
        run,
        file_format=options["format"],
        with_provenance=options["provenance"],
        neutralise=options["neutralise"],
    )


def _end(database: Database, export: PreparedExport, token: str, error: str, clock: Clock, *, is_last: bool) -> None:
    """Let a failed attempt be followed by another, or, after the last one, fail the export."""
    state = ExportState.FAILED if is_last else ExportState.QUEUED
    finished_at = clock.now() if is_last else None
    with database.write() as connection:
        repository.end_lease(
            connection, export.id, token, state, detail=error[:_LONGEST_DETAIL], finished_at=finished_at
        )


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes, cut anew: `CHUNK_BYTES` each, the last one shorter."""
    pending = bytearray()
    for chunk in chunks:
        pending += chunk
        while len(pending) >= CHUNK_BYTES:
            yield bytes(pending[:CHUNK_BYTES])
            del pending[:CHUNK_BYTES]
    if pending:
        yield bytes(pending)
