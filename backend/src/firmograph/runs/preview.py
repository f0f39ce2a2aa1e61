"""The dry run: what a list holds, what is known already, and what asking the rest would take. Spends nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from math import ceil
from typing import Any, BinaryIO

from firmograph.core.company import CompanyKey
from firmograph.core.fields import Field
from firmograph.db.engine import Database
from firmograph.intake.detect import Detection
from firmograph.intake.read import read_records
from firmograph.intake.verdict import ReadRecord
from firmograph.providers.base import MATCH, LookupOutcome, Provider, ProviderOff
from firmograph.runs import lookups_repository
from firmograph.runs.batch import Lane
from firmograph.runs.plan import Freshness, RunPlan
from firmograph.runs.preview_rows import FirstRows, warnings_of

_AT_ONCE = 2000


@dataclass(slots=True)
class _Step:
    """What is known of one step's questions."""

    lane_match: Lane
    lane_enrich: Lane
    fresh_hits: int = 0
    fresh_misses: int = 0
    to_match: int = 0
    to_enrich: int = 0  # matched already, but not enriched


@dataclass(slots=True)
class _Tally:
    counts: Counter[str] = field(default_factory=Counter)
    rejections: Counter[str] = field(default_factory=Counter)
    seen: set[int] = field(default_factory=set)


def preview(
    database: Database,
    open_source: Callable[[], BinaryIO],
    detection: Detection,
    plan: RunPlan,
    *,
    now: datetime,
) -> dict[str, Any]:
    """Read the whole list without storing it, look up what is fresh, and price the rest."""
    tally, rows = _Tally(), FirstRows(detection.columns)
    steps = [
        _step(place, provider) for place, provider in enumerate(plan.providers) if not isinstance(provider, ProviderOff)
    ]
    freshness = plan.freshness(now)
    read = read_records(open_source, detection, allow_name_only=plan.run.allow_name_only)
    companies = _distinct(read, tally, rows)
    while chunk := list(islice(companies, _AT_ONCE)):
        with database.read() as connection:
            fresh = set().union(*(_look(connection, step, chunk, freshness) for step in steps))
        rows.mark_fresh(fresh)
        tally.counts.update(targets=len(chunk), fresh=len(fresh))
    rejected = sum(tally.rejections.values())
    counts = {
        "records": tally.counts["records"],
        "accepted": tally.counts["records"] - rejected,
        "rejected": rejected,
        **{name: tally.counts[name] for name in ("duplicates", "targets")},
    }
    worst, budget = sum(_worst(step) for step in steps), plan.run.budget
    providers = [step.lane_match.provider for step in steps]
    return {
        "counts": counts,
        "fresh": tally.counts["fresh"],
        "rejections": dict(tally.rejections.most_common()),
        "fields": [name.value for name in plan.run.fields],
        "steps": [_step_json(place, step, plan, counts["targets"]) for place, step in enumerate(steps)],
        "credits": {"best": 0.0, "worst": worst, "budget": budget},
        "rows": rows.shown,
        "warnings": warnings_of(detection, rows, counts, providers, worst=worst, budget=budget),
    }


def _step(place: int, provider: Provider) -> _Step:
    return _Step(Lane(place, MATCH, provider), Lane(place, provider.spec.family, provider))


def _distinct(read: Iterable[ReadRecord], tally: _Tally, rows: FirstRows) -> Iterator[CompanyKey]:
    for row in read:
        rows.see(row)
        tally.counts["records"] += 1
        if row.company is None:
            tally.rejections[row.rejection.value if row.rejection else ""] += 1
            continue
        digest = hash(row.company.key)  # 8 bytes a company keep a million in memory
        if digest in tally.seen:
            tally.counts["duplicates"] += 1
            continue
        tally.seen.add(digest)
        yield row.company


def _look(connection: Any, step: _Step, chunk: list[CompanyKey], freshness: Freshness) -> set[str]:
    """Count what is answered already for these companies, and what would be asked; the keys of the stored hits."""
    if step.lane_match.is_local:
        step.to_match += len(chunk)
        return set()
    questions = {company.fingerprint(): company.key for company in chunk}
    matches = lookups_repository.find_fresh(connection, step.lane_match, questions, freshness)
    ids = {key: row["provider_id"] for key, row in matches.items() if row["outcome"] == LookupOutcome.FOUND.value}
    known = lookups_repository.find_fresh(connection, step.lane_enrich, set(ids.values()), freshness)
    hits = {key for key, i in ids.items() if i in known and known[i]["outcome"] == LookupOutcome.FOUND.value}
    step.to_match += len(questions) - len(matches)
    step.to_enrich += len({i for i in ids.values() if i not in known})
    step.fresh_hits += len(hits)
    step.fresh_misses += len(matches) - len(ids) + sum(i in known for i in ids.values()) - len(hits)
    return {questions[key] for key in hits}


def _worst(step: _Step) -> float:
    """Every unanswered question asked and billed."""
    return step.to_match * (step.lane_match.price + step.lane_enrich.price) + step.to_enrich * step.lane_enrich.price


def _step_json(place: int, step: _Step, plan: RunPlan, companies: int) -> dict[str, Any]:
    spec = step.lane_match.provider.spec
    wanted: list[str] = [name.value for name in Field if name in plan.wanted and name in spec.fields]
    most_enriched = step.to_match + step.to_enrich
    return {
        "step": place + 1,
        "provider": spec.name,
        "is_sandbox": step.lane_match.provider.is_sandbox,
        "host": step.lane_match.provider.host,
        "fields": wanted,
        "companies": companies,
        "fresh": {"hits": step.fresh_hits, "misses": step.fresh_misses},
        "questions": {"match": step.to_match, "enrich_at_most": most_enriched},
        "calls_at_most": 0 if step.lane_match.is_local else _calls(step, most_enriched),
        "price": {"match": spec.match_price, "enrich": spec.enrich_price},
        "credits": {"best": 0.0, "worst": _worst(step)},
        "minutes_at_most": _minutes(step, most_enriched),
    }


def _calls(step: _Step, most_enriched: int) -> int:
    return ceil(step.to_match / step.lane_match.batch) + ceil(most_enriched / step.lane_enrich.batch)


def _minutes(step: _Step, most_enriched: int) -> float | None:
    """How long the questions take at the provider's limit; `None` where nothing limits us."""
    limit = step.lane_match.provider.limit
    if limit is None:
        return None
    asked = _calls(step, most_enriched) if limit.unit == "requests" else step.to_match + most_enriched
    return round(asked / limit.per_minute, 1)
