"""Importing: an upload becomes records and targets, a few thousand rows a transaction, resumable after a crash."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from firmograph.clock import Clock
from firmograph.core.outcomes import RunState, TargetState
from firmograph.db.engine import Database
from firmograph.db.models import records, runs, targets
from firmograph.errors import UserError
from firmograph.exports.plan import surplus_of
from firmograph.intake.detect import Detection
from firmograph.intake.read import read_records
from firmograph.intake.verdict import ReadRecord
from firmograph.providers.base import MATCH
from firmograph.runs import repository, uploads_repository
from firmograph.runs.plan import RunPlan

_ROWS_A_TRANSACTION = 4000
_UNREADABLE = "unreadable_input"


@dataclass(slots=True)
class _Chunk:
    records: list[dict[str, Any]] = field(default_factory=list)
    targets: list[dict[str, Any]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    widest: int = 0


def import_run(database: Database, plan: RunPlan, clock: Clock, is_stopping: Callable[[], bool]) -> None:
    """Read the run's upload to its end and queue the run; go on where an earlier try stopped.

    A list that can't be read to its end fails the run, with the reason a person needs. Stops early, and returns, when
    the run is paused or cancelled meanwhile, or `is_stopping` says so.
    """
    run = plan.run
    if run.upload_id is None:
        raise ValueError(f"run {run.id} has no upload to import")
    detection = Detection.from_json(run.source["detection"])
    source = uploads_repository.opener(database, run.upload_id)
    with database.read() as connection:
        already = _last_position(connection, run.id)
    rows = read_records(source, detection, allow_name_only=run.allow_name_only)
    try:
        for chunk in _chunks(islice(rows, already, None)):
            if is_stopping():
                return
            with database.write() as connection:
                if not _store(connection, plan, chunk, columns=detection.columns):
                    return
    except UserError as error:
        with database.write() as connection:
            repository.move(
                connection,
                run.id,
                RunState.FAILED,
                reason=_UNREADABLE,
                detail=str(error),
                finished_at=clock.now(),
            )
        return
    with database.write() as connection:
        repository.move(connection, run.id, RunState.QUEUED, upload_id=None)
        uploads_repository.release_upload(connection, run.upload_id, run_id=run.id)


def first_step(plan: RunPlan) -> int:
    """The step every target begins at. Raises `UserError` when no step can say any wanted field."""
    step = plan.next_step(filled=frozenset(), done=0)
    if step is None:
        wanted = ", ".join(name.value for name in plan.run.fields)
        raise UserError(f"No provider of the waterfall ({', '.join(plan.run.waterfall)}) can say any of: {wanted}.")
    return step


def _chunks(rows: Iterable[ReadRecord]) -> Iterator[list[ReadRecord]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, _ROWS_A_TRANSACTION)):
        yield chunk


def _last_position(connection: Connection, run_id: str) -> int:
    return connection.execute(select(func.max(records.c.position)).where(records.c.run_id == run_id)).scalar() or 0


def _store(connection: Connection, plan: RunPlan, rows: list[ReadRecord], *, columns: list[str]) -> bool:
    """Write a chunk with its counts; `False` when the run is no longer importing."""
    run_id = plan.run.id
    if repository.get_run(connection, run_id).state is not RunState.IMPORTING:
        return False
    chunk = _sort_out(plan, rows, _known_positions(connection, run_id, rows), columns)
    connection.execute(insert(records), chunk.records)
    if chunk.targets:
        connection.execute(insert(targets), chunk.targets)
    repository.add(connection, run_id, **chunk.counts)
    if chunk.widest:
        connection.execute(
            update(runs)
            .where(runs.c.id == run_id, runs.c.extra_columns < chunk.widest)
            .values(extra_columns=chunk.widest)
        )
    return True


def _known_positions(connection: Connection, run_id: str, rows: list[ReadRecord]) -> dict[str, int]:
    keys = {row.company.key for row in rows if row.company is not None}
    query = select(targets.c.domain, targets.c.position).where(
        targets.c.run_id == run_id, targets.c.domain.in_(list(keys))
    )
    return {row["domain"]: row["position"] for row in connection.execute(query).mappings()}


def _sort_out(plan: RunPlan, rows: list[ReadRecord], known: dict[str, int], columns: list[str]) -> _Chunk:
    chunk = _Chunk()
    step = first_step(plan)
    for row in rows:
        company = row.company
        notes = [row.note] if row.note else []
        first = known.get(company.key) if company is not None else None
        if company is not None and first is None:
            known[company.key] = row.position
            chunk.targets.append(_target(plan.run.id, row, step))
        if first is not None:
            notes.append(f"same company as row {first}")
        chunk.records.append(
            {
                "run_id": plan.run.id,
                "position": row.position,
                "cells": row.cells,
                "input": _storable(row.input),
                "domain": company.key if company is not None else None,
                "rejection": row.rejection.value if row.rejection is not None else None,
                "note": _storable("; ".join(notes)) or None,
                "is_duplicate": first is not None,
            }
        )
        chunk.counts.update(
            records=1, accepted=company is not None, rejected=company is None, duplicates=first is not None
        )
        chunk.widest = max(chunk.widest, surplus_of(columns, row.cells))
    chunk.counts["targets"] = len(chunk.targets)
    return chunk


def _target(run_id: str, row: ReadRecord, step: int) -> dict[str, Any]:
    if row.company is None:
        raise ValueError("a rejected record has no target")
    return {
        "run_id": run_id,
        "domain": row.company.key,
        "position": row.position,
        "asked_domain": row.company.domain,
        "asked_name": _storable(row.company.name),
        "asked_linkedin_url": row.company.linkedin_url,
        "state": TargetState.OPEN.value,
        "step": step,
        "verb": MATCH,
        "history": [],
    }


def _storable(text: str | None) -> str | None:
    """Text as every database takes it: PostgreSQL has no NUL in text. The cells themselves are kept as they came."""
    return text.replace("\x00", "\ufffd") if text else text
