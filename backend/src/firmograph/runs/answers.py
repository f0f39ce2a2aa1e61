"""Answers and failures of calls, turned into lookups, a bill, and what becomes of each target.

What a call brought is read first, outside any transaction (`reading.py`); then several are written in one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any

from sqlalchemy import Connection, RowMapping

from firmograph.core.outcomes import Reason
from firmograph.db import run_gate
from firmograph.db.ids import new_id, new_ids
from firmograph.runs import claims, lookups_repository
from firmograph.runs.batch import Batch, Lane, make_batch
from firmograph.runs.lookups_repository import NEVER_READ, OVERDUE
from firmograph.runs.plan import AnyProvider, RunPlan
from firmograph.runs.reading import Read, after_lookup
from firmograph.runs.settle import NOTHING_BILLED, Bill, GoingOn, Lot, Matched, Settled, StepEnded, settle


@dataclass(frozen=True, kw_only=True, slots=True)
class Writing:
    """Where and when answers are written, and who writes them."""

    connection: Connection
    plan: RunPlan
    providers: Mapping[str, AnyProvider]
    now: datetime
    owner: str


class _Fate(Enum):
    """How a call's row stands when its answer is to be written."""

    OPEN = auto()
    BOOKED = auto()  # somebody took its maker for dead, and booked it as perhaps charged
    WRITTEN = auto()  # an earlier try succeeded, and only its word was lost


def store(writing: Writing, told: Sequence[Read]) -> list[Batch | None]:
    """Keep what calls of one run brought: their lookups, their bills, and what follows for every target that is still
    their batch's. Each is kept as a whole. Returns, for each, the batch that goes on to its enrich.

    An answer that comes late is kept too, and corrects what was booked in its place. Locks are taken in the order gate,
    calls, asks, companies, run, targets.
    """
    connection, run_id = writing.connection, writing.plan.run.id
    run_gate.share(connection, run_id)
    fates, booked = _fates(connection, told)
    live = [read for read in told if fates[read.batch.call_id] is not _Fate.WRITTEN]
    held = claims.still_held(connection, run_id, {read.batch.token for read in live})
    spoken_of = lookups_repository.spoken_of(connection, [row["domain"] for read in live for row in _telling(read)])
    _store_lookups(connection, live, held)
    _settle_asks(connection, live)
    going = _go_on(writing, [read for read in live if read.onward], held)
    bill = NOTHING_BILLED
    finished: dict[str, dict[str, Any]] = {}
    for read in live:
        is_booked = fates[read.batch.call_id] is _Fate.BOOKED
        paid, call = _corrected(read, booked[read.batch.call_id]) if is_booked else (read.bill, read.call)
        bill += paid
        if not read.batch.lane.is_local:
            finished[read.batch.call_id] = dict(call)
    lookups_repository.finish_calls(connection, finished, now=writing.now)
    batches = list(going.values())
    may_go_on = settle(
        connection,
        writing.plan,
        [Lot(read.batch.lane.step, read.batch.lane.verb, _still_ours(read, held)) for read in live],
        providers=writing.providers,
        now=writing.now,
        bill=bill,
        spoken_of=spoken_of,
        going_on=_going_on(batches),
    )
    _call(writing, batches, may=may_go_on)
    return [going.get(read.batch.call_id) if may_go_on else None for read in told]


def _fates(connection: Connection, told: Sequence[Read]) -> tuple[dict[str, _Fate], dict[str, float]]:
    """How the calls stand, and what is booked as perhaps charged for each."""
    asked = [read.batch.call_id for read in told if not read.batch.lane.is_local]
    found: Mapping[str, RowMapping] = lookups_repository.lock_calls(connection, asked) if asked else {}
    fates = {}
    for read in told:
        call = found.get(read.batch.call_id)
        if call is None or call["finished_at"] is None:
            fates[read.batch.call_id] = _Fate.OPEN
        else:
            is_booked = call["status"] is None and call["error"] in {NEVER_READ, OVERDUE}
            fates[read.batch.call_id] = _Fate.BOOKED if is_booked else _Fate.WRITTEN
    return fates, {call_id: float(call["credits_uncertain"]) for call_id, call in found.items()}


def _corrected(read: Read, booked: float) -> tuple[Bill, Mapping[str, Any]]:
    """The bill and the call's line of an answer that came after its call was booked as perhaps charged.

    The promise was given back then. An answer that was read says what was charged; a failure that says nothing of it
    leaves it in doubt.
    """
    if read.bill.uncertain:
        return Bill(), {**read.call, "credits_uncertain": booked}
    return Bill(spent=read.bill.spent, uncertain=-booked), read.call


def _telling(read: Read) -> list[Mapping[Any, Any]]:
    """The lookups that say something of a company."""
    return [item.lookup for item in read.settled if isinstance(item, StepEnded) and item.answer and item.lookup]


def _store_lookups(connection: Connection, live: Sequence[Read], held: set[tuple[str, str]]) -> None:
    """A local answer costs nothing, and is kept only by whoever still holds its targets. A try whose word was lost may
    have stored it before."""
    paid = [row for read in live if not read.batch.lane.is_local for row in read.lookups]
    lookups_repository.insert_lookups(connection, paid)
    local = [row for read in live if read.batch.lane.is_local and _still_ours(read, held) for row in read.lookups]
    lookups_repository.insert_lookups(connection, local, only_new=True)


