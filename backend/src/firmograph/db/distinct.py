"""The different values of an indexed column, by one look into the index for each value and not for each row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select


def distinct_values(
    connection: Connection, column: ColumnElement[Any], conditions: Sequence[ColumnElement[bool]] = (), *, most: int
) -> list[Any]:
    """At most `most` values, ascending, `NULL` left out. An index must begin with the conditions' columns and this."""
    found = select(func.min(column).label("value")).where(*conditions, column.is_not(None))
    walk = found.cte("walk", recursive=True)
    following = select(func.min(column)).where(*conditions, column > walk.c.value).correlate(walk).scalar_subquery()
    walk = walk.union_all(select(following).where(walk.c.value.is_not(None)))
    statement = select(walk.c.value).where(walk.c.value.is_not(None)).limit(most)
    return list(connection.execute(statement).scalars())
