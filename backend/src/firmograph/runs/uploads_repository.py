"""The SQL of uploads: a list's bytes kept in the database until its records are in."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from firmograph.db.engine import Database, DatabaseFailure
from firmograph.db.ids import new_id
from firmograph.db.models import runs, upload_chunks, uploads
from firmograph.errors import NotFound, PayloadTooLarge

CHUNK_BYTES = 1 << 20

UNUSED_KEPT = timedelta(days=2)  # uploads that no run was started from


def store_upload(database: Database, source: BinaryIO, *, file_name: str | None, most_bytes: int, now: datetime) -> str:
    """Keep a list's bytes, a chunk a transaction, so that no writer waits long; returns the upload's id.

    Raises `PayloadTooLarge` above `most_bytes`; nothing is kept then, or after any other error.
    """
    upload_id = new_id(now)
    with database.write() as connection:
        connection.execute(insert(uploads).values(id=upload_id, file_name=file_name, size=0, sha256="", created_at=now))
    try:
        size, digest = _store_chunks(database, upload_id, source, file_name=file_name, most_bytes=most_bytes)
        with database.write() as connection:
            connection.execute(update(uploads).where(uploads.c.id == upload_id).values(size=size, sha256=digest))
    except BaseException:
        # Where this fails too (a full disk, say), `delete_stale` finds it later.
        with suppress(DatabaseFailure), database.write() as connection:
            delete_upload(connection, upload_id)
        raise
    return upload_id


def _store_chunks(
    database: Database, upload_id: str, source: BinaryIO, *, file_name: str | None, most_bytes: int
) -> tuple[int, str]:
    """The bytes into the upload; returns how many, and their sha256."""
    digest, size = hashlib.sha256(), 0
    for seq, data in enumerate(iter(lambda: source.read(CHUNK_BYTES), b"")):
        size += len(data)
        if size > most_bytes:
            raise PayloadTooLarge(
                f"{file_name or 'The list'} is larger than {most_bytes // (1 << 20)} MB. Split it, or raise "
                "FIRMOGRAPH_MAX_UPLOAD_MB."
            )
        digest.update(data)
        with database.write() as connection:
            connection.execute(insert(upload_chunks).values(upload_id=upload_id, seq=seq, data=data))
    return size, digest.hexdigest()


def get_upload(connection: Connection, upload_id: str) -> RowMapping:
    """Raises `NotFound`."""
    row = connection.execute(select(uploads).where(uploads.c.id == upload_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no upload {upload_id}: it may have been used already. Upload the list again.")
    return row


def set_detection(connection: Connection, upload_id: str, detection: dict[str, Any]) -> None:
    connection.execute(update(uploads).where(uploads.c.id == upload_id).values(detection=detection))


def delete_upload(connection: Connection, upload_id: str) -> None:
    connection.execute(delete(upload_chunks).where(upload_chunks.c.upload_id == upload_id))
    connection.execute(delete(uploads).where(uploads.c.id == upload_id))


def release_upload(connection: Connection, upload_id: str, *, run_id: str) -> None:
    """Drop an upload that a run has read, unless another run still has to read it."""
    others = select(func.count()).where(
        runs.c.upload_id == upload_id, runs.c.id != run_id, runs.c.state.in_(["importing", "paused"])
    )
    if not connection.execute(others).scalar():
        delete_upload(connection, upload_id)


def is_used(connection: Connection, upload_id: str) -> bool:
    """Whether some run still reads the upload, or has yet to."""
    return connection.execute(select(runs.c.id).where(runs.c.upload_id == upload_id).limit(1)).first() is not None


def delete_stale(connection: Connection, *, before: datetime) -> None:
    """Drop uploads from before that moment which no run is reading."""
    used = select(runs.c.upload_id).where(runs.c.upload_id.is_not(None), runs.c.state.in_(["importing", "paused"]))
    stale = connection.execute(
        select(uploads.c.id).where(uploads.c.created_at < before, uploads.c.id.not_in(used))
    ).scalars()
    for upload_id in stale.all():
        delete_upload(connection, upload_id)


def opener(database: Database, upload_id: str) -> Callable[[], BinaryIO]:
    """A function that opens the upload's bytes from their start, a chunk at a time."""

    def open_upload() -> BinaryIO:
        return io.BufferedReader(_ChunkStream(_chunks(database, upload_id)), buffer_size=CHUNK_BYTES)

    return open_upload


def _chunks(database: Database, upload_id: str) -> Iterator[bytes]:
    seq = 0
    while True:
        query = select(upload_chunks.c.data).where(upload_chunks.c.upload_id == upload_id, upload_chunks.c.seq == seq)
        with database.read() as connection:
            data = connection.execute(query).scalar_one_or_none()
        if data is None:
            return
        yield data
        seq += 1


class _ChunkStream(io.RawIOBase):
    """An iterator of bytes as a raw stream."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            following = next(self._chunks, None)
            if following is None:
                return 0
            self._rest = memoryview(following)
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
