"""Many new rows of one table at once: COPY on PostgreSQL, a batched INSERT on SQLite."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import JSON, Connection, Table
from sqlalchemy.exc import DBAPIError

from firmograph.db.engine import dumps


def insert_many(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows, each a sequence in the order of `columns`; the other columns get their defaults.

    Raises a `DatabaseFailure` when a row can't be.
    """
    if connection.dialect.name == "postgresql":
        _copy(connection, table, columns, rows)
        return
    writes = [
        table.c[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect) for name in columns
    ]
    batch = [_written(row, writes) for row in rows]
    if batch:
        marks = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})", batch)  # noqa: S608


def _written(row: Sequence[Any], writes: Sequence[Callable[[Any], Any] | None]) -> tuple[Any, ...]:
    return tuple([value if write is None else write(value) for write, value in zip(writes, row, strict=True)])


def _copy(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    writes = [_write_of(table, name) for name in columns]
    statement = f'COPY "{table.name}" ({", ".join(columns)}) FROM STDIN'
    cursor: Any = connection.connection.cursor()
    error_class = connection.dialect.loaded_dbapi.Error
    try:
        with cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(_written(row, writes))
    except error_class as error:
        # The driver's own error: given the shape and the consequences of one that went through SQLAlchemy.
        is_gone = connection.dialect.is_disconnect(error, connection.connection.driver_connection, None)
        if is_gone:
            connection.invalidate(error)
        raise DBAPIError.instance(
            statement, None, error, error_class, connection_invalidated=is_gone, dialect=connection.dialect
        ) from error


def _write_of(table: Table, name: str) -> Callable[[Any], Any] | None:
    return dumps if isinstance(table.c[name].type, JSON) else None
