"""Reading what a call brought: pure, so that it is done before the database is asked for anything."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from firmograph.core.credits import split_bill
from firmograph.core.match import Confidence
from firmograph.core.outcomes import Reason
from firmograph.db.ids import new_ids
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
from firmograph.runs.batch import Batch, Lane, Target
from firmograph.runs.evidence import read_answer
from firmograph.runs.plan import RunPlan
from firmograph.runs.settle import Again, Bill, Matched, Settled, StepEnded

MOST_ATTEMPTS = 10  # with the backoff below, a provider may be away for about five minutes
MOST_LOST_ANSWERS = 2  # an answer that was never read may have been charged: asked again at most twice
MOST_REFUSALS = 2  # a refused question is asked once more, beside others
_FIRST_BACKOFF_S = 0.5
_LONGEST_BACKOFF_S = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """What a call brought, ready to be written: its lookups, what becomes of each target, its bill, how its line in
    `calls` ends, which of its questions are closed, and how many matched targets may go on to their enrich at once."""

    batch: Batch
    lookups: tuple[dict[str, Any], ...] = ()
    settled: tuple[Settled, ...]
    bill: Bill
    call: Mapping[str, Any]
    closed: frozenset[str]
    onward: int = 0


@dataclass(frozen=True, slots=True)
class _When:
    """The moment a failure is read at. One `jitter` for all of its targets: a batch comes back as a batch."""

    now: datetime
    jitter: float


def read(plan: RunPlan, batch: Batch, answer: BatchAnswer, *, duration_ms: int, now: datetime, onward: int = 0) -> Read:
    """A call's answer: every item judged, the bill split."""
    lane = batch.lane
    questions = dict(zip((target.key for target in batch.targets), batch.questions, strict=True))
    billable: dict[str, str] = {}  # question -> the first target it was asked for: a shared id is billed once
    for key, question in questions.items():
        item = answer.items.get(key)
        if item is not None and item.is_billable:
            billable.setdefault(question, key)
    shares, remainder = split_bill(answer.credits, billable=list(billable.values()), price=lane.price)
    when = _when(now)
    shared = _shared_columns(batch, answer, duration_ms=duration_ms, now=now)
    rows: list[dict[str, Any]] = []
    settled: list[Settled] = []
    for target, lookup_id in zip(batch.targets, new_ids(now, len(batch.targets)), strict=True):
        item = answer.items.get(target.key)
        if item is None:
            settled.append(_after_lost(when, target, Reason.BAD_ANSWER, "the answer left this company out"))
            continue
        share = shares.get(target.key, 0.0)
        lookup = _lookup_row(shared, target, item, id_=lookup_id, question=questions[target.key], share=share)
        settled.append(after_lookup(plan, lane, target, lookup, billed=share))
        if not lane.is_local or item.outcome is LookupOutcome.FOUND:
            rows.append(lookup)
    spent = round(sum(shares.values()) + remainder, 4)
    answered = frozenset(question for key, question in questions.items() if key in answer.items)
    return Read(
        batch=batch,
        lookups=tuple(rows),
        settled=tuple(settled),
        bill=Bill(spent=spent, released=batch.reserved),
        call={
            "answered": len(answered),
            "status": answer.status,
            "correlation_id": answer.correlation_id,
            "credits": spent,
            "credits_remainder": round(spent - sum(row["credits"] for row in rows), 4),
        },
        closed=answered,
        onward=onward,
    )


def read_failure(batch: Batch, error: ProviderError, *, now: datetime) -> Read:
    """What a failed call leaves behind: its line in `calls`, and its targets free again or ended."""
    when = _when(now)
    uncertain = batch.reserved if isinstance(error, AnswerLost) else 0.0
    settled = tuple(_after_failure(when, batch, place, error) for place in range(len(batch.targets)))
    given_up = zip(settled, batch.questions, strict=True)
    return Read(
        batch=batch,
        settled=settled,
        bill=Bill(uncertain=uncertain, released=batch.reserved),
        call={
            "status": error.status,
            "error": str(error)[:1000],
            "correlation_id": error.correlation_id,
            "credits_uncertain": uncertain,
        },
        closed=frozenset(question for item, question in given_up if isinstance(item, StepEnded)),
    )


def _when(now: datetime) -> _When:
    return _When(now, random.uniform(0.5, 1.5))  # noqa: S311 - guards nothing


