"""Whether a database answers and can be written to, found out quickly and without waiting behind anybody."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from sqlalchemy import text
from sqlalchemy.engine import make_url

from firmograph.db.engine import Database

_PATIENCE_MS = 1500
_IS_READ_ONLY = text(
    "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::bool, "
    "set_config('statement_timeout', :patience, true)"
)


def why_not_writable(database: Database) -> str | None:
    """Why nothing can be written, with what to do; `None` when it can. Raises `DatabaseFailure` when it is away."""
    return _why_not_sqlite(database) if database.is_sqlite else _why_not_postgresql(database)


def _why_not_postgresql(database: Database) -> str | None:
    with database.engine.begin() as connection:
        is_read_only = connection.execute(_IS_READ_ONLY, {"patience": str(_PATIENCE_MS)}).scalar_one()
    if not is_read_only:
        return None
    return "The database takes no writes: it is a standby, or read-only. Point DATABASE_URL at the primary."


def _why_not_sqlite(database: Database) -> str | None:
    """Write its own version number again: that needs the lock, the permission and some disk, and changes nothing.

    A database that somebody else writes to at this moment is one that can be written to.
    """
    place = make_url(database.url).database
    if not place or place == ":memory:":
        return None
    try:
        with closing(sqlite3.connect(place, timeout=0, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            connection.execute(f"PRAGMA user_version = {int(version)}")
            connection.execute("COMMIT")
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY"):
            return None
        return (
            f"The database {place} can't be written: {error}. Free its disk, or make the file and its folder writable."
        )
    return None
