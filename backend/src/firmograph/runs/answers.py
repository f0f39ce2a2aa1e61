"""Answers and failures of a call, turned into lookups, a bill, and what becomes of each target."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from firmograph.core.credits import split_bill
from firmograph.core.match import Confidence
from firmograph.core.outcomes import Reason
from firmograph.db.ids import new_id
from firmograph.errors import (
    AnswerLost,
    AskAgain,
    NotEntitled,
    ProviderError,
    ProviderUnusable,
    QuestionRefused,
    RateLimited,
)
from firmograph.providers.base import BatchAnswer, ItemAnswer, LookupOutcome
from firmograph.runs import claims, lookups_repository
from firmograph.runs.batch import Batch, Lane, Target
from firmograph.runs.evidence import read_answer
from firmograph.runs.plan import AnyProvider, RunPlan
from firmograph.runs.settle import Again, Bill, Matched, Settled, StepEnded, settle

MOST_ATTEMPTS = 10  # with the backoff below, a provider may be away for about five minutes
MOST_LOST_ANSWERS = 2  # an answer that was never read may have been charged: asked again at most twice
MOST_REFUSALS = 2  # a refused question is asked once more, beside others
_FIRST_BACKOFF_S = 0.5
_LONGEST_BACKOFF_S = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Writing:
    """Where and when an answer is written. One `jitter` for all of its targets: a batch comes back as a batch."""

    connection: Connection
    plan: RunPlan
    providers: Mapping[str, AnyProvider]
    now: datetime
    jitter: float = field(default_factory=lambda: random.uniform(0.5, 1.5))  # noqa: S311 - guards nothing


def store_answer(writing: Writing, batch: Batch, answer: BatchAnswer, *, duration_ms: int) -> None:
    """Keep a read answer: its lookups, its bill, and what follows for every target that is still this batch's."""
    lane, connection = batch.lane, writing.connection
    mine = claims.still_mine(connection, batch)
    rows, settled, bill = _read_items(writing, batch, answer, duration_ms)
    lookups_repository.insert_lookups(connection, rows)
    if not lane.is_local:
        answered = {target.request_key(lane) for target in batch.targets if target.key in answer.items}
        lookups_repository.close_asks(connection, batch.token, answered)
        lookups_repository.release_asks(connection, batch.token)  # those the answer left out
        lookups_repository.finish_call(
            connection,
            batch.call_id,
            answered=len(answered),
            status=answer.status,
            correlation_id=answer.correlation_id,
            credits=bill.spent,
            credits_remainder=round(bill.spent - sum(row["credits"] for row in rows), 4),
            finished_at=writing.now,
        )
    kept = [item for item in settled if item.target.key in mine]
    settle(connection, writing.plan, lane.step, kept, providers=writing.providers, now=writing.now, bill=bill)


def store_failure(writing: Writing, batch: Batch, error: ProviderError) -> None:
    """Keep what a failed call leaves behind: its line in `calls`, and its targets free again or ended."""
    connection, lane = writing.connection, batch.lane
    mine = claims.still_mine(connection, batch)
    uncertain = batch.reserved if isinstance(error, AnswerLost) else 0.0
    settled = [_after_failure(writing, batch, place, error) for place in range(len(batch.targets))]
    if not lane.is_local:
        given_up = [item.target.request_key(lane) for item in settled if isinstance(item, StepEnded)]
        lookups_repository.close_asks(connection, batch.token, given_up)
        lookups_repository.release_asks(connection, batch.token)
        lookups_repository.finish_call(
            connection,
            batch.call_id,
            status=error.status,
            error=str(error)[:1000],
            correlation_id=error.correlation_id,
            credits_uncertain=uncertain,
            finished_at=writing.now,
        )
    settle(
        connection,
        writing.plan,
        lane.step,
        [item for item in settled if item.target.key in mine],
        providers=writing.providers,
        now=writing.now,
        bill=Bill(uncertain=uncertain, released=batch.reserved),
    )


