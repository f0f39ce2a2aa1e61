"""Reports and charts of large runs: counted once for a version of the run, stored, and given out until it changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from firmograph.clock import Clock, moment_text
from firmograph.core.outcomes import UNDER_WAY
from firmograph.db.engine import Database, DatabaseFailure
from firmograph.db.models import reports
from firmograph.db.upsert import upsert
from firmograph.log import get_logger
from firmograph.runs import repository
from firmograph.runs.charts import charts_json
from firmograph.runs.report import report_json
from firmograph.runs.run import Run

log = get_logger(__name__)

_LARGE = 5_000  # records; what is smaller is counted in no time
_REST = 20  # while a run is under way its counting takes at most one part in so many of the time
_TOOK = "took_s"
_one_at_a_time = threading.Lock()

Make = Callable[[Connection, Run], dict[str, Any]]
_KINDS: dict[str, Make] = {
    "report": lambda connection, run: report_json(connection, run.id),
    "charts": charts_json,
}


def report_now(database: Database, run_id: str, kind: str, clock: Clock) -> dict[str, Any]:
    """The run's `report` or `charts`, with the version it was counted at, when, and whether it is still that one.

    While a large run is under way an older one is given out for a while. Raises `NotFound`.
    """
    with database.read(long=True) as connection:
        run = repository.get_run(connection, run_id)
        if run.counts["records"] < _LARGE:
            return _with_version(_KINDS[kind](connection, run), run.version, clock.now(), run)
        stored = _find(connection, run_id, kind)
    if stored is not None and _is_good(stored, run, clock.now()):
        return _with_version(stored["body"], stored["version"], stored["made_at"], run)
    with _one_at_a_time:  # who asks meanwhile gets what the first one counted
        return _count(database, run_id, kind, clock)


def _count(database: Database, run_id: str, kind: str, clock: Clock) -> dict[str, Any]:
    with database.read(long=True) as connection:
        run = repository.get_run(connection, run_id)
        stored = _find(connection, run_id, kind)
        if stored is not None and _is_good(stored, run, clock.now()):
            return _with_version(stored["body"], stored["version"], stored["made_at"], run)
        began = time.monotonic()
        body = _KINDS[kind](connection, run)
    now = clock.now()
    row = {
        "run_id": run_id,
        "kind": kind,
        "version": run.version,
        "body": {**body, _TOOK: time.monotonic() - began},
        "made_at": now,
    }
    try:
        with database.write() as connection:
            upsert(connection, reports, [row], key=["run_id", "kind"])
    except DatabaseFailure as error:  # full or read-only: it is counted again the next time
        log.warning("report_not_stored", run_id=run_id, error=str(error.orig))
    return _with_version(body, run.version, now, run)


def _find(connection: Connection, run_id: str, kind: str) -> Any:
    query = select(reports).where(reports.c.run_id == run_id, reports.c.kind == kind)
    return connection.execute(query).mappings().one_or_none()


def _is_good(stored: Any, run: Run, now: datetime) -> bool:
    if stored["version"] == run.version:
        return True
    age = (now - stored["made_at"]).total_seconds()
    return run.state in UNDER_WAY and age < _REST * float(stored["body"].get(_TOOK, 0.0))


def _with_version(body: dict[str, Any], version: int, made_at: datetime, run: Run) -> dict[str, Any]:
    shown = {name: value for name, value in body.items() if name != _TOOK}
    return {**shown, "version": version, "made_at": moment_text(made_at), "is_current": version == run.version}
