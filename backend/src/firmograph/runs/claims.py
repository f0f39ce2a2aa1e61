"""Claims: which targets are ready, and leasing a batch of them in one short transaction before it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, or_, select, update

from firmograph.core.credits import affordable
from firmograph.core.outcomes import RunState, TargetState
from firmograph.db.ids import new_id, new_token
from firmograph.db.models import IS_LEASED, IS_OPEN, targets
from firmograph.runs import lookups_repository, repository
from firmograph.runs.batch import NO_LEASE, TARGET_COLUMNS, Batch, Lane, Target, target_from_row
from firmograph.runs.plan import RunPlan

# Longer than any call may take: whoever answers later finds its lease gone.
LEASE = timedelta(seconds=180)
_WAIT_FOR_OTHERS_ASK = timedelta(seconds=1)


class OutOfBudget(Exception):
    """What is left of the budget does not cover one more company."""


def claim(connection: Connection, plan: RunPlan, lane: Lane, *, most: int, owner: str, now: datetime) -> Batch | None:
    """Lease up to `most` ready targets of a lane, their questions opened and their worst price reserved.

    `None` when nothing is ready. Raises `OutOfBudget` when something is, but the budget does not cover it.
    """
    run = repository.get_run(connection, plan.run.id)
    if run.state is not RunState.RUNNING:
        return None
    ready = _ready(run.id, lane, now, most).with_for_update(skip_locked=True)
    rows = _same_cap(list(connection.execute(ready).mappings()), most)
    chosen = [target_from_row(row) for row in rows]
    token, call_id = new_token(), new_id(now)
    if not lane.is_local:
        chosen = _within_budget(chosen, lane, run.budget_left)
        chosen = _ours_to_ask(connection, plan, lane, chosen, token=token, call_id=call_id, now=now)
    if not chosen:
        return None
    questions = {target.request_key(lane) for target in chosen}
    batch = Batch(
        run_id=run.id,
        lane=lane,
        token=token,
        call_id=call_id,
        targets=tuple(chosen),
        entities=len(questions),
        reserved=len(questions) * lane.price,
    )
    if batch.reserved and not repository.reserve(connection, run.id, batch.reserved):
        raise OutOfBudget
    _lease(connection, batch, owner=owner, now=now)
    if not lane.is_local:
        _insert_call(connection, batch, owner=owner, now=now)
    return batch


def is_anything_ready(connection: Connection, run_id: str, lane: Lane, *, now: datetime, most: int) -> int:
    """How many targets of a lane could be claimed now, counted up to `most`."""
    ready = _ready(run_id, lane, now, most).with_only_columns(targets.c.domain).subquery()
    return int(connection.execute(select(func.count()).select_from(ready)).scalar_one())


def unchecked(connection: Connection, run_id: str, lane: Lane, *, most: int) -> list[Target]:
    """Open targets of a lane for which nobody has yet looked whether an answer is stored."""
    query = (
        select(*(targets.c[name] for name in TARGET_COLUMNS))
        .where(_in_lane(run_id, lane), targets.c.is_checked.is_(False))
        .order_by(targets.c.position)
        .limit(most)
    )
    return [target_from_row(row) for row in connection.execute(query).mappings()]


def open_in_step(connection: Connection, run_id: str, step: int, *, most: int) -> list[Target]:
    """Open targets that wait at a step, whatever verb they are at."""
    query = (
        select(*(targets.c[name] for name in TARGET_COLUMNS))
        .where(targets.c.run_id == run_id, IS_OPEN, targets.c.step == step)
        .order_by(targets.c.position)
        .limit(most)
    )
    return [target_from_row(row) for row in connection.execute(query).mappings()]


def set_checked(connection: Connection, run_id: str, keys: Sequence[str], *, is_checked: bool) -> None:
    if keys:
        connection.execute(
            update(targets).where(targets.c.run_id == run_id, targets.c.domain.in_(keys)).values(is_checked=is_checked)
        )


def still_mine(connection: Connection, batch: Batch) -> set[str]:
    """The targets whose lease is still this batch's; the others were cancelled or taken over."""
    query = select(targets.c.domain).where(
        targets.c.run_id == batch.run_id,
        IS_LEASED,
        targets.c.lease_token == batch.token,
    )
    return set(connection.execute(query).scalars())


