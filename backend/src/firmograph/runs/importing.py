"""Importing: an upload becomes records and targets, a few thousand rows a transaction, resumable after a crash."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import Connection, func, select, update

from firmograph.clock import Clock
from firmograph.core.outcomes import RunState, TargetState
from firmograph.db.bulk import insert_many
from firmograph.db.engine import Database
from firmograph.db.locks import Write, alone
from firmograph.db.models import records, runs, targets
from firmograph.db.row_sets import among
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
_RECORD_COLUMNS = ("run_id", "position", "cells", "input", "domain", "rejection", "note", "is_duplicate")
_TARGET_COLUMNS = (
    "run_id",
    "domain",
    "position",
    "asked_domain",
    "asked_name",
    "asked_linkedin_url",
    "state",
    "step",
    "verb",
    "history",
)


@dataclass(slots=True)
class _Chunk:
    records: list[tuple[Any, ...]] = field(default_factory=list)
    targets: list[tuple[Any, ...]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    widest: int = 0


def import_run(database: Database, plan: RunPlan, clock: Clock, is_stopping: Callable[[], bool]) -> None:
    """Read the run's upload to its end and queue the run; go on where an earlier try stopped.

    A list that can't be read to its end fails the run, with the reason a person needs. Stops early, and returns, when
    the run is paused or cancelled meanwhile, or `is_stopping` says so. Returns at once when another worker reads it.
    """
    if plan.run.upload_id is None:
        raise ValueError(f"run {plan.run.id} has no upload to import")
    with alone(database, f"import {plan.run.id}") as write:
        if write is not None:
            _import(database, write, plan, clock, is_stopping)


def _import(database: Database, write: Write, plan: RunPlan, clock: Clock, is_stopping: Callable[[], bool]) -> None:
    run_id, upload_id = plan.run.id, str(plan.run.upload_id)
    detection = Detection.from_json(plan.run.source["detection"])
    with write() as connection:
        if repository.get_run(connection, run_id).state is not RunState.IMPORTING:
            return  # another worker read it to its end just before
        already = _last_position(connection, run_id)
    source = uploads_repository.opener(database, upload_id)
    rows = read_records(source, detection, allow_name_only=plan.run.allow_name_only)
    try:
        for chunk in _chunks(islice(rows, already, None)):
            if is_stopping():
                return
            with write() as connection:
                if not _store(connection, plan, chunk, columns=detection.columns):
                    return
    except UserError as error:
        with write() as connection:
            if _is_importing(connection, run_id):
                repository.move(
                    connection,
                    run_id,
                    RunState.FAILED,
                    reason=_UNREADABLE,
                    detail=str(error),
                    finished_at=clock.now(),
                )
        return
    with write() as connection:
        if _is_importing(connection, run_id):
            repository.move(connection, run_id, RunState.QUEUED, upload_id=None)
            uploads_repository.release_upload(connection, upload_id, run_id=run_id)


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


def _is_importing(connection: Connection, run_id: str) -> bool:
    """Whether the run is; held so until the transaction's end, so that a pause or a cancel comes before or after."""
    query = select(runs.c.state).where(runs.c.id == run_id).with_for_update(key_share=True)
    return connection.execute(query).scalar_one_or_none() == RunState.IMPORTING.value


def _store(connection: Connection, plan: RunPlan, rows: list[ReadRecord], *, columns: list[str]) -> bool:
    """Write a chunk with its counts; `False` when the run is no longer importing."""
    run_id = plan.run.id
    if not _is_importing(connection, run_id):
        return False
    chunk = _sort_out(plan, rows, _known_positions(connection, run_id, rows), columns)
    insert_many(connection, records, _RECORD_COLUMNS, chunk.records)
    insert_many(connection, targets, _TARGET_COLUMNS, chunk.targets)
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
        targets.c.run_id == run_id, among(connection, targets.c.domain, keys)
    )
    return {row.domain: row.position for row in connection.execute(query)}


def _sort_out(plan: RunPlan, rows: list[ReadRecord], known: dict[str, int], columns: list[str]) -> _Chunk:
    chunk = _Chunk()
    run_id, step = plan.run.id, first_step(plan)
    for row in rows:
        company = row.company
        key = company.key if company is not None else None
        note = row.note
        first = known.get(key) if key is not None else None
        if first is not None:
            note = f"{note}; same company as row {first}" if note else f"same company as row {first}"
        elif key is not None:
            known[key] = row.position
            chunk.targets.append(_target(run_id, row, step))
        rejection = row.rejection.value if row.rejection is not None else None
        is_duplicate = first is not None
        text, told = _storable(row.input), _storable(note) or None
        chunk.records.append((run_id, row.position, row.cells, text, key, rejection, told, is_duplicate))
        chunk.widest = max(chunk.widest, surplus_of(columns, row.cells))
    accepted = sum(row.company is not None for row in rows)
    chunk.counts.update(
        records=len(rows),
        accepted=accepted,
        rejected=len(rows) - accepted,
        duplicates=accepted - len(chunk.targets),
        targets=len(chunk.targets),
    )
    return chunk


def _target(run_id: str, row: ReadRecord, step: int) -> tuple[Any, ...]:
    """A target that nothing was asked for yet, in the order of `_TARGET_COLUMNS`."""
    if row.company is None:
        raise ValueError("a rejected record has no target")
    company = row.company
    name = _storable(company.name)
    return (
        run_id,
        company.key,
        row.position,
        company.domain,
        name,
        company.linkedin_url,
        TargetState.OPEN.value,
        step,
        MATCH,
        [],
    )


def _storable(text: str | None) -> str | None:
    """Text as every database takes it: PostgreSQL has no NUL in text. The cells themselves are kept as they came."""
    return text.replace("\x00", "\ufffd") if text else text
