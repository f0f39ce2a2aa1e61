"""Runs: started from an upload, paused, resumed, cancelled and retried."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from firmograph.clock import Clock
from firmograph.core.fields import Field
from firmograph.core.outcomes import UNDER_WAY, Outcome, PauseReason, Reason, RunState, TargetState
from firmograph.db import run_gate
from firmograph.db.engine import Database
from firmograph.db.ids import new_id
from firmograph.db.models import targets
from firmograph.errors import NotAllowedNow, UserError
from firmograph.intake.detect import Detection, Told, detect
from firmograph.providers.base import MATCH
from firmograph.runs import repository, uploads_repository
from firmograph.runs.batch import NO_LEASE, SHOWN_COLUMNS
from firmograph.runs.plan import AnyProvider, make_plan
from firmograph.runs.preview import preview
from firmograph.runs.request import RunRequest, check_amounts, check_fields, check_waterfall
from firmograph.runs.run import COUNTED, Run
from firmograph.runs.understanding import understood

_STORED_AT_START = (
    "id",
    "name",
    "budget",
    "max_age_days",
    "accept_low",
    "allow_name_only",
    "source",
    "output",
    "upload_id",
    "switched_off",
    "asked_since",
    "created_at",
)
_RETRYABLE = (Outcome.FAILED, Outcome.NO_MATCH, Outcome.SKIPPED, Outcome.ENRICHED)


def detect_upload(database: Database, upload_id: str, told: Told) -> Detection:
    """What the upload is, and which of its columns names the company. Raises `UnreadableInput`, `NotFound`."""
    with database.read() as connection:
        upload = uploads_repository.get_upload(connection, upload_id)
    return detect(uploads_repository.opener(database, upload_id), file_name=upload["file_name"], told=told)


def start_run(database: Database, request: RunRequest, *, providers: Mapping[str, AnyProvider], clock: Clock) -> Run:
    """A new run in `importing`; its rows are read by whoever drains. The same idempotency key gives the same run.

    Raises `UserError` for a request that can't work, before anything is stored.
    """
    earlier = _find_earlier(database, request)
    if earlier is not None:
        return earlier
    run = draft_run(database, request, providers=providers, clock=clock)
    values = {name: getattr(run, name) for name in _STORED_AT_START} | {
        "state": run.state.value,
        "waterfall": list(run.waterfall),
        "fields": [field.value for field in run.fields],
        "idempotency_key": request.idempotency_key,
    }
    try:
        with database.write() as connection:
            repository.insert_run(connection, values)
            return repository.get_run(connection, run.id)
    except IntegrityError:
        # The same request arrived twice at once, and the other was first.
        earlier = _find_earlier(database, request)
        if earlier is None:
            raise
        return earlier


def _find_earlier(database: Database, request: RunRequest) -> Run | None:
    if request.idempotency_key is None:
        return None
    with database.read() as connection:
        return repository.find_by_idempotency_key(connection, request.idempotency_key)


def draft_run(database: Database, request: RunRequest, *, providers: Mapping[str, AnyProvider], clock: Clock) -> Run:
    """The run as it would start, checked, not stored. Raises `UserError`."""
    check_amounts(request.budget, request.max_age_days)
    waterfall = check_waterfall(request.waterfall, providers)
    fields = check_fields(request.fields, waterfall, providers)
    detection = detect_upload(database, request.upload_id, request.told)
    with database.read() as connection:
        upload = uploads_repository.get_upload(connection, request.upload_id)
    now = clock.now()
    return Run(
        id=new_id(now),
        name=request.name or upload["file_name"] or "list",
        state=RunState.IMPORTING,
        reason=None,
        detail=None,
        waterfall=waterfall,
        fields=fields,
        budget=request.budget,
        max_age_days=request.max_age_days,
        accept_low=request.accept_low,
        allow_name_only=request.allow_name_only,
        source={
            "file_name": upload["file_name"],
            "sha256": upload["sha256"],
            "size": upload["size"],
            "detection": detection.to_json(),
        },
        output=None if request.output is None else dict(request.output),
        upload_id=request.upload_id,
        switched_off={},
        asked_since=now,
        misses_since=None,
        counts=dict.fromkeys((*COUNTED, "pending"), 0),
        extra_columns=0,
        credits_spent=0.0,
        credits_reserved=0.0,
        credits_uncertain=0.0,
        version=0,
        created_at=now,
        started_at=None,
        finished_at=None,
    )


def preview_run(
    database: Database,
    request: RunRequest,
    *,
    providers: Mapping[str, AnyProvider],
    max_age_days: float,
    miss_max_age_days: float,
    clock: Clock,
) -> dict[str, Any]:
    """The dry run of a request: `preview.preview`'s numbers, with what was understood of the list beside them."""
    run = draft_run(database, request, providers=providers, clock=clock)
    plan = make_plan(run, dict(providers), max_age_days=max_age_days, miss_max_age_days=miss_max_age_days)
    detection = Detection.from_json(run.source["detection"])
    source = uploads_repository.opener(database, request.upload_id)
    return {
        "file_name": run.source["file_name"],
        "detection": run.source["detection"],
        **understood(detection),
        "waterfall": list(run.waterfall),
        **preview(database, source, detection, plan, now=clock.now()),
    }


