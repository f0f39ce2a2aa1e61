"""How a run ends or pauses: finished when no target is open, paused when only what is blocked is left."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, exists, select, update

from firmograph.core.fields import Field
from firmograph.core.outcomes import PauseReason, RunState
from firmograph.db import run_gate
from firmograph.db.models import IS_LEASED, IS_OPEN, targets, workers
from firmograph.providers.base import MATCH
from firmograph.runs import repository
from firmograph.runs.plan import RunPlan

_DIVERT_AT_ONCE = 2000
_SEEN_LATELY = timedelta(seconds=60)


def finish_or_pause(
    connection: Connection,
    plan: RunPlan,
    blocked: Mapping[int, tuple[PauseReason, str]],
    *,
    now: datetime,
    owner: str,
) -> bool:
    """End the run when every target is done; pause it when only blocked steps are left, after their free ones.

    A step that is blocked only because this process (`owner`) can't ask its provider is left to a worker that can.
    Returns whether the run left `running`; raises `NotAllowedNow` when somebody else saw to that first.
    """
    run_gate.hold(connection, [plan.run.id])
    if not may_be_over(connection, plan.run.id, blocked):
        return False
    if not repository.has_unfinished_targets(connection, plan.run.id):
        end_run(connection, plan.run.id, now=now)
        return True
    if divert(connection, plan, frozenset(blocked)):
        return False
    final = [why for step, why in blocked.items() if not _is_left_to_others(connection, plan, step, why, owner, now)]
    if not final:
        return False
    reason, detail = final[0]
    repository.move(connection, plan.run.id, RunState.PAUSED, reason=reason.value, detail=detail)
    return True


def _is_left_to_others(
    connection: Connection,
    plan: RunPlan,
    step: int,
    why: tuple[PauseReason, str],
    owner: str,
    now: datetime,
) -> bool:
    """Whether a provider that is off here is on for another worker that was seen lately."""
    if why[0] is not PauseReason.PROVIDER_OFF:
        return False
    seen = select(workers.c.providers).where(workers.c.id != owner, workers.c.seen_at > now - _SEEN_LATELY)
    name = plan.providers[step].spec.name
    return any(name in providers for providers in connection.execute(seen).scalars())


def may_be_over(connection: Connection, run_id: str, blocked: Collection[int]) -> bool:
    """Whether no target is leased, and none is open but at a blocked step."""
    here = targets.c.run_id == run_id
    is_moving = exists().where(here, IS_LEASED) | exists().where(here, IS_OPEN, targets.c.step.not_in(list(blocked)))
    return not connection.execute(select(is_moving)).scalar()


def end_run(connection: Connection, run_id: str, *, now: datetime) -> None:
    """Give the run the state that its targets' outcomes say."""
    counts = repository.get_run(connection, run_id).counts
    if counts["failed"] == 0:
        state = RunState.SUCCEEDED
    else:
        state = RunState.FAILED if counts["failed"] == counts["targets"] else RunState.PARTIAL
    repository.move(connection, run_id, state, finished_at=now)


def switch_off(connection: Connection, run_id: str, provider: str, message: str) -> None:
    """Remember that this run's key is not entitled to what the provider's step asks."""
    repository.add(connection, run_id)  # holds the run's row: two who switch something off do so one after the other
    run = repository.get_run(connection, run_id)
    repository.change(connection, run_id, switched_off={**run.switched_off, provider: message})


def divert(connection: Connection, plan: RunPlan, blocked: frozenset[int]) -> int:
    """Send targets that wait at a blocked step to a later one that can still help; they come back afterwards.

    Returns how many were sent.
    """
    query = select(targets.c.domain, targets.c.step, targets.c.steps_done, targets.c.provenance).where(
        targets.c.run_id == plan.run.id,
        IS_OPEN,
        targets.c.step.in_(blocked),
    )
    sent = 0
    after = -1
    while True:
        page = connection.execute(
            query.add_columns(targets.c.position)
            .where(targets.c.position > after)
            .order_by(targets.c.position)
            .limit(_DIVERT_AT_ONCE)
        ).all()
        if not page:
            return sent
        after = page[-1].position
        for step, keys in _where_to(plan, page, blocked).items():
            _send(connection, plan.run.id, keys, step)
            sent += len(keys)


def _where_to(plan: RunPlan, page: Any, blocked: frozenset[int]) -> dict[int, list[str]]:
    moves: dict[int, list[str]] = {}
    for row in page:
        filled = frozenset(Field(name) for name in row.provenance or {})
        step = plan.next_step(filled=filled, done=row.steps_done, blocked=blocked)
        if step is not None and step not in blocked:
            moves.setdefault(step, []).append(row.domain)
    return moves


def _send(connection: Connection, run_id: str, keys: list[str], step: int) -> None:
    connection.execute(
        update(targets)
        .where(targets.c.run_id == run_id, targets.c.domain.in_(keys))
        .values(step=step, verb=MATCH, provider_id=None, is_checked=False, not_before=None)
    )
