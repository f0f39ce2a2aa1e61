"""Insert-or-update in the words of the connected database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def dialect_insert(connection: Connection, table: Table) -> Any:
    """An `INSERT` that knows `on_conflict_do_update` and `on_conflict_do_nothing`."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def upsert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]], *, key: Sequence[str]) -> None:
    """Insert rows of one shape; where the key exists, every other given column is replaced."""
    if not rows:
        return
    statement = dialect_insert(connection, table)
    replaced = {name: statement.excluded[name] for name in rows[0] if name not in key}
    statement = statement.on_conflict_do_update(index_elements=list(key), set_=replaced)
    connection.execute(statement, list(rows))


def insert_new(connection: Connection, table: Table, rows: Sequence[dict[str, Any]], *, key: Sequence[str]) -> None:
    """Insert rows of one shape; those whose key exists are left as they are."""
    if rows:
        connection.execute(
            dialect_insert(connection, table).on_conflict_do_nothing(index_elements=list(key)), list(rows)
        )