def serve_from_store(writing: Writing, lane: Lane, *, most: int) -> int:
    """Answer unchecked targets of a lane from fresh stored answers, without a question; mark the others as checked.

    Returns how many were looked at: 0 when none is left.
    """
    connection, plan = writing.connection, writing.plan
    waiting = claims.unchecked(connection, plan.run.id, lane, most=most)
    if not waiting:
        return 0
    keys = {target.request_key(lane) for target in waiting}
    fresh = lookups_repository.find_fresh(connection, lane, keys, plan.freshness(writing.now))
    settled: list[Settled] = []
    rows: list[dict[str, Any]] = []
    for target in waiting:
        stored = fresh.get(target.request_key(lane))
        if stored is not None:
            lookup = dict(stored)
            if not lane.is_match and target.company.domain not in {None, stored["domain"]}:
                # Another domain of the same company: the answer is filed under this one too, at no price.
                lookup |= {"id": new_id(writing.now), "domain": target.key, "credits": 0.0, "run_id": plan.run.id}
                rows.append(lookup)
            settled.append(_after_lookup(writing, lane, target, lookup, billed=0.0))
    lookups_repository.insert_lookups(connection, rows)
    claims.set_checked(
        connection,
        plan.run.id,
        [target.key for target in waiting if target.request_key(lane) not in fresh],
        is_checked=True,
    )
    if settled:
        settle(connection, plan, lane.step, settled, providers=writing.providers, now=writing.now)
    return len(waiting)


def end_step_for_all(writing: Writing, lane: Lane, *, reason: Reason, note: str, most: int) -> int:
    """End a step, for the reason given, for up to `most` open targets that wait at it; returns how many."""
    waiting = claims.open_in_step(writing.connection, writing.plan.run.id, lane.step, most=most)
    settled = [StepEnded(target=target, reason=reason, note=note) for target in waiting]
    if settled:
        settle(writing.connection, writing.plan, lane.step, settled, providers=writing.providers, now=writing.now)
    return len(settled)


def _read_items(
    writing: Writing, batch: Batch, answer: BatchAnswer, duration_ms: int
) -> tuple[list[dict[str, Any]], list[Settled], Bill]:
    lane = batch.lane
    billable: dict[str, str] = {}  # question -> the first target it was asked for: a shared id is billed once
    for target in batch.targets:
        item = answer.items.get(target.key)
        if item is not None and item.is_billable:
            billable.setdefault(target.request_key(lane), target.key)
    shares, remainder = split_bill(answer.credits, billable=list(billable.values()), price=lane.price)
    rows: list[dict[str, Any]] = []
    settled: list[Settled] = []
    for target in batch.targets:
        item = answer.items.get(target.key)
        if item is None:
            settled.append(_after_lost(writing, target, Reason.BAD_ANSWER, "the answer left this company out"))
            continue
        lookup = _lookup_row(writing, batch, target, item)
        lookup |= {"credits": shares.get(target.key, 0.0), "duration_ms": duration_ms}
        lookup["is_sandbox"] = lookup["is_sandbox"] or answer.is_sandbox
        settled.append(_after_lookup(writing, lane, target, lookup, billed=lookup["credits"]))
        if not lane.is_local or item.outcome is LookupOutcome.FOUND:
            rows.append(lookup)
    spent = round(sum(shares.values()) + remainder, 4)
    return rows, settled, Bill(spent=spent, released=batch.reserved)


def _lookup_row(writing: Writing, batch: Batch, target: Target, item: ItemAnswer) -> dict[str, Any]:
    lane = batch.lane
    return {
        "id": new_id(writing.now),
        "provider": lane.provider.spec.name,
        "host": lane.provider.host,
        "verb": lane.verb,
        "domain": _lookup_domain(target, None),
        "request_key": target.request_key(lane),
        "outcome": item.outcome.value,
        "provider_id": item.provider_id or target.provider_id,
        "confidence": None,
        "reasons": None,
        "note": item.note,
        "payload": item.payload,
        "credits": 0.0,
        "duration_ms": None,
        "is_sandbox": lane.provider.is_sandbox,
        "call_id": None if lane.is_local else batch.call_id,
        "run_id": batch.run_id,
        "fetched_at": writing.now,
    }


