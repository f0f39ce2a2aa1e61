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
from firmograph.providers.base import MATCH, LookupOutcome, Provider, ProviderOff
from firmograph.runs import lookups_repository
from firmograph.runs.batch import Lane
from firmograph.runs.plan import Freshness, RunPlan

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
    tally = _Tally()
    steps = [
        _step(place, provider) for place, provider in enumerate(plan.providers) if not isinstance(provider, ProviderOff)
    ]
    freshness = plan.freshness(now)
    companies = _distinct(read_records(open_source, detection, allow_name_only=plan.run.allow_name_only), tally)
    while chunk := list(islice(companies, _AT_ONCE)):
        tally.counts["targets"] += len(chunk)
        with database.read() as connection:
            for step in steps:
                _look(connection, step, chunk, freshness)
    counts = tally.counts
    return {
        "counts": {
            "records": counts["records"],
            "accepted": counts["records"] - sum(tally.rejections.values()),
            "rejected": sum(tally.rejections.values()),
            "duplicates": counts["duplicates"],
            "targets": counts["targets"],
        },
        "rejections": dict(tally.rejections.most_common()),
        "fields": [name.value for name in plan.run.fields],
        "steps": [_step_json(place, step, plan, counts["targets"]) for place, step in enumerate(steps)],
        "credits": {
            "best": 0.0,
            "worst": sum(_worst(step) for step in steps),
            "budget": plan.run.budget,
        },
    }


def _step(place: int, provider: Provider) -> _Step:
    return _Step(Lane(place, MATCH, provider), Lane(place, provider.spec.family, provider))


def _distinct(rows: Iterable[Any], tally: _Tally) -> Iterator[CompanyKey]:
    for row in rows:
        tally.counts["records"] += 1
        if row.company is None:
            tally.rejections[row.rejection.value] += 1
            continue
        digest = hash(row.company.key)  # 8 bytes a company keep a million in memory
        if digest in tally.seen:
            tally.counts["duplicates"] += 1
            continue
        tally.seen.add(digest)
        yield row.company


def _look(connection: Any, step: _Step, chunk: list[CompanyKey], freshness: Freshness) -> None:
    """Count what is answered already for these companies, and what would be asked."""
    if step.lane_match.is_local:
        step.to_match += len(chunk)
        return
    questions = {company.fingerprint() for company in chunk}
    matches = lookups_repository.find_fresh(connection, step.lane_match, questions, freshness)
    ids = [row["provider_id"] for row in matches.values() if row["outcome"] == LookupOutcome.FOUND.value]
    known = lookups_repository.find_fresh(connection, step.lane_enrich, set(ids), freshness)
    hits = sum(known[i]["outcome"] == LookupOutcome.FOUND.value for i in ids if i in known)
    step.to_match += len(questions) - len(matches)
    step.to_enrich += len({i for i in ids if i not in known})
    step.fresh_hits += hits
    step.fresh_misses += len(matches) - len(ids) + sum(i in known for i in ids) - hits


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
