"""Work that only one process may do at a time. The lock is its connection's: it goes when the process dies."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Connection, text

from firmograph.db.engine import Database

Write = Callable[[], AbstractContextManager[Connection]]

_TRY = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")

_taken: set[tuple[str, str]] = set()
_taken_guard = threading.Lock()


@contextmanager
def alone(database: Database, name: str) -> Iterator[Write | None]:
    """Units of work as `database.write`, while nobody else works under that name; `None` when somebody does.

    On PostgreSQL they all run on the connection that holds the lock: where it is lost, they fail, and nobody writes
    without it. SQLite has one process that works, and in it a name is taken once.
    """
    if database.is_sqlite:
        with _alone_here(database, name) as is_alone:
            yield database.write if is_alone else None
        return
    with database.engine.connect() as connection:
        if not try_lock(connection, name):
            yield None
            return
        try:
            yield lambda: _unit(connection)
        finally:
            connection.invalidate()  # closes it for good, and the lock with it


def try_lock(connection: Connection, name: str) -> bool:
    """Take the PostgreSQL lock of that name for as long as the connection lives, if it is free."""
    is_free = bool(connection.execute(_TRY, {"name": f"firmograph {name}"}).scalar())
    connection.commit()  # waiting for it with a snapshot open would hold up whoever builds an index
    return is_free


@contextmanager
def _unit(connection: Connection) -> Iterator[Connection]:
    with connection.begin():
        yield connection


@contextmanager
def _alone_here(database: Database, name: str) -> Iterator[bool]:
    key = (database.url, name)
    with _taken_guard:
        is_free = key not in _taken
        _taken.add(key)
    try:
        yield is_free
    finally:
        if is_free:
            with _taken_guard:
                _taken.discard(key)
