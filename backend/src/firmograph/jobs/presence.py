"""Presence: each process that works on runs says every few seconds that it lives. The SQL of `workers` is here."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from firmograph import __version__
from firmograph.clock import moment_text
from firmograph.db.models import workers
from firmograph.db.upsert import dialect_insert

SAY_ALIVE_EVERY = timedelta(seconds=5)
DEAD_AFTER = timedelta(seconds=30)  # six chances missed
_LONGEST_HOST = 80  # the id has 100 characters
_LONGEST_TROUBLE = 2000


@dataclass(frozen=True, slots=True)
class Presence:
    """A process that works on runs, as it introduces itself: the providers it can ask, by name."""

    worker_id: str
    host: str
    pid: int
    providers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Worker:
    """One row of `workers`. `doing` is {kind, run_id, since} of its present job; `trouble` keeps it from asking."""

    id: str
    host: str
    pid: int
    version: str
    providers: tuple[str, ...]
    doing: dict[str, Any] | None
    trouble: str | None
    started_at: datetime
    seen_at: datetime
    is_alive: bool

    def to_json(self) -> dict[str, Any]:
        """The worker as the API and `--json` show it."""
        return {
            "id": self.id,
            "host": self.host,
            "pid": self.pid,
            "version": self.version,
            "providers": list(self.providers),
            "doing": self.doing,
            "trouble": self.trouble,
            "started_at": moment_text(self.started_at),
            "seen_at": moment_text(self.seen_at),
            "is_alive": self.is_alive,
        }


def new_worker_id() -> str:
    """An id nobody else has, `host:pid:6 hex`: a process id alone is given again after a restart."""
    return f"{socket.gethostname()[:_LONGEST_HOST]}:{os.getpid()}:{secrets.token_hex(3)}"


def introduce(worker_id: str, providers: Collection[str]) -> Presence:
    """This process under that id, with the names of the providers it can ask."""
    return Presence(worker_id, socket.gethostname(), os.getpid(), tuple(providers))


def say_alive(
    connection: Connection,
    worker: Presence,
    *,
    now: datetime,
    doing: dict[str, Any] | None = None,
    trouble: str | None = None,
) -> None:
    """Write down that the worker lives at `now`, what it is doing and what troubles it.

    The first word of a worker is when it started. One that was taken for dead and forgotten is there again.
    """
    said = {
        "version": __version__,
        "providers": list(worker.providers),
        "doing": doing,
        "trouble": None if trouble is None else trouble[:_LONGEST_TROUBLE],
        "seen_at": now,
    }
    first = {"id": worker.worker_id, "host": worker.host, "pid": worker.pid, "started_at": now}
    statement = dialect_insert(connection, workers).values(**first, **said)
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=said))


def leave(connection: Connection, worker_id: str) -> None:
    """The worker ends of its own will. Nothing happens when it was never there."""
    forget(connection, [worker_id])


def list_workers(connection: Connection, *, now: datetime) -> list[Worker]:
    """Every worker that has not left or been forgotten, the longest at work first."""
    query = select(workers).order_by(workers.c.started_at, workers.c.id)
    return [_from_row(row, now) for row in connection.execute(query)]


def is_any_alive(connection: Connection, *, now: datetime) -> bool:
    """Whether somebody has said within `DEAD_AFTER` that it lives."""
    query = select(workers.c.id).where(workers.c.seen_at > now - DEAD_AFTER).limit(1)
    return connection.execute(query).first() is not None


def find_dead(connection: Connection, *, now: datetime) -> list[str]:
    """The ids of workers that have been silent for `DEAD_AFTER` or longer."""
    query = select(workers.c.id).where(workers.c.seen_at <= now - DEAD_AFTER).order_by(workers.c.id)
    return list(connection.execute(query).scalars())


def forget(connection: Connection, ids: Collection[str]) -> None:
    """Take workers off the list; what they held is the caller's to free."""
    if ids:
        connection.execute(delete(workers).where(workers.c.id.in_(list(ids))))


def _from_row(row: Row[Any], now: datetime) -> Worker:
    facts = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
    facts["providers"] = tuple(facts["providers"])
    return Worker(**facts, is_alive=facts["seen_at"] > now - DEAD_AFTER)
