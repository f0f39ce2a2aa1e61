"""The part of `doctor` that looks at what many processes share: PostgreSQL, Redis, the queues, the workers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from firmograph import __version__
from firmograph.cli.findings import Finding
from firmograph.cli.terminal import counted, number, printable

if TYPE_CHECKING:
    from datetime import datetime

    from firmograph.config import Settings
    from firmograph.db.engine import Database
    from firmograph.jobs.presence import Worker

_OLDEST_POSTGRESQL = 14
_OLDEST_REDIS = (6, 2)
_MOST_SKEW_S = 2.0
_SHOWN_WORKERS = 20
_SHOWN_RUNS = 20


def postgresql(database: Database, settings: Settings) -> Iterator[Finding]:
    """The server behind DATABASE_URL. Raises `DatabaseFailure` when it is away."""
    from firmograph.db.examine import examine

    facts = examine(database)
    is_old = facts.number // 10_000 < _OLDEST_POSTGRESQL
    fix = f"Use PostgreSQL {_OLDEST_POSTGRESQL} or later." if is_old else None
    yield Finding("PostgreSQL", f"version {facts.version}", fix)
    left = f"{facts.connections_left} of {facts.connections} left; a process takes up to {settings.database_pool}"
    few = facts.connections_left < settings.database_pool
    more = "Raise max_connections, run fewer processes, or lower FIRMOGRAPH_DATABASE_POOL."
    yield Finding("connections", left, more if few else None)
    shown = ", ".join(f"{name} {value}" for name, value in facts.timeouts.items())
    endless = [name for name, value in facts.timeouts.items() if value == "0"]
    again = "A pooler in between may drop them: set them for the role, with ALTER ROLE … SET statement_timeout = '60s'."
    yield Finding("timeouts", shown, again if endless else None, is_warning=True)
    skew = (
        f"the database's is {abs(facts.ahead_s):.1f} s {'ahead of' if facts.ahead_s >= 0 else 'behind'} this process's"
    )
    sync = "Leases go by the database's clock, so nothing breaks; times in logs differ. Let both follow a time server."
    yield Finding("clocks", skew, sync if abs(facts.ahead_s) > _MOST_SKEW_S else None, is_warning=True)


def redis(settings: Settings) -> Iterator[Finding]:
    """The server behind REDIS_URL, and how much waits in its queues. Nothing without one."""
    if settings.redis_url is None:
        return
    from firmograph.jobs.limiter_script import OUT_OF_REACH
    from firmograph.jobs.queues import Queues
    from firmograph.jobs.redis_facts import ask_facts

    queues = Queues(settings.redis_url)
    parts = urlsplit(settings.redis_url)
    where = f"{parts.hostname or 'a socket'}:{parts.port or 6379}"
    try:
        facts = ask_facts(queues.redis)
        depths = queues.depths()
    except OUT_OF_REACH as error:
        fix = "Start it, or correct REDIS_URL. Until then nobody asks any provider; nothing is lost."
        yield Finding("Redis", f"{where} does not answer: {error}", fix)
        return
    finally:
        queues.close()
    old = f"Use Redis {'.'.join(map(str, _OLDEST_REDIS))} or later."
    yield Finding("Redis", f"version {facts.version} at {where}", old if facts.number < _OLDEST_REDIS else None)
    if facts.policy is not None:
        fix = "When memory is short it drops queues and limits: CONFIG SET maxmemory-policy noeviction."
        yield Finding("maxmemory-policy", facts.policy, fix if facts.policy != "noeviction" else None)
    if facts.appendonly is not None:
        fix = (
            "A restart forgets the limiter's minute, so that all wait one: CONFIG SET appendonly yes, and in its "
            "configuration. Runs lose nothing either way."
        )
        found = "yes" if facts.appendonly else "no"
        yield Finding("appendonly", found, None if facts.appendonly else fix, is_warning=True)
    yield Finding("queues", ", ".join(f"{name} {number(depth)}" for name, depth in depths.items()))


def workers(database: Database, settings: Settings, *, now: datetime) -> Iterator[Finding]:
    """Who works on the queues, and what each can ask. Nothing without Redis: then the drainer's lock tells."""
    if settings.redis_url is None:
        return
    from firmograph.jobs import presence

    with database.read() as connection:
        known = presence.list_workers(connection, now=now)
    alive = [worker for worker in known if worker.is_alive]
    fix = None if alive else "Nobody works on the runs: start one with `firmograph worker`."
    yield Finding("workers", f"{len(alive)} alive, {len(known) - len(alive)} silent", fix)
    for worker in known[:_SHOWN_WORKERS]:
        yield _worker(worker)
    if len(known) > _SHOWN_WORKERS:
        yield Finding("workers", f"and {counted(len(known) - _SHOWN_WORKERS, 'more one', 'more')}")


def _worker(worker: Worker) -> Finding:
    what, can = f"worker {worker.id}", ", ".join(worker.providers) or "nobody"
    doing = f", at {worker.doing.get('kind')} of {worker.doing.get('run_id')}" if worker.doing else ""
    found = f"version {worker.version}, can ask {can}{doing}"
    if not worker.is_alive:
        found = f"silent since {worker.seen_at:%Y-%m-%d %H:%M:%S} UTC"
        return Finding(what, found, "What it held is taken over by the others. Look at its log.", is_warning=True)
    if worker.trouble:
        return Finding(what, found, printable(worker.trouble, most=500))
    if worker.version != __version__:
        return Finding(what, found, f"This is version {__version__}: let all processes run the same.", is_warning=True)
    return Finding(what, found)


def stalled_runs(database: Database, *, now: datetime, is_drained: bool | None) -> Iterator[Finding]:
    """Runs that are under way with nobody there to go on with them."""
    from firmograph.core.outcomes import UNDER_WAY
    from firmograph.jobs.standing import standing
    from firmograph.runs import repository

    with database.read() as connection:
        found = repository.list_in_states(connection, UNDER_WAY)
        told = [(run, standing(connection, run, now=now, is_drained=is_drained).stalled) for run in found[:_SHOWN_RUNS]]
    stalled = [(run, why) for run, why in told if why is not None]
    for run, why in stalled:
        yield Finding("stalled run", f"{run.id} ({printable(run.name)}) is {run.state.value}", why)
    if not stalled:
        yield Finding("runs", f"{counted(len(found), 'run')} under way, none stalled")
