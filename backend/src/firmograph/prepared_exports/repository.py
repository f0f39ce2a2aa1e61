"""The SQL of prepared exports: asked for, leased, written in pieces under the lease's token, read, and removed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, delete, insert, or_, select, update

from firmograph.db.ids import new_id, new_token
from firmograph.db.models import export_chunks, exports
from firmograph.errors import NotFound
from firmograph.prepared_exports.prepared_export import ExportState, PreparedExport
from firmograph.runs.repository import decode_cursor, encode_cursor

CHUNK_BYTES = 1 << 20  # of every piece but the last, so that a place in the file says in which piece it is
LEASE = timedelta(seconds=60)  # renewed every few seconds for as long as its maker lives
MOST_ATTEMPTS = 3

_CHUNKS_A_TRANSACTION = 32
_NO_LEASE = {"lease_owner": None, "lease_token": None, "lease_until": None}
_COLUMNS = [exports.c[name] for name in PreparedExport.__dataclass_fields__]


def insert_export(
    connection: Connection, run_id: str, *, options: Mapping[str, Any], file_name: str, rows: int, now: datetime
) -> str:
    """A new export that waits to be made; returns its id."""
    export_id = new_id(now)
    connection.execute(
        insert(exports).values(
            id=export_id,
            run_id=run_id,
            options=dict(options),
            state=ExportState.QUEUED.value,
            file_name=file_name,
            rows=rows,
            created_at=now,
        )
    )
    return export_id


def get_export(connection: Connection, export_id: str) -> PreparedExport:
    """Raises `NotFound`, also for one that was discarded."""
    query = select(*_COLUMNS).where(exports.c.id == export_id, exports.c.state != ExportState.DISCARDED.value)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no export {export_id}: it may have expired. Prepare it again.")
    return _export(row)


def list_exports(
    connection: Connection, run_id: str, *, cursor: str | None, limit: int
) -> tuple[list[PreparedExport], str | None]:
    """A run's exports, newest first, and the cursor of the next page, if there is one."""
    query = (
        select(*_COLUMNS)
        .where(exports.c.run_id == run_id, exports.c.state != ExportState.DISCARDED.value)
        .order_by(exports.c.id.desc())  # ids begin with their time
        .limit(limit + 1)
    )
    if cursor is not None:
        query = query.where(exports.c.id < str(decode_cursor(cursor, parts=1)[0]))
    found = [_export(row) for row in connection.execute(query).mappings()]
    return found[:limit], encode_cursor(found[limit - 1].id) if len(found) > limit else None


def next_waiting(connection: Connection, *, now: datetime) -> str | None:
    """The oldest export that somebody should make: nobody has begun it, or whoever did is gone."""
    query = select(exports.c.id).where(_is_waiting(now)).order_by(exports.c.id).limit(1)
    return connection.execute(query).scalar_one_or_none()


def claim(connection: Connection, export_id: str, *, owner: str, now: datetime) -> tuple[PreparedExport, str] | None:
    """Lease a waiting export: it, with its attempts counted, and the token its maker writes under.

    `None` where nothing is to do: it is gone, made, or another's. One that was begun too often fails instead.
    """
    query = select(*_COLUMNS).where(exports.c.id == export_id, _is_waiting(now)).with_for_update(skip_locked=True)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        return None
    if row["attempts"] >= MOST_ATTEMPTS:
        detail = row["detail"] or f"Whoever made it stopped in the middle, {row['attempts']} times. The log tells more."
        _set(connection, export_id, state=ExportState.FAILED.value, detail=detail, finished_at=now, **_NO_LEASE)
        return None
    token = new_token()
    begun: dict[str, Any] = {"state": ExportState.RUNNING.value, "attempts": row["attempts"] + 1}
    _set(
        connection,
        export_id,
        **begun,
        rows_done=0,
        size=0,
        lease_owner=owner,
        lease_token=token,
        lease_until=now + LEASE,
    )
    return _export({**row, **begun}), token


