"""Settling: what an answer means for its targets. One transaction writes targets, companies and the run's counters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Update, bindparam, update

from firmograph.core.fields import Field
from firmograph.core.match import Confidence
from firmograph.core.observations import Observation
from firmograph.core.outcomes import Reason, TargetState, target_outcome
from firmograph.core.resolve import Resolved, resolve
from firmograph.db.models import targets
from firmograph.providers.base import MATCH
from firmograph.runs import evidence, lookups_repository, repository
from firmograph.runs.batch import NO_LEASE, Target
from firmograph.runs.plan import AnyProvider, RunPlan

_FRESH_TRY = {
    "attempts": 0,
    "lost_answers": 0,
    "refusals": 0,
    "batch_cap": None,
    "not_before": None,
    "is_checked": False,
}


@dataclass(frozen=True, kw_only=True, slots=True)
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
    lookup: Mapping[str, Any] | None = None
    answer: evidence.Answer | None = None
    credits: float = 0.0
    note: str | None = None


Settled = Matched | Again | StepEnded


@dataclass(frozen=True, kw_only=True, slots=True)
class Bill:
    """What a call did to the run's credits: spent, perhaps charged, and how much of the promise it gives back."""

    spent: float = 0.0
    uncertain: float = 0.0
    released: float = 0.0


NOTHING_BILLED = Bill()


@dataclass(slots=True)
class _Writes:
    matched: list[dict[str, Any]] = field(default_factory=list)
    again: list[dict[str, Any]] = field(default_factory=list)
    moved: list[dict[str, Any]] = field(default_factory=list)
    valued: list[dict[str, Any]] = field(default_factory=list)
    companies: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    just_read: dict[str, list[Observation]] = field(default_factory=dict)


def settle(
    connection: Connection,
    plan: RunPlan,
    step: int,
    settled: Sequence[Settled],
    *,
    providers: Mapping[str, AnyProvider],
    now: datetime,
    bill: Bill = NOTHING_BILLED,
) -> None:
    """Write what became of these targets at `step`, and take the counters with it."""
    earlier = _earlier_observations(connection, settled, providers)
    writes = _Writes()
    for item in settled:
        if isinstance(item, Matched):
            writes.matched.append(_matched_row(plan, step, item))
        elif isinstance(item, Again):
            writes.again.append(_again_row(item))
        else:
            _end_step(plan, step, item, earlier.get(item.target.key, []), writes)
    version = repository.add(
        connection,
        plan.run.id,
        credits_spent=bill.spent,
        credits_reserved=-bill.released,
        credits_uncertain=bill.uncertain,
        **writes.outcomes,
    )
    for rows in (writes.matched, writes.again, writes.moved, writes.valued):
        _update(connection, plan.run.id, rows, version)
    evidence.update_companies(
        connection,
        writes.companies,
        providers=providers,
        priority=plan.priority,
        accept_low=plan.run.accept_low,
        now=now,
        just_read=writes.just_read,
    )


def _matched_row(plan: RunPlan, step: int, item: Matched) -> dict[str, Any]:
    return {
        "key": item.target.key,
        "state": TargetState.OPEN.value,
        "verb": plan.providers[step].spec.family,
        "provider_id": item.provider_id,
        "credits": item.target.credits + item.credits,
        **NO_LEASE,
        **_FRESH_TRY,
    }


def _again_row(item: Again) -> dict[str, Any]:
    return {
        "key": item.target.key,
        "state": TargetState.OPEN.value,
        "not_before": item.not_before,
        "attempts": item.attempts,
        "lost_answers": item.lost_answers,
        "refusals": item.refusals,
        "batch_cap": item.batch_cap,
        **NO_LEASE,
    }


