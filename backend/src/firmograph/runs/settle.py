"""Settling: what answers mean for their targets. One transaction writes targets, companies and the run's counters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, RowMapping

from firmograph.core.fields import Field
from firmograph.core.match import Confidence
from firmograph.core.observations import Observation
from firmograph.core.outcomes import Reason, TargetState, target_outcome
from firmograph.core.resolve import resolve
from firmograph.runs import evidence, lookups_repository, repository, target_rows
from firmograph.runs.batch import Target
from firmograph.runs.companies_told import Told, tell_companies
from firmograph.runs.evidence import Shown
from firmograph.runs.plan import AnyProvider, RunPlan


@dataclass(frozen=True, slots=True)
class Matched:
    """The provider knows this company: enrich it next."""

    target: Target
    provider_id: str
    credits: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Again:
    """Ask this one again, not before that moment."""

    target: Target
    not_before: datetime | None
    attempts: int
    lost_answers: int
    refusals: int
    batch_cap: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StepEnded:
    """This step is over for the target: with an answer (`lookup`, `answer`), or with only a reason."""

    target: Target
    reason: Reason | None
    lookup: Mapping[Any, Any] | None = None
    answer: evidence.Answer | None = None
    credits: float = 0.0
    note: str | None = None


Settled = Matched | Again | StepEnded


@dataclass(frozen=True, slots=True)
class Lot:
    """What became of targets at one step, after a verb."""

    step: int
    verb: str
    items: Sequence[Settled]


@dataclass(frozen=True, kw_only=True, slots=True)
class Bill:
    """What calls did to the run's credits: spent, perhaps charged, and how much of the promise they give back."""

    spent: float = 0.0
    uncertain: float = 0.0
    released: float = 0.0

    def __add__(self, other: Bill) -> Bill:
        return Bill(
            spent=round(self.spent + other.spent, 4),
            uncertain=round(self.uncertain + other.uncertain, 4),
            released=round(self.released + other.released, 4),
        )


NOTHING_BILLED = Bill()


@dataclass(slots=True)
class _Writes:
    matched: list[target_rows.MatchedRow] = field(default_factory=list)
    again: list[tuple[Any, ...]] = field(default_factory=list)
    moved: list[tuple[Any, ...]] = field(default_factory=list)
    valued: list[tuple[Any, ...]] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, kw_only=True, slots=True)
class GoingOn:
    """Matched targets that stay leased, because their enrich follows at once: if the run still allows it."""

    keys: frozenset[str]
    reserved: float


def settle(
    connection: Connection,
    plan: RunPlan,
    lots: Sequence[Lot],
    *,
    providers: Mapping[str, AnyProvider],
    now: datetime,
    bill: Bill = NOTHING_BILLED,
    spoken_of: Collection[str] | None = None,
    going_on: GoingOn | None = None,
) -> bool:
    """Write what became of targets, and take the counters with it. Returns whether those that go on may.

    Companies come before the run, and the run's row before its targets: in one order, so that nobody waits for another
    who waits for him; and a version that is seen has all its rows.
    """
    writes = decide(connection, plan, lots, providers=providers)
    tell_companies(connection, writes.told, plan, providers=providers, spoken_of=spoken_of, now=now)
    may_go_on = going_on is not None and repository.reserve(
        connection, plan.run.id, going_on.reserved, only_running=True
    )
    version = repository.add(
        connection,
        plan.run.id,
        credits_spent=bill.spent,
        credits_reserved=-bill.released,
        credits_uncertain=bill.uncertain,
        **writes.outcomes,
    )
    kept = going_on if may_go_on else None
    target_rows.write_matched(
        connection,
        plan.run.id,
        writes.matched,
        version=version,
        kept=kept.keys if kept else frozenset(),
    )
    target_rows.write_again(connection, plan.run.id, writes.again, version=version)
    target_rows.write_ended(connection, plan.run.id, writes.moved, version=version)
    target_rows.write_ended(connection, plan.run.id, writes.valued, version=version)
    return may_go_on


def decide(
    connection: Connection, plan: RunPlan, lots: Sequence[Lot], *, providers: Mapping[str, AnyProvider]
) -> _Writes:
    """What is to be written of these targets."""
    ended = [item for lot in lots for item in lot.items if isinstance(item, StepEnded)]
    earlier = _earlier_observations(connection, ended, providers)
    writes = _Writes()
    steps = _Steps(plan)
    for lot in lots:
        family = steps.family(lot.step)
        for item in lot.items:
            if isinstance(item, Matched):
                spent = item.target.credits + item.credits
                writes.matched.append((item.target.key, family, item.provider_id, spent, bool(item.credits)))
            elif isinstance(item, Again):
                writes.again.append(
                    (
                        item.target.key,
                        lot.verb,
                        item.target.provider_id,
                        item.not_before,
                        item.attempts,
                        item.lost_answers,
                        item.refusals,
                        item.batch_cap,
                    )
                )
            else:
                _end_step(steps, lot.step, item, earlier.get(item.target.key, []), writes)
    return writes