def change(connection: Connection, export_id: str, token: str, **values: Any) -> bool:
    """Set columns of an export under its lease; `False` when the lease is another's by now, or the export gone."""
    mine = (exports.c.id == export_id, exports.c.lease_token == token)
    return connection.execute(update(exports).where(*mine).values(**values)).rowcount == 1


def end_lease(connection: Connection, export_id: str, token: str, state: ExportState, **values: Any) -> bool:
    """Put an export into a state, with no lease; `False` like `change`."""
    return change(connection, export_id, token, state=state.value, **_NO_LEASE, **values)


def release_leases(connection: Connection, owners: Collection[str] | None = None) -> int:
    """Let what these owners were making wait again, whatever anybody was making without them. Returns how many.

    For owners that are dead; without them, for a process that knows itself the only one left.
    """
    statement = update(exports).where(exports.c.state == ExportState.RUNNING.value)
    if owners is not None:
        statement = statement.where(exports.c.lease_owner.in_(list(owners)))
    return int(connection.execute(statement.values(state=ExportState.QUEUED.value, **_NO_LEASE)).rowcount)


def insert_chunk(connection: Connection, export_id: str, *, seq: int, data: bytes) -> None:
    connection.execute(insert(export_chunks).values(export_id=export_id, seq=seq, data=data))


def get_chunk(connection: Connection, export_id: str, seq: int) -> bytes:
    """One piece of a file. Raises `NotFound` when it was removed meanwhile."""
    query = select(export_chunks.c.data).where(export_chunks.c.export_id == export_id, export_chunks.c.seq == seq)
    data: bytes | None = connection.execute(query).scalar_one_or_none()
    if data is None:
        raise NotFound(f"Export {export_id} was deleted while it was being downloaded. Prepare it again.")
    return data


def remove_chunks(connection: Connection, export_id: str) -> bool:
    """Remove some pieces of a file, so few that no writer waits long; whether there may be more."""
    some = (
        select(export_chunks.c.seq)
        .where(export_chunks.c.export_id == export_id)
        .order_by(export_chunks.c.seq)
        .limit(_CHUNKS_A_TRANSACTION)
    )
    found = connection.execute(some).scalars().all()
    if found:
        connection.execute(
            delete(export_chunks).where(export_chunks.c.export_id == export_id, export_chunks.c.seq <= found[-1])
        )
    return len(found) == _CHUNKS_A_TRANSACTION


def discard(connection: Connection, export_id: str) -> None:
    """Hide an export for good; whoever makes it loses its lease. Raises `NotFound`."""
    get_export(connection, export_id)
    _set(connection, export_id, state=ExportState.DISCARDED.value, **_NO_LEASE)


def discard_finished(connection: Connection, *, before: datetime) -> None:
    """Hide what was made, or failed, before that moment."""
    ended = exports.c.state.in_([ExportState.READY.value, ExportState.FAILED.value])
    connection.execute(
        update(exports).where(ended, exports.c.finished_at <= before).values(state=ExportState.DISCARDED.value)
    )


def remove_discarded(connection: Connection) -> bool:
    """Remove some pieces of a discarded export, in the end the export; whether more is left to remove."""
    query = select(exports.c.id).where(exports.c.state == ExportState.DISCARDED.value).limit(1)
    export_id = connection.execute(query.with_for_update(skip_locked=True)).scalar_one_or_none()
    if export_id is None:
        return False
    if not remove_chunks(connection, export_id):
        connection.execute(delete(exports).where(exports.c.id == export_id))
    return True


def _is_waiting(now: datetime) -> Any:
    is_left = and_(exports.c.state == ExportState.RUNNING.value, exports.c.lease_until < now)
    return or_(exports.c.state == ExportState.QUEUED.value, is_left)


def _set(connection: Connection, export_id: str, **values: Any) -> None:
    connection.execute(update(exports).where(exports.c.id == export_id).values(**values))


def _export(row: RowMapping | Mapping[Any, Any]) -> PreparedExport:
    return PreparedExport(**{**row, "state": ExportState(row["state"])})
