"""Many rows in one statement: `INSERT` and `UPDATE` … `FROM unnest` on PostgreSQL, many small ones on SQLite.

SQLAlchemy's own way costs some microseconds for every value of every row. Here a column goes out as one array, as its
text. Values are given as Python has them; those of JSON columns as JSON text, serialised once by whoever knows them.
`None` is SQL's NULL.
"""

# Every name put into a statement here is a table's or a column's of ours.
# ruff: noqa: S608

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    JSON,
    Boolean,
    ColumnElement,
    Connection,
    Float,
    Integer,
    Table,
    Text,
    any_,
    bindparam,
    cast,
    func,
    select,
)

from firmograph.db.types import UtcDateTime

Row = Sequence[Any]

# What JSON escapes by a letter, PostgreSQL's arrays hold as it is.
_ESCAPE = re.compile(r"\\(u[0-9a-f]{4}|.)", re.DOTALL)
_LETTERED = re.compile(r"\\[^\"\\]")
_LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Shape:
    """Which columns vary from row to row (`names`, in the rows' order), and which are the same in all (`shared`)."""

    table: Table
    names: tuple[str, ...]
    shared: tuple[str, ...] = ()


def insert_rows(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    rows: Sequence[Row],
    shared: Mapping[str, Any] | None = None,
    *,
    key: Sequence[str] = (),
) -> None:
    """Insert rows; where the `key` is given and exists, every other column is replaced."""
    if not rows:
        return
    same = dict(shared or {})
    shape = Shape(table, tuple(names), tuple(same))
    if connection.dialect.name == "postgresql":
        statement, parameters = _pg_insert(shape, tuple(key)), _pg_parameters(shape, rows, same)
        connection.exec_driver_sql(statement, parameters)
    else:
        connection.exec_driver_sql(_lite_insert(shape, tuple(key)), _lite_rows(shape, rows, same))


def update_rows(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    rows: Sequence[Row],
    shared: Mapping[str, Any] | None = None,
    *,
    key: Sequence[str],
    where: Mapping[str, Any],
) -> None:
    """Set columns of the rows whose `key` (the first of the names) is given, among those that `where` says."""
    if not rows:
        return
    same = dict(shared or {})
    shape = _keyed(table, names, tuple(same), key)
    bound = _converted(where, connection.dialect.name)
    if connection.dialect.name == "postgresql":
        statement = _pg_update(shape, len(key), tuple(where))
        connection.exec_driver_sql(statement, _pg_parameters(shape, rows, same, bound))
    else:
        found = [(*row[len(key) :], *bound, *row[: len(key)]) for row in _lite_rows(shape, rows, same)]
        connection.exec_driver_sql(_lite_update(shape, len(key), tuple(where)), found)


def delete_rows(
    connection: Connection, table: Table, key: Sequence[str], rows: Sequence[Row], *, where: Mapping[str, Any]
) -> None:
    """Delete the rows of these keys, among those that `where` says."""
    if not rows:
        return
    shape = Shape(table, tuple(key))
    bound = _converted(where, connection.dialect.name)
    if connection.dialect.name == "postgresql":
        statement = _pg_delete(shape, tuple(where))
        connection.exec_driver_sql(statement, _pg_parameters(shape, rows, {}, bound))
    else:
        conditions = " AND ".join(f'"{name}" = ?' for name in (*where, *key))
        found = [(*bound, *row) for row in _lite_rows(shape, rows, {})]
        connection.exec_driver_sql(f"DELETE FROM {table.name} WHERE {conditions}", found)


def _keyed(table: Table, names: Sequence[str], shared: tuple[str, ...], key: Sequence[str]) -> Shape:
    if tuple(names[: len(key)]) != tuple(key):
        raise ValueError("the key comes first")
    return Shape(table, tuple(names), shared)


def insert_new_rows(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Row], *, key: str
) -> set[Any]:
    """Insert those rows whose `key` (the first of the names) is not there yet; returns the keys that were inserted."""
    if not rows:
        return set()
    shape = Shape(table, tuple(names))
    if connection.dialect.name != "postgresql":
        found = [connection.exec_driver_sql(_lite_insert_new(shape), row) for row in _lite_rows(shape, rows, {})]
        return {row[0] for row, inserted in zip(rows, found, strict=True) if inserted.rowcount}
    statement = f'{_pg_insert(shape, ())} ON CONFLICT ("{key}") DO NOTHING RETURNING "{key}"'
    return {row[0] for row in connection.exec_driver_sql(statement, _pg_parameters(shape, rows, {}))}