def _shared_columns(batch: Batch, answer: BatchAnswer, *, duration_ms: int, now: datetime) -> dict[str, Any]:
    """What all lookups of a call have in common."""
    lane = batch.lane
    return {
        "provider": lane.provider.spec.name,
        "host": lane.provider.host,
        "verb": lane.verb,
        "confidence": None,
        "reasons": None,
        "duration_ms": duration_ms,
        "is_sandbox": lane.provider.is_sandbox or answer.is_sandbox,
        "call_id": None if lane.is_local else batch.call_id,
        "run_id": batch.run_id,
        "fetched_at": now,
    }


def _lookup_row(
    shared: dict[str, Any], target: Target, item: ItemAnswer, *, id_: str, question: str, share: float
) -> dict[str, Any]:
    return {
        **shared,
        "id": id_,
        "domain": target.company.domain or target.key,
        "request_key": question,
        "outcome": item.outcome.value,
        "provider_id": item.provider_id or target.provider_id,
        "note": item.note,
        "payload": item.payload,
        "credits": share,
    }


def after_lookup(plan: RunPlan, lane: Lane, target: Target, lookup: dict[str, Any], *, billed: float) -> Settled:
    """What a lookup, new or stored, means for a target. Our judgement of it is written into the lookup."""
    outcome = lookup["outcome"]
    is_found = outcome == LookupOutcome.FOUND.value
    if lane.is_match and is_found and lookup["provider_id"]:
        return Matched(target, lookup["provider_id"], billed)
    if lane.is_match or not is_found:
        missed = Reason.NO_DATA if outcome == LookupOutcome.NO_DATA.value else Reason.NOT_FOUND
        return StepEnded(target=target, reason=missed, lookup=lookup, credits=billed, note=lookup["note"])
    answer = read_answer(lane.provider, target.company, lookup["payload"])
    confidence = answer.judgement.confidence
    lookup["confidence"] = confidence.value
    lookup["reasons"] = list(answer.judgement.reasons)
    if confidence is not Confidence.LOW:
        # Filed under the web domain asked for, else the one found, else the row's own key.
        lookup["domain"] = target.company.domain or answer.website_domain or target.key
    reason: Reason | None = None
    if not any(reading.value is not None and reading.field in plan.wanted for reading in answer.readings):
        reason = Reason.NO_DATA
    elif confidence is Confidence.LOW and not plan.run.accept_low:
        reason = Reason.LOW_CONFIDENCE
    return StepEnded(target=target, reason=reason, lookup=lookup, answer=answer, credits=billed, note=lookup["note"])


def _after_failure(when: _When, batch: Batch, place: int, error: ProviderError) -> Settled:
    target = batch.targets[place]
    match error:
        case AnswerLost():
            return _after_lost(when, target, Reason(error.reason), str(error))
        case NotEntitled():
            return StepEnded(target=target, reason=Reason.NOT_ENTITLED, note=str(error))
        case QuestionRefused():
            return _after_refusal(when, batch, place, error)
        case RateLimited() | ProviderUnusable():
            return _again(target, not_before=None)  # the limiter, or the pause, does the waiting
        case AskAgain():
            return _after_error(when, target, error)
        case _:
            return StepEnded(target=target, reason=Reason.PROVIDER_ERROR, note=str(error))


def _after_lost(when: _When, target: Target, reason: Reason, note: str) -> Settled:
    lost = target.lost_answers + 1
    if lost > MOST_LOST_ANSWERS:
        return StepEnded(target=target, reason=reason, note=note)
    return _again(target, not_before=_later(when, lost), lost_answers=lost)


def _after_error(when: _When, target: Target, error: AskAgain) -> Settled:
    attempts = target.attempts + 1
    if attempts >= MOST_ATTEMPTS:
        return StepEnded(target=target, reason=Reason.PROVIDER_ERROR, note=str(error))
    return _again(target, not_before=_later(when, attempts, error.after), attempts=attempts)


def _after_refusal(when: _When, batch: Batch, place: int, error: QuestionRefused) -> Settled:
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
    return _again(target, not_before=_later(when, refusals), refusals=refusals)


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


def _later(when: _When, attempt: int, after: float | None = None) -> datetime:
    """Exponential backoff with jitter, or the wait the provider asked for."""
    wait = min(_FIRST_BACKOFF_S * 2 ** (attempt - 1), _LONGEST_BACKOFF_S) * when.jitter
    return when.now + timedelta(seconds=wait if after is None else max(after, 0.0))