def _still_ours(read: Read, held: set[tuple[str, str]]) -> list[Settled]:
    token = read.batch.token
    return [item for item in read.settled if (token, item.target.key) in held]


def _settle_asks(connection: Connection, live: Sequence[Read]) -> None:
    """Close the questions that are answered or given up, and open the others to anybody."""
    closed: dict[Lane, dict[str, str]] = {}
    released: dict[Lane, dict[str, str]] = {}
    for read in live:
        lane = read.batch.lane
        if not lane.is_local:
            for question in read.batch.questions:
                into = closed if question in read.closed else released
                into.setdefault(lane, {})[question] = read.batch.call_id
    for lane, questions in sorted(closed.items(), key=_by_verb):
        lookups_repository.close_asks(connection, lane, questions)
    for lane, questions in sorted(released.items(), key=_by_verb):
        lookups_repository.release_asks(connection, lane, questions)


def _by_verb(entry: tuple[Lane, Any]) -> tuple[str, str, str]:
    lane = entry[0]
    return lane.provider.spec.name, lane.provider.host, lane.verb


def _go_on(writing: Writing, reads: Sequence[Read], held: set[tuple[str, str]]) -> dict[str, Batch]:
    """The enrich batches that follow match answers at once, their questions opened; by the match's call."""
    following: dict[Lane, dict[str, Batch]] = {}
    ids = new_ids(writing.now, len(reads))
    for read, call_id in zip(reads, ids, strict=True):
        lane = read.batch.lane.enriching()
        matched = [
            item.target.matched(item.provider_id, paid=item.target.credits + item.credits)
            for item in _still_ours(read, held)
            if isinstance(item, Matched)
        ][: read.onward]
        if matched:
            batch = make_batch(read.batch.run_id, lane, matched, token=read.batch.token, call_id=call_id)
            following.setdefault(lane, {})[read.batch.call_id] = batch
    going: dict[str, Batch] = {}
    for lane, batches in sorted(following.items(), key=_by_verb):
        kept: Sequence[Batch] = list(batches.values())
        if not lane.is_local:  # those that are answered, or asked by others, wait as if they had not gone on
            kept, _, _ = claims.open_questions(writing.connection, writing.plan, kept, now=writing.now)
        by_id = {batch.call_id: batch for batch in kept}
        going |= {match: by_id[batch.call_id] for match, batch in batches.items() if batch.call_id in by_id}
    return going


def _going_on(batches: Sequence[Batch]) -> GoingOn | None:
    if not batches:
        return None
    return GoingOn(
        keys=frozenset(target.key for batch in batches for target in batch.targets),
        reserved=sum(batch.reserved for batch in batches),
    )


def _call(writing: Writing, batches: Sequence[Batch], *, may: bool) -> None:
    """Note the calls that follow, or close their questions again where the run was paused or its budget is used up."""
    asked = [batch for batch in batches if not batch.lane.is_local]
    if may:
        lookups_repository.insert_calls(writing.connection, asked, owner=writing.owner, now=writing.now)
        return
    for batch in asked:
        lookups_repository.close_asks(writing.connection, batch.lane, dict.fromkeys(batch.questions, batch.call_id))


def serve_from_store(writing: Writing, lane: Lane, *, most: int) -> tuple[int, int]:
    """Answer unchecked targets of a lane from fresh stored answers, without a question; mark the others as checked.

    Returns how many were looked at, 0 when none is left, and how many were answered.
    """
    connection, plan = writing.connection, writing.plan
    run_gate.share(connection, plan.run.id)
    waiting = claims.unchecked(connection, plan.run.id, lane, most=most)
    if not waiting:
        return 0, 0
    asked = {target.key: target.request_key(lane) for target in waiting}
    fresh = lookups_repository.find_fresh(connection, lane, set(asked.values()), plan.freshness(writing.now))
    settled: list[Settled] = []
    rows: list[dict[str, Any]] = []
    for target in waiting:
        stored = fresh.get(asked[target.key])
        if stored is not None:
            lookup = dict(stored)
            if not lane.is_match and target.company.domain not in {None, stored["domain"]}:
                # Another domain of the same company: the answer is filed under this one too, at no price.
                lookup |= {"id": new_id(writing.now), "domain": target.key, "credits": 0.0, "run_id": plan.run.id}
                rows.append(lookup)
            settled.append(after_lookup(plan, lane, target, lookup, billed=0.0))
    lookups_repository.insert_lookups(connection, rows)
    claims.set_checked(connection, plan.run.id, [key for key, question in asked.items() if question not in fresh])
    if settled:
        settle(connection, plan, [Lot(lane.step, lane.verb, settled)], providers=writing.providers, now=writing.now)
    return len(waiting), len(settled)


def end_step_for_all(writing: Writing, lane: Lane, *, reason: Reason, note: str, most: int) -> int:
    """End a step, for the reason given, for up to `most` open targets that wait at it; returns how many."""
    run_gate.share(writing.connection, writing.plan.run.id)
    waiting = claims.open_in_step(writing.connection, writing.plan.run.id, lane.step, most=most)
    settled = [StepEnded(target=target, reason=reason, note=note) for target in waiting]
    if settled:
        settle(
            writing.connection,
            writing.plan,
            [Lot(lane.step, lane.verb, settled)],
            providers=writing.providers,
            now=writing.now,
        )
    return len(settled)
