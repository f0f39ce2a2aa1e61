"""Who drains: one process at a time, whoever holds the lock. The system or the database frees it at a death.

With SQLite it is a file in the data directory; with PostgreSQL an advisory lock, which reaches across machines.
"""

from __future__ import annotations

import json
import os
import socket
import time
from pathlib import Path
from typing import Any, Protocol

from filelock import FileLock, Timeout
from sqlalchemy import Connection, text

from firmograph.db.engine import Database, DatabaseFailure

_ADVISORY_KEY = 0x46697266  # one number for all Firmographs of a database
_ASK_EVERY_S = 2.0
_LONGEST_NAME = 63  # PostgreSQL cuts an application's name there


class DrainerLock(Protocol):
    """The right to drain, held by at most one process."""

    def try_acquire(self, **facts: Any) -> bool:
        """Take the lock if it is free, leaving `facts` (command, providers that are on) for others to read."""

    def is_mine(self) -> bool:
        """Whether the lock that was taken is still held: a restart of the database frees it."""

    def release(self) -> None:
        """Let the next one have it."""

    def holder(self) -> dict[str, Any]:
        """What the present holder says of itself: `pid`, `host`, and its facts; empty when it says nothing."""


def make_lock(database: Database, data_dir: Path) -> DrainerLock:
    """The lock that fits the database."""
    return FileDrainerLock(data_dir) if database.is_sqlite else AdvisoryDrainerLock(database)


class FileDrainerLock:
    """The lock of a data directory, with a note beside it that says who holds it."""

    def __init__(self, data_dir: Path) -> None:
        data_dir.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(data_dir / "drainer.lock")
        self._note = data_dir / "drainer.json"

    def try_acquire(self, **facts: Any) -> bool:
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        self._note.write_text(json.dumps({**_self(), **facts}), encoding="utf-8")
        return True

    def is_mine(self) -> bool:
        return bool(self._lock.is_locked)

    def release(self) -> None:
        if self._lock.is_locked:
            self._note.unlink(missing_ok=True)
            self._lock.release()

    def holder(self) -> dict[str, Any]:
        try:
            facts = json.loads(self._note.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return facts if isinstance(facts, dict) else {}


class AdvisoryDrainerLock:
    """The lock of a PostgreSQL database: it lives as long as the connection that took it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Connection | None = None
        self._asked = 0.0

    def try_acquire(self, **facts: Any) -> bool:
        if self._connection is not None:
            return True
        connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY_KEY}).scalar():
            connection.close()
            return False
        name = f"firmograph {facts.get('command', '')} pid={os.getpid()} host={socket.gethostname()}"
        statement = text("SELECT set_config('application_name', :name, false)")
        connection.execute(statement, {"name": name[:_LONGEST_NAME]})
        self._connection, self._asked = connection, time.monotonic()
        return True

    def is_mine(self) -> bool:
        if self._connection is None:
            return False
        if time.monotonic() - self._asked > _ASK_EVERY_S:
            try:
                self._connection.execute(text("SELECT 1"))
            except DatabaseFailure:
                self.release()
                return False
            self._asked = time.monotonic()
        return True

    def release(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()  # closes it for good: a pooled one would keep the lock
            self._connection.close()
            self._connection = None

    def holder(self) -> dict[str, Any]:
        query = text(
            "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
            "WHERE l.locktype = 'advisory' AND l.objid = :key AND l.granted "
            # pg_locks shows every database of the server; an advisory lock counts within its own
            "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) LIMIT 1"
        )
        with self._database.read() as connection:
            name = connection.execute(query, {"key": _ADVISORY_KEY}).scalar()
        words = (name or "").split()
        facts: dict[str, Any] = dict(word.split("=", 1) for word in words if "=" in word)
        if facts.get("pid", "").isdigit():
            facts["pid"] = int(facts["pid"])
        command = " ".join(word for word in words[1:] if "=" not in word)
        return {**facts, "command": command} if command else facts


def _self() -> dict[str, Any]:
    return {"pid": os.getpid(), "host": socket.gethostname()}
