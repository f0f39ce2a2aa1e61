"""Engines and units of work: one short synchronous transaction at a time, begun and ended at the edge."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakSet

import orjson
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

CONNECTIONS = 10  # a PostgreSQL server lets 100 in unless told otherwise: nine processes of ten
STATEMENT_TIMEOUT_S = 60.0

_BUSY_TIMEOUT_MS = 30_000
_LOCK_TIMEOUT_MS = 30_000
# Whoever stops in the middle of a transaction (a frozen machine, say) must not hold its locks for long.
_IDLE_IN_TRANSACTION_MS = 30_000
_CONNECT_TIMEOUT_S = 10
# A peer that vanished without a word is noticed within about a minute, by both sides.
_KEEPALIVE = {
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}

DatabaseFailure = DBAPIError  # what any use of a database may raise: out of reach, full, damaged

_engines: WeakSet[Engine] = WeakSet()


def dumps(value: Any) -> str:
    """A value as the text of a JSON column."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def make_engine(
    url: str, *, connections: int = CONNECTIONS, statement_timeout_s: float = STATEMENT_TIMEOUT_S
) -> Engine:
    """An engine for that address; the folder of a SQLite file is made when it is missing.

    On PostgreSQL at most `connections` are open at once, and a statement may take `statement_timeout_s` seconds (0: as
    long as it wants). What the address itself says of a connection wins.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = _sqlite_engine(parsed)
    else:
        engine = create_engine(
            parsed,
            json_serializer=dumps,
            json_deserializer=orjson.loads,
            connect_args=_connect_arguments(parsed, statement_timeout_s),
            pool_size=connections,
            max_overflow=0,
            pool_pre_ping=True,  # a connection that the server closed meanwhile is replaced, not handed out
            pool_use_lifo=True,
        )
    _engines.add(engine)
    return engine


def _connect_arguments(url: URL, statement_timeout_s: float) -> dict[str, Any]:
    said = {name: value if isinstance(value, str) else value[-1] for name, value in url.query.items()}
    timeouts = {
        "statement_timeout": round(statement_timeout_s * 1000),
        "lock_timeout": _LOCK_TIMEOUT_MS,
        "idle_in_transaction_session_timeout": _IDLE_IN_TRANSACTION_MS,
    }
    ours = " ".join(f"-c {name}={value}" for name, value in timeouts.items())
    arguments: dict[str, Any] = {"connect_timeout": _CONNECT_TIMEOUT_S, "application_name": "firmograph", **_KEEPALIVE}
    kept = {name: value for name, value in arguments.items() if name not in said}
    return {**kept, "options": f"{ours} {said.get('options', '')}".strip()}  # the later word wins


def _sqlite_engine(url: URL) -> Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        json_serializer=dumps,
        json_deserializer=orjson.loads,
        connect_args={"timeout": _BUSY_TIMEOUT_MS / 1000, "check_same_thread": False},
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: the driver would begin too late
    cursor = connection.cursor()
    # FULL: an answer that was paid for survives a power cut too. A small cache: there is one for each connection.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-8000", "temp_store=FILE"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    is_reading = connection.get_execution_options().get("firmograph_reading", False)
    # A writer takes its lock at once: upgrading a read transaction can fail without waiting.
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")


def _forget_connections() -> None:
    """In a child after a fork: its parent's connections are the parent's, and may not even be closed here."""
    for engine in list(_engines):
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_forget_connections)


class Database:
    """A database and the two ways into it. Nobody below a unit of work commits."""

    def __init__(
        self, url: str, *, connections: int = CONNECTIONS, statement_timeout_s: float = STATEMENT_TIMEOUT_S
    ) -> None:
        self.url = url
        self.engine = make_engine(url, connections=connections, statement_timeout_s=statement_timeout_s)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        # Not read-only as well: the driver would then begin later units of the connection as READ WRITE, against a
        # server that was made read-only because its disk is nearly full.
        self._as_reader: dict[str, Any] = (
            {"firmograph_reading": True} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        )

    @contextmanager
    def write(self, *, long: bool = False) -> Iterator[Connection]:
        """A unit of work: commits at the end, rolls back on any exception.

        A `long` one is not cut by the timeouts: for work over a whole run.
        """
        with self.engine.begin() as connection:
            if long:
                self.let_take_long(connection)
            yield connection

    @contextmanager
    def read(self, *, long: bool = False) -> Iterator[Connection]:
        """A consistent look that never waits for a writer: one moment's state, however many statements.

        A `long` one is not cut by the timeouts: for counts over a whole run.
        """
        with self.engine.connect() as connection:
            reading = connection.execution_options(**self._as_reader)
            with reading.begin():
                if long:
                    self.let_take_long(reading)
                yield reading

    def let_take_long(self, connection: Connection) -> None:
        """Lift the timeouts from the transaction that is open on the connection."""
        if not self.is_sqlite:
            connection.execute(_LIFT_TIMEOUTS)

    def close(self) -> None:
        self.engine.dispose()


_LIFT_TIMEOUTS = text(
    "SELECT set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)"
)