class _Steps:
    """The plan, asked often: which step follows what is filled and done."""

    def __init__(self, plan: RunPlan) -> None:
        self.plan = plan
        self._following: dict[tuple[frozenset[Field], int], int | None] = {}

    def family(self, step: int) -> str:
        return self.plan.providers[step].spec.family

    def following(self, filled: frozenset[Field], done: int) -> int | None:
        asked = (filled, done)
        if asked not in self._following:
            self._following[asked] = self.plan.next_step(filled=filled, done=done)
        return self._following[asked]


def _end_step(steps: _Steps, step: int, item: StepEnded, earlier: list[Observation], writes: _Writes) -> None:
    target, plan = item.target, steps.plan
    history = [*target.history, _history_entry(plan, step, item)]
    shown = _shown_by(plan, item, earlier)
    done = target.steps_done | 1 << step
    following = steps.following(frozenset(shown.values), done)
    outcome: str | None = None
    reason: str | None = None
    if following is None:
        reasons = [Reason(entry["reason"]) for entry in history if entry["reason"]]
        has_value = not plan.wanted.isdisjoint(shown.values)
        ended_as, because = target_outcome(has_value=has_value, step_reasons=reasons)
        outcome, reason = ended_as.value, because.value if because else None
        writes.outcomes[outcome] += 1
    row = (
        target.key,
        done,
        orjson.dumps(history).decode(),
        target.credits + item.credits,
        TargetState.DONE.value if following is None else TargetState.OPEN.value,
        step if following is None else following,
        outcome,
        reason,
    )
    if item.answer is None or item.lookup is None:
        writes.moved.append(row)
        return
    domain = target.company.domain or _returned_domain(plan, history)
    writes.valued.append((*row, *_shown_row(shown, history, domain)))
    if shown.values and domain is not None:
        writes.told.append(Told(domain, item.lookup, item.answer, shown))


def _shown_by(plan: RunPlan, item: StepEnded, earlier: list[Observation]) -> Shown:
    """What is shown of a target after its step, among what this answer says and what was said before."""
    if not earlier:
        if item.answer is None or item.lookup is None:
            return evidence.NOTHING_SHOWN
        alone = evidence.shown_alone(item.lookup, item.answer, accept_low=plan.run.accept_low)
        if alone is not None:
            return alone
    observations = list(earlier)
    if item.answer is not None and item.lookup is not None:
        observations += evidence.observations_of(item.lookup, item.answer.readings, item.answer.judgement.confidence)
    resolved = resolve(observations, priority=plan.priority, accept_low=plan.run.accept_low)
    return evidence.shown_of(resolved, plan.priority, wanted=plan.wanted)


def _history_entry(plan: RunPlan, step: int, item: StepEnded) -> dict[str, Any]:
    answer = item.answer
    return {
        "step": step,
        "provider": plan.run.waterfall[step],
        "reason": item.reason.value if item.reason else None,
        "note": item.note,
        "confidence": answer.judgement.confidence.value if answer else None,
        "reasons": list(answer.judgement.reasons) if answer else [],
        "website_domain": answer.website_domain if answer else None,
        "lookup": item.lookup["id"] if item.lookup is not None else None,
    }


def _shown_row(shown: Shown, history: list[dict[str, Any]], domain: str | None) -> tuple[Any, ...]:
    """The columns that hold what is shown of a target after an answer."""
    confidence = shown.confidence
    if confidence is None and any(entry["confidence"] for entry in history):
        confidence = Confidence.LOW  # seen, shown as low, and kept out of the fields
    trusted = [e for e in history if e["confidence"] and (confidence is None or e["confidence"] == confidence.value)]
    return (
        confidence.value if confidence else None,
        orjson.dumps(trusted[0]["reasons"]).decode() if trusted else "[]",
        domain,
        shown.sources,
        shown.provenance,
        shown.conflicts,
        *evidence.field_row(shown.values),
    )


def _returned_domain(plan: RunPlan, history: list[dict[str, Any]]) -> str | None:
    """For a row without a web domain: the one on the website of the first answer that is believed."""
    for entry in history:
        if entry["website_domain"] and (plan.run.accept_low or entry["confidence"] != Confidence.LOW.value):
            return str(entry["website_domain"])
    return None


def _earlier_observations(
    connection: Connection, ended: Sequence[StepEnded], providers: Mapping[str, AnyProvider]
) -> dict[str, list[Observation]]:
    """What earlier steps brought, for the targets whose step ended, read again from the stored payloads; and what a
    person set."""
    wanted = {
        entry["lookup"]: item.target.key
        for item in ended
        for entry in item.target.history
        if entry["lookup"] and entry["confidence"]
    }
    keys = [item.target.key for item in ended if item.answer is not None]
    overridden: Mapping[str, RowMapping] = evidence.find_overridden(connection, keys) if keys else {}
    found = {key: evidence.override_observations(row["overrides"]) for key, row in overridden.items()}
    if wanted:
        for lookup_id, lookup in lookups_repository.find_by_ids(connection, wanted).items():
            found.setdefault(wanted[lookup_id], []).extend(evidence.stored_observations(lookup, providers))
    return found