def pause(connection: Connection, run: Run, *, reason: PauseReason = PauseReason.BY_USER) -> None:
    """Stop asking; what is under way is still written down. Pausing a paused run changes nothing."""
    if run.state is RunState.PAUSED:
        return
    detail = "Paused. `firmograph runs resume RUN` goes on."
    repository.move(connection, run.id, RunState.PAUSED, reason=reason.value, detail=detail)


def resume(connection: Connection, run: Run, *, budget: float | None = None) -> None:
    """Go on, with a new budget if one is given. Resuming a run that is under way only sets the budget."""
    check_amounts(budget, None)
    if run.is_terminal:
        raise NotAllowedNow(f"Run {run.id} has ended ({run.state.value}). `firmograph runs retry` asks again.")
    if budget is not None:
        repository.change(connection, run.id, budget=budget)
    if run.state not in UNDER_WAY:
        repository.move(connection, run.id, RunState.QUEUED if run.upload_id is None else RunState.IMPORTING)


def cancel(connection: Connection, run: Run, *, now: datetime) -> None:
    """End the run: what is not done is skipped. Answers under way are still kept for other runs."""
    run_gate.hold(connection, [run.id])
    run = repository.get_run(connection, run.id)  # nobody changes its targets from now on
    statement = (
        update(targets)
        .where(targets.c.run_id == run.id, targets.c.state != TargetState.DONE.value)
        .values(
            state=TargetState.DONE.value,
            outcome=Outcome.SKIPPED.value,
            reason=Reason.CANCELLED.value,
            **NO_LEASE,
            not_before=None,
            version=run.version + 1,
        )
    )
    skipped = connection.execute(statement).rowcount
    repository.move(connection, run.id, RunState.CANCELLED, finished_at=now, upload_id=None)
    repository.add(connection, run.id, skipped=skipped)
    if run.upload_id is not None:
        uploads_repository.release_upload(connection, run.upload_id, run_id=run.id)


def retry(
    connection: Connection,
    run: Run,
    *,
    first_step: int,
    outcomes: Iterable[str] = (),
    reasons: Iterable[str] = (),
    now: datetime,
) -> int:
    """Open ended targets again: those of the outcomes or reasons given, by default the failed ones.

    Remembered misses are ignored, stored hits are not asked again. Returns how many were opened.
    """
    chosen = _chosen(outcomes, reasons)
    run_gate.hold(connection, [run.id])
    run = repository.get_run(connection, run.id)  # nobody changes its targets from now on
    if run.state in UNDER_WAY:
        raise NotAllowedNow(f"Run {run.id} is {run.state.value}: wait for its end, or pause it first.")
    here = (targets.c.run_id == run.id, targets.c.state == TargetState.DONE.value, chosen)
    counted = select(targets.c.outcome, func.count().label("count")).where(*here).group_by(targets.c.outcome)
    found = {row["outcome"]: int(row["count"]) for row in connection.execute(counted).mappings()}
    if not found:
        return 0
    connection.execute(update(targets).where(*here).values(**_as_new(first_step), version=run.version + 1))
    repository.add(connection, run.id, **{outcome: -count for outcome, count in found.items()})
    repository.move(connection, run.id, RunState.QUEUED, misses_since=now, switched_off={}, finished_at=None)
    return sum(found.values())


def _chosen(outcomes: Iterable[str], reasons: Iterable[str]) -> Any:
    outcomes, reasons = list(outcomes), list(reasons)
    allowed = [outcome.value for outcome in _RETRYABLE]
    for name in outcomes:
        if name not in allowed:
            raise UserError(f"'{name}' is no outcome that can be retried. Known: {', '.join(allowed)}.")
    known = [reason.value for reason in Reason]
    for name in reasons:
        if name not in known:
            raise UserError(f"'{name}' is no reason. Known: {', '.join(known)}.")
    if not outcomes and not reasons:
        outcomes = [Outcome.FAILED.value]
    return or_(targets.c.outcome.in_(outcomes), targets.c.reason.in_(reasons))


def _as_new(first_step: int) -> dict[str, Any]:
    """A target as it was before its first step. What it showed is in the lookups still."""
    return {
        **dict.fromkeys((*SHOWN_COLUMNS, *(field.value for field in Field))),
        "conflicts": 0,
        "state": TargetState.OPEN.value,
        "outcome": None,
        "reason": None,
        "step": first_step,
        "verb": MATCH,
        "steps_done": 0,
        "is_checked": False,
        "provider_id": None,
        "batch_cap": None,
        "attempts": 0,
        "lost_answers": 0,
        "refusals": 0,
        "not_before": None,
        "history": [],
    }