def claim_rows(  # noqa: PLR0913 - the parts of one statement, each by name
    connection: Connection,
    table: Table,
    names: Sequence[str],
    rows: Sequence[Row],
    shared: Mapping[str, Any],
    *,
    key: Sequence[str],
    replaced: Sequence[str],
    free_at: tuple[str, datetime],
    returning: str,
) -> set[str]:
    """Insert rows in their order; where the `key` exists, replace columns of it if the row is free.

    A row is free when its moment (`free_at`: the column, and now) is past or absent. Returns one column of the rows
    that were inserted or replaced.
    """
    shape = Shape(table, tuple(names), tuple(shared))
    is_postgresql = connection.dialect.name == "postgresql"
    column, now = free_at
    if is_postgresql:
        head, parameters = _pg_insert(shape, ()), _pg_parameters(shape, rows, shared)
        moment: Any = now
    else:
        head, parameters = _lite_insert_listed(shape), _lite_listed(shape, rows, shared)
        moment = _lite_moment(now)
    mark = "%s" if is_postgresql else "?"
    sets = ", ".join(f'"{name}" = excluded."{name}"' for name in replaced)
    free = f'{table.name}."{column}" IS NULL OR {table.name}."{column}" <= {mark}'
    tail = f' ON CONFLICT ({_listed(key)}) DO UPDATE SET {sets} WHERE {free} RETURNING "{returning}"'
    return {row[0] for row in connection.exec_driver_sql(head + tail, (*parameters, moment))}


def array(values: Iterable[Any]) -> str:
    """Texts, numbers or moments as the text of a PostgreSQL array."""
    text = orjson.dumps(list(values), default=str).decode()
    if _LETTERED.search(text):
        text = _ESCAPE.sub(_unescaped, text)
    return f"{{{text[1:-1]}}}"


def json_array(values: Iterable[str | None]) -> str:
    """JSON texts as the text of a PostgreSQL array: no control character stands in them as itself."""
    return f"{{{orjson.dumps(list(values)).decode()[1:-1]}}}"


def _unescaped(found: re.Match[str]) -> str:
    escape = found[1]
    if escape in _LETTERS:
        return _LETTERS[escape]
    return chr(int(escape[1:], 16)) if len(escape) > 1 else found[0]


def _type_of(table: Table, name: str) -> str:
    """PostgreSQL's name of a column's type."""
    kind = table.c[name].type
    names: tuple[tuple[Any, str], ...] = (
        (JSON, "json"),
        (UtcDateTime, "timestamptz"),
        (Boolean, "boolean"),
        (Float, "float8"),
        (Integer, "int4"),
    )
    return next((name for of, name in names if isinstance(kind, of)), "text")


def _pg_parameters(
    shape: Shape, rows: Sequence[Row], same: Mapping[str, Any], common: Sequence[Any] = ()
) -> tuple[Any, ...]:
    types = [_type_of(shape.table, name) for name in shape.names]
    columns = zip(*rows, strict=True)
    arrays = [json_array(c) if kind == "json" else array(c) for kind, c in zip(types, columns, strict=True)]
    return (*_converted(same, "postgresql"), *common, *arrays)


def _converted(values: Mapping[str, Any], dialect: str) -> list[Any]:
    """Values as the driver takes them."""
    if dialect == "postgresql":
        return list(values.values())
    return [_lite_moment(value) if isinstance(value, datetime) else value for value in values.values()]


@lru_cache(maxsize=128)
def _pg_insert(shape: Shape, key: tuple[str, ...]) -> str:
    names = (*shape.shared, *shape.names)
    picked = [f"%s::{_type_of(shape.table, name)}" for name in shape.shared]
    picked += [_varying(shape.table, name) for name in shape.names]
    text = f"INSERT INTO {shape.table.name} ({_listed(names)}) SELECT {', '.join(picked)} FROM {_unnested(shape)}"
    return text + _on_conflict(names, key)


@lru_cache(maxsize=128)
def _pg_update(shape: Shape, keys: int, where: tuple[str, ...]) -> str:
    sets = [f'"{name}" = %s::{_type_of(shape.table, name)}' for name in shape.shared]
    sets += [f'"{name}" = {_varying(shape.table, name)}' for name in shape.names[keys:]]
    return (
        f"UPDATE {shape.table.name} AS t SET {', '.join(sets)} FROM {_looked_up(shape, where)} "
        f"WHERE {_matching(shape.names[:keys], where)}"
    )