def release_leases(connection: Connection, which: ColumnElement[bool]) -> int:
    """Free leased targets: whoever held them will find its token gone. Returns how many.

    A crash does not count against the targets: the first ones of a list are under way at every crash, and the price of an
    answer that was never read is booked with its call.
    """
    statement = update(targets).where(IS_LEASED, which).values(state=TargetState.OPEN.value, **NO_LEASE)
    return int(connection.execute(statement).rowcount)


def release_expired_leases(connection: Connection, *, now: datetime) -> int:
    """Free targets whose lease has run out. Returns how many."""
    return release_leases(connection, targets.c.lease_until < now)


def _in_lane(run_id: str, lane: Lane) -> Any:
    return and_(
        targets.c.run_id == run_id,
        IS_OPEN,
        targets.c.step == lane.step,
        targets.c.verb == lane.verb,
    )


def _ready(run_id: str, lane: Lane, now: datetime, most: int) -> Any:
    return (
        select(*(targets.c[name] for name in TARGET_COLUMNS))
        .where(
            _in_lane(run_id, lane),
            targets.c.is_checked.is_(not lane.is_local),
            or_(targets.c.not_before.is_(None), targets.c.not_before <= now),
        )
        .order_by(targets.c.position)
        .limit(most)
    )


def _same_cap(rows: list[RowMapping], most: int) -> list[RowMapping]:
    """Targets of a refused batch go out in smaller ones, among themselves."""
    if not rows:
        return rows
    cap = rows[0]["batch_cap"]
    return [row for row in rows if row["batch_cap"] == cap][: min(most, cap or most)]


def _ours_to_ask(
    connection: Connection,
    plan: RunPlan,
    lane: Lane,
    chosen: list[Target],
    *,
    token: str,
    call_id: str,
    now: datetime,
) -> list[Target]:
    """Open the questions, leaving out those that another run is asking at this moment or has just answered."""
    keys = {target.request_key(lane) for target in chosen}
    ours = lookups_repository.open_asks(
        connection, lane, keys, run_id=plan.run.id, call_id=call_id, token=token, now=now, lease=LEASE
    )
    # Only now: whoever held a question before us has written its answer down.
    answered = set(lookups_repository.find_fresh(connection, lane, ours, plan.freshness(now)))
    lookups_repository.close_asks(connection, token, answered)
    set_checked(
        connection,
        plan.run.id,
        [target.key for target in chosen if target.request_key(lane) in answered],
        is_checked=False,
    )
    waiting = [target.key for target in chosen if target.request_key(lane) not in ours]
    if waiting:
        connection.execute(
            update(targets)
            .where(targets.c.run_id == plan.run.id, targets.c.domain.in_(waiting))
            .values(not_before=now + _WAIT_FOR_OTHERS_ASK)
        )
    return [target for target in chosen if target.request_key(lane) in ours - answered]


def _within_budget(chosen: list[Target], lane: Lane, left: float | None) -> list[Target]:
    questions = list(dict.fromkeys(target.request_key(lane) for target in chosen))
    count = affordable(len(questions), price=lane.price, left=left)
    if questions and not count:
        raise OutOfBudget
    paid_for = set(questions[:count])
    return [target for target in chosen if target.request_key(lane) in paid_for]


def _lease(connection: Connection, batch: Batch, *, owner: str, now: datetime) -> None:
    keys = [target.key for target in batch.targets]
    connection.execute(
        update(targets)
        .where(targets.c.run_id == batch.run_id, targets.c.domain.in_(keys))
        .values(state=TargetState.LEASED.value, lease_owner=owner, lease_token=batch.token, lease_until=now + LEASE)
    )


def _insert_call(connection: Connection, batch: Batch, *, owner: str, now: datetime) -> None:
    lookups_repository.insert_call(
        connection,
        {
            "id": batch.call_id,
            "run_id": batch.run_id,
            "provider": batch.lane.provider.spec.name,
            "host": batch.lane.provider.host,
            "verb": batch.lane.verb,
            "entities": batch.entities,
            "credits_reserved": batch.reserved,
            "owner": owner,
            "started_at": now,
        },
    )