def _end_step(plan: RunPlan, step: int, item: StepEnded, earlier: list[Observation], writes: _Writes) -> None:
    target = item.target
    history = [*target.history, _history_entry(plan, step, item)]
    observations = list(earlier)
    if item.lookup is not None and item.answer is not None:
        read = evidence.observations_of(item.lookup, item.answer.readings, item.answer.judgement.confidence)
        observations += read
        writes.just_read[item.lookup["id"]] = read
    resolved = resolve(observations, priority=plan.priority, accept_low=plan.run.accept_low)
    wanted = {name: choice for name, choice in resolved.items() if name in plan.wanted}
    done = target.steps_done | 1 << step
    following = plan.next_step(filled=frozenset(resolved), done=done)
    row: dict[str, Any] = {
        "key": target.key,
        "steps_done": done,
        "history": history,
        "provider_id": None,
        "credits": target.credits + item.credits,
        "state": TargetState.DONE.value if following is None else TargetState.OPEN.value,
        "step": step if following is None else following,
        "verb": MATCH,
        "outcome": None,
        "reason": None,
        **NO_LEASE,
        **_FRESH_TRY,
    }
    if following is None:
        reasons = [Reason(entry["reason"]) for entry in history if entry["reason"]]
        outcome, reason = target_outcome(has_value=bool(wanted), step_reasons=reasons)
        row["outcome"], row["reason"] = outcome.value, reason.value if reason else None
        writes.outcomes[outcome.value] += 1
    if item.answer is None:
        writes.moved.append(row)
        return
    row |= _shown(plan, history, resolved, target)
    writes.valued.append(row)
    if resolved and row["company_domain"] is not None:
        writes.companies.append(row["company_domain"])


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


def _shown(
    plan: RunPlan, history: list[dict[str, Any]], resolved: dict[Field, Resolved], target: Target
) -> dict[str, Any]:
    """The columns that hold what is shown of a target after an answer."""
    confidence = evidence.best_confidence(resolved)
    if confidence is None and any(entry["confidence"] for entry in history):
        confidence = Confidence.LOW  # seen, shown as low, and kept out of the fields
    trusted = [e for e in history if e["confidence"] and (confidence is None or e["confidence"] == confidence.value)]
    return {
        "match_confidence": confidence.value if confidence else None,
        "match_reasons": trusted[0]["reasons"] if trusted else [],
        "company_domain": target.company.domain or _returned_domain(plan, history),
        "sources": evidence.sources_of(resolved, plan.priority),
        "provenance": {
            name.value: [choice.winner.source, evidence.observed_text(choice.winner.observed_at)]
            for name, choice in resolved.items()
        },
        "conflicts": sum(choice.is_conflict for name, choice in resolved.items() if name in plan.wanted),
        **evidence.column_values({name: choice.value for name, choice in resolved.items()}),
    }


def _returned_domain(plan: RunPlan, history: list[dict[str, Any]]) -> str | None:
    """For a row without a web domain: the one on the website of the first answer that is believed."""
    for entry in history:
        if entry["website_domain"] and (plan.run.accept_low or entry["confidence"] != Confidence.LOW.value):
            return str(entry["website_domain"])
    return None


def _earlier_observations(
    connection: Connection, settled: Sequence[Settled], providers: Mapping[str, AnyProvider]
) -> dict[str, list[Observation]]:
    """What earlier steps brought, for the targets whose step ended, read again from the stored payloads; and what a
    person set."""
    ended = [item for item in settled if isinstance(item, StepEnded)]
    wanted = {
        entry["lookup"]: item.target.key
        for item in ended
        for entry in item.target.history
        if entry["lookup"] and entry["confidence"]
    }
    keys = [item.target.key for item in ended if item.answer is not None]
    if not wanted and not keys:
        return {}
    found = {
        key: evidence.override_observations(row["overrides"])
        for key, row in evidence.find_known(connection, keys).items()
    }
    for lookup_id, lookup in lookups_repository.find_by_ids(connection, wanted).items():
        found.setdefault(wanted[lookup_id], []).extend(evidence.stored_observations(lookup, providers))
    return found


def _update(connection: Connection, run_id: str, rows: list[dict[str, Any]], version: int) -> None:
    """Update targets by their `key`; the rows are of one shape."""
    if rows:
        shared = {"b_run_id": run_id, "version": version}
        connection.execute(_statement(tuple(rows[0])), [{**row, **shared, "b_key": row["key"]} for row in rows])


@lru_cache(maxsize=8)
def _statement(names: tuple[str, ...]) -> Update:
    columns = [name for name in names if name != "key"]
    return (
        update(targets)
        .where(targets.c.run_id == bindparam("b_run_id"), targets.c.domain == bindparam("b_key"))
        .values({name: bindparam(name) for name in (*columns, "version")})
    )
