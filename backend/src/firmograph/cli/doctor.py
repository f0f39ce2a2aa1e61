"""`firmograph doctor`: checks everything a run needs, and says the fix."""

from __future__ import annotations

import platform
import shutil
import socket
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from firmograph.cli import doctor_servers
from firmograph.cli.findings import Finding, print_findings
from firmograph.cli.providers import check_provider
from firmograph.cli.terminal import number, printable
from firmograph.errors import UserError

if TYPE_CHECKING:
    from firmograph.config import Settings
    from firmograph.db.engine import Database

_LEAST_FREE_BYTES = 500 << 20
_OLDEST_PYTHON = (3, 11)
_COUNTED_RUNS = 50
_PORTS = ((8000, "serve"), (8800, "sandbox serve"))


def doctor() -> None:
    """Check everything a run needs. Exit code 1 when there is a problem."""
    problems = print_findings(examine())
    typer.echo("Everything a run needs is there." if not problems else f"Problems: {problems}.")
    if problems:
        raise typer.Exit(1)


def examine() -> Iterator[Finding]:
    """Every check, in the order a run needs them; what rests on something broken is left out."""
    yield _python()
    settings = None
    try:
        from firmograph.config import load_settings

        settings = load_settings()
        yield Finding("settings", "readable")
    except UserError as error:
        yield Finding("settings", "unusable", str(error))
    if settings is None:
        return
    data_dir = _data_dir(settings)
    yield data_dir
    if data_dir.fix is None or not settings.is_sqlite:
        yield from _database(settings)
    yield from doctor_servers.redis(settings)
    yield from _providers(settings)
    yield from (_port(port, command) for port, command in _PORTS)


def _python() -> Finding:
    version = platform.python_version()
    is_old = sys.version_info < _OLDEST_PYTHON
    return Finding("Python", version, "Install Python 3.11 or later." if is_old else None)


def _data_dir(settings: Settings) -> Finding:
    import tempfile

    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        fix = "Point FIRMOGRAPH_DATA_DIR at a folder that can be written."
        return Finding("data directory", f"{folder} can't be written: {error.strerror}", fix)
    found = f"{folder}, {free / (1 << 30):,.1f} GB free"
    return Finding("data directory", found, "Free some disk space." if free < _LEAST_FREE_BYTES else None)


def _database(settings: Settings) -> Iterator[Finding]:
    from firmograph.cli.opening import unreachable
    from firmograph.db import migrate
    from firmograph.db.engine import Database, DatabaseFailure

    database = Database(settings.resolved_database_url)
    try:
        if not database.is_sqlite:
            yield from doctor_servers.postgresql(database, settings)
        at, newest = migrate.current(database), migrate.head()
        if at == newest:
            yield Finding("database", f"reachable, at the newest revision ({at})")
            yield from _at_work(database, settings)
            yield from _counters(database)
        elif at is None:
            yield Finding("database", "empty; the first command sets it up")
        else:
            yield Finding("database", f"at revision {at}, not {newest}", "Run `firmograph db upgrade`.")
    except DatabaseFailure as error:
        yield Finding("database", "can't be used", unreachable(settings, error))
    finally:
        database.close()


def _at_work(database: Database, settings: Settings) -> Iterator[Finding]:
    """Who works on the runs, and which runs wait for nobody."""
    from firmograph.clock import SystemClock
    from firmograph.jobs.database_clock import following_clock

    now = (SystemClock() if database.is_sqlite else following_clock(database)).now()
    is_drained = None
    if settings.redis_url is None:
        drainer = _lock(database, settings)
        is_drained = drainer is not None
        yield drainer or Finding("drainer", "nobody works on this data directory; the next command may")
    yield from doctor_servers.workers(database, settings, now=now)
    yield from doctor_servers.stalled_runs(database, now=now, is_drained=is_drained)


def _lock(database: Database, settings: Settings) -> Finding | None:
    """Who holds the drainer's lock; `None` when it is free."""
    from firmograph.jobs.drainer_lock import make_lock

    lock = make_lock(database, settings.data_dir)
    if lock.try_acquire(command="firmograph doctor"):
        lock.release()
        return None
    holder = lock.holder()
    return Finding("drainer", f"process {holder.get('pid', '?')} ({holder.get('command', 'an unnamed command')})")


def _counters(database: Database) -> Iterator[Finding]:
    """Whether the counters of the newest runs say what their rows say. One at work is left out: it moves meanwhile."""
    from firmograph.core.outcomes import UNDER_WAY
    from firmograph.runs import repository

    with database.read(long=True) as connection:
        newest, _ = repository.list_runs(connection, cursor=None, limit=_COUNTED_RUNS)
        found = [run for run in newest if run.state not in UNDER_WAY]
        wrong = [run for run in found if repository.recount(connection, run.id) != _counts(run.counts)]
    if not wrong:
        yield Finding("counters", f"agree with the rows in {len(found)} runs")
    for run in wrong:
        fix = "This is a fault of Firmograph: please report it, with the output of `firmograph runs show --json`."
        yield Finding("counters", f"run {run.id} says something else than its rows", fix)


def _counts(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if name != "pending"}


def _providers(settings: Settings) -> Iterator[Finding]:
    from firmograph.providers.base import ProviderOff
    from firmograph.providers.registry import build_providers
    from firmograph.sandbox.probe import is_sandbox_at

    is_sandbox = settings.explorium_api_key is not None and is_sandbox_at(settings.explorium_base_url)
    try:
        built = build_providers(settings, is_sandbox=is_sandbox)
    except UserError as error:
        yield Finding("providers", "can't be set up", str(error))
        return
    for name, provider in built.items():
        if isinstance(provider, ProviderOff):
            yield Finding(name, f"off: {provider.reason}. {provider.fix}")
            continue
        where = f"{provider.host}{', the sandbox: its companies are invented' if provider.is_sandbox else ''}"
        is_fine, text = check_provider(provider)
        limit = provider.limit
        pace = "" if limit is None else f", {number(limit.per_minute)} {limit.unit} a minute"
        fix = None if is_fine else "Check EXPLORIUM_API_KEY, EXPLORIUM_BASE_URL and the connection."
        yield Finding(name, f"on ({where}{pace}): {printable(text, most=500)}", fix)
    if all(isinstance(provider, ProviderOff) for provider in built.values()):
        yield Finding("providers", "all are off", "Switch one on: see the lines above.")


def _port(port: int, command: str) -> Finding:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return Finding(f"port {port}", f"taken; `firmograph {command}` would need --port")
    return Finding(f"port {port}", f"free for `firmograph {command}`")