@lru_cache(maxsize=128)
def _pg_delete(shape: Shape, where: tuple[str, ...]) -> str:
    return f"DELETE FROM {shape.table.name} AS t USING {_looked_up(shape, where)} WHERE {_matching(shape.names, where)}"


def _looked_up(shape: Shape, where: Sequence[str]) -> str:
    """The given rows, each with what is common to all. `OFFSET 0` keeps the planner from taking that apart again: it
    would read everything in common, a whole run, and look for the given rows among it."""
    common = "".join(f', %s::text AS "{name}"' for name in where)
    return f"(SELECT v.*{common} FROM {_unnested(shape)} OFFSET 0) AS v"


def _matching(key: Iterable[str], where: Iterable[str]) -> str:
    return " AND ".join(f't."{name}" = v."{name}"' for name in (*key, *where))


def _varying(table: Table, name: str) -> str:
    return f'v."{name}"::json' if _type_of(table, name) == "json" else f'v."{name}"'


def _unnested(shape: Shape) -> str:
    kinds = {name: _type_of(shape.table, name) for name in shape.names}
    arrays = ", ".join(f"%s::{'text' if kind == 'json' else kind}[]" for kind in kinds.values())
    return f"unnest({arrays}) AS v({_listed(shape.names)})"


def _on_conflict(names: Sequence[str], key: tuple[str, ...]) -> str:
    if not key:
        return ""
    replaced = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name not in key)
    return f" ON CONFLICT ({_listed(key)}) DO UPDATE SET {replaced}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


@lru_cache(maxsize=128)
def _lite_insert(shape: Shape, key: tuple[str, ...]) -> str:
    names = (*shape.names, *shape.shared)
    marks = ", ".join("?" for _ in names)
    return f"INSERT INTO {shape.table.name} ({_listed(names)}) VALUES ({marks})" + _on_conflict(names, key)


@lru_cache(maxsize=128)
def _lite_update(shape: Shape, keys: int, where: tuple[str, ...]) -> str:
    sets = ", ".join(f'"{name}" = ?' for name in (*shape.names[keys:], *shape.shared))
    also = " AND ".join(f'"{name}" = ?' for name in (*where, *shape.names[:keys]))
    return f"UPDATE {shape.table.name} SET {sets} WHERE {also}"


@lru_cache(maxsize=128)
def _lite_insert_new(shape: Shape) -> str:
    return f"{_lite_insert(shape, ())} ON CONFLICT DO NOTHING"


@lru_cache(maxsize=128)
def _lite_insert_listed(shape: Shape) -> str:
    """An insert of rows that come as one JSON text: SQLite returns nothing from many small statements."""
    picked = [f"json_extract(value, '$[{place}]')" for place in range(len(shape.names))]
    marks = ["?" for _ in shape.shared]
    names = _listed((*shape.names, *shape.shared))
    return (
        f"INSERT INTO {shape.table.name} ({names}) SELECT {', '.join((*picked, *marks))} FROM json_each(?) WHERE true"
    )


def _lite_listed(shape: Shape, rows: Sequence[Row], same: Mapping[str, Any]) -> tuple[Any, ...]:
    return (*_converted(same, "sqlite"), orjson.dumps(_lite_rows(shape, rows, {})).decode())


def _lite_rows(shape: Shape, rows: Sequence[Row], same: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    tail = tuple(_converted(same, "sqlite"))
    moments = [place for place, name in enumerate(shape.names) if isinstance(shape.table.c[name].type, UtcDateTime)]
    if not moments:
        return [(*row, *tail) for row in rows]
    return [(*(_lite_moment(value) if isinstance(value, datetime) else value for value in row), *tail) for row in rows]


def _lite_moment(moment: datetime) -> str:
    """A moment as SQLAlchemy writes it into SQLite."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def among(connection: Connection, column: ColumnElement[str], values: Iterable[str]) -> ColumnElement[bool]:
    """Whether a column is one of many texts: one parameter, however many, so that the statement stays the same."""
    if connection.dialect.name == "postgresql":
        return column == any_(cast(bindparam(None, array(values), Text), ARRAY(Text)))
    listed = func.json_each(orjson.dumps(list(values)).decode()).table_valued("value")
    return column.in_(select(listed.c.value))
