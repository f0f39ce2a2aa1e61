"""Claims: which targets are ready, and leasing batches of them in one short transaction before they are asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Update, and_, bindparam, exists, func, or_, select, text, update

from firmograph.core.credits import affordable
from firmograph.core.outcomes import RunState, TargetState
from firmograph.db import run_gate
from firmograph.db.ids import new_ids, new_token
from firmograph.db.models import IS_LEASED, IS_OPEN, targets
from firmograph.db.row_sets import among, update_rows
from firmograph.runs import lookups_repository, repository
from firmograph.runs.batch import NO_LEASE, TARGET_COLUMNS, Batch, Lane, Target, make_batch, target_from_row
from firmograph.runs.plan import RunPlan

# Longer than any call may take: whoever answers later finds its lease gone.
LEASE = timedelta(seconds=180)
WAIT_FOR_OTHERS_ASK = timedelta(seconds=1)

_COLUMNS = [targets.c[name] for name in TARGET_COLUMNS]
# What is lost with the claims of the last moments of a server that lost its power: targets that are free again, as the
# death of their worker would leave them. Only where no credits were promised, so that none can be forgotten.
_NO_NEED_TO_SYNC = text("SET LOCAL synchronous_commit = off")


class OutOfBudget(Exception):
    """What is left of the budget does not cover one more company."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """Batches that are ours to ask. `answered` says that stored answers were found for others: they wait, unchecked."""

    batches: tuple[Batch, ...] = ()
    answered: bool = False


NOTHING = Claimed()


def claim(
    connection: Connection,
    plan: RunPlan,
    lane: Lane,
    *,
    sizes: Sequence[int],
    owner: str,
    now: datetime,
    under_way: Collection[str] = (),
) -> Claimed:
    """Lease ready targets of a lane as batches of at most those sizes, each with its call, its questions opened and its
    worst price reserved.

    Targets that are `under_way` here are left alone: their leases were taken away, but their answers are still to come.

    Raises `OutOfBudget` when something is ready, but the budget does not cover it.
    """
    run_gate.share(connection, plan.run.id)
    run = repository.get_run(connection, plan.run.id)
    if run.state is not RunState.RUNNING:
        return NOTHING
    token = new_token()
    leased = _lease(connection, plan.run.id, lane, most=sum(sizes), owner=owner, token=token, now=now)
    if not leased:
        return NOTHING
    doubled = {target.key for target in leased if target.key in under_way}
    chosen = _with_same_cap([target for target in leased if target.key not in doubled])
    chosen = chosen if lane.is_local else _within_budget(chosen, lane, run.budget_left)
    batches = _split(plan.run.id, lane, chosen, sizes, token=token, now=now)
    answered: set[str] = set()
    waiting: set[str] = set()
    if not lane.is_local:
        batches, answered, waiting = open_questions(connection, plan, batches, now=now)
    waiting |= doubled
    kept = {target.key for batch in batches for target in batch.targets}
    give_back(connection, plan.run.id, [t.key for t in leased if t.key not in kept | answered | waiting])
    give_back(connection, plan.run.id, answered, is_checked=False)
    give_back(connection, plan.run.id, waiting, not_before=now + WAIT_FOR_OTHERS_ASK)
    reserved = sum(batch.reserved for batch in batches)
    if reserved:
        if not repository.reserve(connection, plan.run.id, reserved):
            raise OutOfBudget
    elif connection.dialect.name == "postgresql":
        connection.execute(_NO_NEED_TO_SYNC)
    if not lane.is_local:
        lookups_repository.insert_calls(connection, batches, owner=owner, now=now)
    return Claimed(tuple(batches), bool(answered))


def open_questions(
    connection: Connection, plan: RunPlan, batches: Sequence[Batch], *, now: datetime
) -> tuple[list[Batch], set[str], set[str]]:
    """Open the questions of leased batches of one lane.

    Returns the batches as far as they are ours to ask, and the keys of targets whose question is answered already, or
    being asked by somebody else at this moment.
    """
    if not batches:
        return [], set(), set()
    lane = batches[0].lane
    calls_of: dict[str, Batch] = {}
    for batch in batches:
        for question in batch.questions:
            calls_of.setdefault(question, batch)
    ours = lookups_repository.open_asks(connection, lane, calls_of, run_id=plan.run.id, now=now, lease=LEASE)
    # Only now: whoever held a question before us has written its answer down.
    fresh = set(lookups_repository.find_fresh(connection, lane, ours, plan.freshness(now)))
    lookups_repository.close_asks(connection, lane, {question: calls_of[question].call_id for question in fresh})
    answered: set[str] = set()
    waiting: set[str] = set()
    kept = []
    for batch in batches:
        asked = list(zip(batch.targets, batch.questions, strict=True))
        # A question that is also asked in another batch of this claim waits for that one's answer.
        mine = [target for target, q in asked if q in ours and q not in fresh and calls_of[q] is batch]
        answered |= {target.key for target, q in asked if q in fresh}
        if len(mine) == len(asked):
            kept.append(batch)
            continue
        waiting |= {target.key for target, _ in asked} - answered - {target.key for target in mine}
        if mine:
            kept.append(make_batch(batch.run_id, lane, mine, token=batch.token, call_id=batch.call_id))
    return kept, answered, waiting


def count_ready(connection: Connection, run_id: str, most: Mapping[Lane, int], *, now: datetime) -> tuple[int, ...]:
    """How many targets of each lane could be claimed now, counted up to what is given for it."""
    counts = []
    for lane, limit in most.items():
        for is_checked in (True, False):
            ready = _ready(run_id, lane, now, is_checked=is_checked).with_only_columns(targets.c.domain)
            counts.append(select(func.count()).select_from(ready.limit(limit).subquery()).scalar_subquery())
    found = connection.execute(select(*counts)).one()
    return tuple(min(limit, sum(found[2 * n : 2 * n + 2])) for n, limit in enumerate(most.values()))


def is_any_leased(connection: Connection, run_id: str) -> bool:
    """Whether anybody holds a target of the run."""
    return bool(connection.execute(select(exists().where(targets.c.run_id == run_id, IS_LEASED))).scalar())


def unchecked(connection: Connection, run_id: str, lane: Lane, *, most: int, lock: bool = True) -> list[Target]:
    """Open targets of a lane for which nobody has yet looked whether an answer is stored; without those that another
    worker is looking at."""
    query = (
        select(*_COLUMNS)
        .where(_in_lane(run_id, lane), targets.c.is_checked.is_(False))
        .order_by(targets.c.position)
        .limit(most)
    )
    if lock:
        query = query.with_for_update(skip_locked=True)
    return [target_from_row(row) for row in connection.execute(query)]


def open_in_step(connection: Connection, run_id: str, step: int, *, most: int) -> list[Target]:
    """Open targets that wait at a step, whatever verb they are at; without those that another worker is writing."""
    query = (
        select(*_COLUMNS)
        .where(targets.c.run_id == run_id, IS_OPEN, targets.c.step == step)
        .order_by(targets.c.position)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return [target_from_row(row) for row in connection.execute(query)]


def set_checked(connection: Connection, run_id: str, keys: Sequence[str]) -> None:
    """Nothing stored answers these."""
    _update(connection, run_id, keys, is_checked=True)


def still_held(connection: Connection, run_id: str, tokens: Iterable[str]) -> set[tuple[str, str]]:
    """The targets that these tokens still lease, as (token, key); the others were cancelled or taken over."""
    query = select(targets.c.lease_token, targets.c.domain).where(
        targets.c.run_id == run_id, IS_LEASED, among(connection, targets.c.lease_token, tokens)
    )
    return {(token, key) for token, key in connection.execute(query)}


def give_back(connection: Connection, run_id: str, keys: Collection[str], **values: Any) -> None:
    """Let go of targets that were just leased."""
    _update(connection, run_id, keys, state=TargetState.OPEN.value, **NO_LEASE, **values)


def _update(connection: Connection, run_id: str, keys: Iterable[str], **values: Any) -> None:
    rows = [(key,) for key in keys]
    update_rows(connection, targets, ("domain",), rows, values, key=("domain",), where={"run_id": run_id})


def release_leases(connection: Connection, which: ColumnElement[bool]) -> int:
    """Free leased targets: whoever held them will find its token gone. Returns how many.

    A crash does not count against the targets: the first ones of a list are under way at every crash, and the price of
    an answer that was never read is booked with its call. Whether it was stored all the same has to be looked at.
    """
    free = {"state": TargetState.OPEN.value, "is_checked": False, **NO_LEASE}
    statement = update(targets).where(IS_LEASED, which).values(free)
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


def _ready(run_id: str, lane: Lane, now: datetime, *, is_checked: bool) -> Any:
    return (
        select(targets.c.run_id, targets.c.domain)
        .where(
            _in_lane(run_id, lane),
            targets.c.is_checked.is_(is_checked),
            or_(targets.c.not_before.is_(None), targets.c.not_before <= now),
        )
        .order_by(targets.c.position)
    )


def _lease(
    connection: Connection, run_id: str, lane: Lane, *, most: int, owner: str, token: str, now: datetime
) -> list[Target]:
    """Lease ready targets: first those that were looked at before, in the order of the list."""
    leased: list[Target] = []
    for is_checked in (True, False):
        if len(leased) >= most:
            break
        ready = _ready(run_id, lane, now, is_checked=is_checked).limit(most - len(leased))
        statement = _lease_statement(ready.with_for_update(skip_locked=True))
        values = {
            "leasing_owner": owner,
            "leasing_token": token,
            "leasing_until": now + LEASE,
        }
        found = [target_from_row(row) for row in connection.execute(statement, values)]
        leased += sorted(found, key=lambda target: target.position)
    return leased


def _lease_statement(ready: Any) -> Update:
    # Materialized: it locks rows, and must do so once.
    chosen = ready.cte("ready").prefix_with("MATERIALIZED")
    return (
        update(targets)
        .where(targets.c.run_id == chosen.c.run_id, targets.c.domain == chosen.c.domain)
        .values(
            state=TargetState.LEASED.value,
            is_checked=True,
            lease_owner=bindparam("leasing_owner"),
            lease_token=bindparam("leasing_token"),
            lease_until=bindparam("leasing_until"),
        )
        .returning(*_COLUMNS)
    )


def _with_same_cap(leased: list[Target]) -> list[Target]:
    """Targets of a refused batch go out in smaller ones, among themselves."""
    cap = leased[0].batch_cap if leased else None
    return [target for target in leased if target.batch_cap == cap]


def _within_budget(chosen: list[Target], lane: Lane, left: float | None) -> list[Target]:
    if left is None or lane.price <= 0:
        return chosen
    questions = list(dict.fromkeys(target.request_key(lane) for target in chosen))
    count = affordable(len(questions), price=lane.price, left=left)
    if questions and not count:
        raise OutOfBudget
    paid_for = set(questions[:count])
    return [target for target in chosen if target.request_key(lane) in paid_for]


def _split(
    run_id: str, lane: Lane, chosen: list[Target], sizes: Sequence[int], *, token: str, now: datetime
) -> list[Batch]:
    batches = []
    place = 0
    for size, call_id in zip(sizes, new_ids(now, len(sizes)), strict=True):
        most = min(size, chosen[0].batch_cap or size) if chosen else 0
        if part := chosen[place : place + most]:
            batches.append(make_batch(run_id, lane, part, token=token, call_id=call_id))
        place += most
    return batches
