"""Everything of one database into another, SQLite or PostgreSQL, compared row by row before it counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import blake2b
from itertools import islice
from typing import Any

from sqlalchemy import JSON, Column, Connection, LargeBinary, MetaData, String, Table, Text, cast, func, inspect, select
from sqlalchemy import text as sql

from firmograph.db import migrate
from firmograph.db.bulk import insert_many
from firmograph.db.engine import Database
from firmograph.db.models import metadata
from firmograph.errors import FirmographError, NotAllowedNow

Progress = Callable[[str, int, int], None]
"""Told a table's name, how many of its rows are written, and how many there are."""

_Row = tuple[Any, ...]

_ROWS_AT_ONCE = 2000
_LARGE_ROWS_AT_ONCE = 8  # a piece of a list or of a file is up to a megabyte
_DIGEST_BYTES = 16


def copy_database(source: Database, target: Database, *, progress: Progress) -> dict[str, int]:
    """Copy every table of a migrated source into a target that holds nothing of ours; returns the rows by table.

    What is copied is the source of one moment. All of it is one transaction of the target: after a failure the target
    is as empty as before. Raises `NotAllowedNow` for a target that is not empty, `FirmographError` when a table does
    not compare equal in the end.
    """
    prepare_target(target)
    copied = {}
    with source.read(long=True) as reading, target.write(long=True) as writing:
        for table in metadata.sorted_tables:  # parents before their children
            copied[table.name] = _copy_table(reading, writing, table, progress)
    if not target.is_sqlite:
        with target.write(long=True) as connection:
            connection.execute(sql("ANALYZE"))  # the planner knows nothing of tables that were filled just now
    return copied


def prepare_target(target: Database) -> None:
    """Migrate the target. Raises `NotAllowedNow` when it holds anything of ours, or of another's by our names."""
    names = set(inspect(target.engine).get_table_names())
    ours = sorted(names & set(metadata.tables))
    if ours and "alembic_version" not in names:
        raise NotAllowedNow(f"The target has a table {ours[0]} that Firmograph did not make. Copy to another database.")
    migrate.upgrade(target)
    with target.read() as connection:
        for table in metadata.sorted_tables:
            if connection.execute(select(*table.primary_key).limit(1)).first() is not None:
                raise NotAllowedNow(f"The target is not empty: {table.name} has rows. Copy to an empty database.")


def _copy_table(reading: Connection, writing: Connection, table: Table, progress: Progress) -> int:
    total = reading.execute(select(func.count()).select_from(table)).scalar_one()
    sent, arrived = _Digest(), _Digest()
    rows = _rows_of(reading, table)
    if writing.dialect.name == "postgresql":
        rows = _without_nul(table, rows)
    _write(writing, table, _told(sent.over(rows), lambda done: progress(table.name, done, total)))
    for _ in arrived.over(_rows_of(writing, table)):
        pass
    if (sent.rows, sent.sum) != (arrived.rows, arrived.sum):
        raise FirmographError(
            f"The table {table.name} came out different: {sent.rows:,} rows were sent, {arrived.rows:,} arrived. "
            "Nothing was kept. Does something else write to the target?"
        )
    return sent.rows


def _rows_of(connection: Connection, table: Table) -> Iterator[_Row]:
    """Every row, streamed; JSON as the text it is stored as, so that it arrives letter by letter."""
    columns = [cast(column, Text).label(column.name) if _is_json(column) else column for column in table.columns]
    query = select(*columns).execution_options(yield_per=_at_once(table))
    with connection.execute(query) as found:
        for row in found:
            yield tuple(row)


def _write(connection: Connection, table: Table, rows: Iterator[_Row]) -> None:
    plain = _with_text_for_json(table)
    names = [column.name for column in table.columns]
    if connection.dialect.name == "postgresql":
        insert_many(connection, plain, names, rows)
        return
    while batch := list(islice(rows, _at_once(table))):
        insert_many(connection, plain, names, batch)


def _told(rows: Iterator[_Row], tell: Callable[[int], None]) -> Iterator[_Row]:
    done = 0
    for done, row in enumerate(rows, start=1):
        yield row
        if done % _ROWS_AT_ONCE == 0:
            tell(done)
    tell(done)


def _without_nul(table: Table, rows: Iterator[_Row]) -> Iterator[_Row]:
    """Text as PostgreSQL takes it: it has no NUL in text, as intake writes it there too."""
    places = [at for at, column in enumerate(table.columns) if isinstance(column.type, String)]
    for row in rows:
        if any(row[at] and "\x00" in row[at] for at in places):
            yield tuple(value.replace("\x00", "\ufffd") if isinstance(value, str) else value for value in row)
        else:
            yield row


def _at_once(table: Table) -> int:
    is_large = any(isinstance(column.type, LargeBinary) for column in table.columns)
    return _LARGE_ROWS_AT_ONCE if is_large else _ROWS_AT_ONCE


def _with_text_for_json(table: Table) -> Table:
    columns = [Column(column.name, Text if _is_json(column) else column.type) for column in table.columns]
    return Table(table.name, MetaData(), *columns)


def _is_json(column: Column[Any]) -> bool:
    return isinstance(column.type, JSON)


class _Digest:
    """How many rows went by, and the sum of their hashes: the same in any order."""

    def __init__(self) -> None:
        self.rows = 0
        self.sum = 0

    def over(self, rows: Iterator[_Row]) -> Iterator[_Row]:
        for row in rows:
            self.rows += 1
            written = repr(row).encode("utf-8", "surrogatepass")
            self.sum += int.from_bytes(blake2b(written, digest_size=_DIGEST_BYTES).digest(), "big")
            yield row