def _after_lookup(writing: Writing, lane: Lane, target: Target, lookup: dict[str, Any], *, billed: float) -> Settled:
    """What a lookup, new or stored, means for a target. Our judgement of it is written into the lookup."""
    outcome = LookupOutcome(lookup["outcome"])
    if lane.is_match and outcome is LookupOutcome.FOUND and lookup["provider_id"]:
        return Matched(target=target, provider_id=lookup["provider_id"], credits=billed)
    if lane.is_match or outcome is not LookupOutcome.FOUND:
        missed = Reason.NO_DATA if outcome is LookupOutcome.NO_DATA else Reason.NOT_FOUND
        return StepEnded(target=target, reason=missed, lookup=lookup, credits=billed, note=lookup["note"])
    answer = read_answer(lane.provider, target.company, lookup["payload"])
    confidence = answer.judgement.confidence
    lookup |= {"confidence": confidence.value, "reasons": list(answer.judgement.reasons)}
    if confidence is not Confidence.LOW:
        lookup["domain"] = _lookup_domain(target, answer.website_domain)
    reason: Reason | None = None
    if not any(reading.value is not None and reading.field in writing.plan.wanted for reading in answer.readings):
        reason = Reason.NO_DATA
    elif confidence is Confidence.LOW and not writing.plan.run.accept_low:
        reason = Reason.LOW_CONFIDENCE
    return StepEnded(target=target, reason=reason, lookup=lookup, answer=answer, credits=billed, note=lookup["note"])


def _lookup_domain(target: Target, website_domain: str | None) -> str:
    """The company a lookup is filed under: the web domain asked for, else the one found, else the row's own key."""
    return target.company.domain or website_domain or target.key


def _after_failure(writing: Writing, batch: Batch, place: int, error: ProviderError) -> Settled:
    target = batch.targets[place]
    match error:
        case AnswerLost():
            return _after_lost(writing, target, Reason(error.reason), str(error))
        case NotEntitled():
            return StepEnded(target=target, reason=Reason.NOT_ENTITLED, note=str(error))
        case QuestionRefused():
            return _after_refusal(writing, batch, place, error)
        case RateLimited() | ProviderUnusable():
            return _again(target, not_before=None)  # the limiter, or the pause, does the waiting
        case AskAgain():
            return _after_error(writing, target, error)
        case _:
            return StepEnded(target=target, reason=Reason.PROVIDER_ERROR, note=str(error))


def _after_lost(writing: Writing, target: Target, reason: Reason, note: str) -> Settled:
    lost = target.lost_answers + 1
    if lost > MOST_LOST_ANSWERS:
        return StepEnded(target=target, reason=reason, note=note)
    return _again(target, not_before=_later(writing, lost), lost_answers=lost)


def _after_error(writing: Writing, target: Target, error: AskAgain) -> Settled:
    attempts = target.attempts + 1
    if attempts >= MOST_ATTEMPTS:
        return StepEnded(target=target, reason=Reason.PROVIDER_ERROR, note=str(error))
    return _again(target, not_before=_later(writing, attempts, error.after), attempts=attempts)


def _after_refusal(writing: Writing, batch: Batch, place: int, error: QuestionRefused) -> Settled:
    """The blamed questions are asked once more, apart; the innocent go out again at once. When nobody is blamed, the
    batch is halved until the bad question stands alone."""
    target = batch.targets[place]
    is_alone = batch.entities == 1
    if error.items and place not in error.items:
        return _again(target, not_before=None)
    if not error.items and not is_alone:
        return _again(target, not_before=None, batch_cap=(batch.entities + 1) // 2)
    refusals = target.refusals + 1
    if refusals >= MOST_REFUSALS or (is_alone and not error.items):
        return StepEnded(target=target, reason=Reason.PROVIDER_ERROR, note=str(error))
    return _again(target, not_before=_later(writing, refusals), refusals=refusals)


def _again(
    target: Target,
    *,
    not_before: datetime | None,
    attempts: int | None = None,
    lost_answers: int | None = None,
    refusals: int | None = None,
    batch_cap: int | None = None,
) -> Again:
    return Again(
        target=target,
        not_before=not_before,
        attempts=target.attempts if attempts is None else attempts,
        lost_answers=target.lost_answers if lost_answers is None else lost_answers,
        refusals=target.refusals if refusals is None else refusals,
        batch_cap=batch_cap,
    )


def _later(writing: Writing, attempt: int, after: float | None = None) -> datetime:
    """Exponential backoff with jitter, or the wait the provider asked for."""
    wait = min(_FIRST_BACKOFF_S * 2 ** (attempt - 1), _LONGEST_BACKOFF_S) * writing.jitter
    return writing.now + timedelta(seconds=wait if after is None else max(after, 0.0))
