"""Evidence: stored payloads read as observations, the choice among them, and the companies they speak of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from firmograph.clock import moment_text
from firmograph.core.company import CompanyKey
from firmograph.core.fields import BAND_FIELDS, Field, FieldValue, band_ordinal
from firmograph.core.judge import judge
from firmograph.core.match import CONFIDENCE_RANK, Confidence, Judgement
from firmograph.core.observations import Observation, Reading
from firmograph.core.resolve import OVERRIDE, Resolved, resolve
from firmograph.core.web_domain import registrable_domain
from firmograph.db.models import companies
from firmograph.db.upsert import upsert
from firmograph.providers.base import Provider
from firmograph.runs import lookups_repository
from firmograph.runs.plan import AnyProvider

_NO_VALUES: dict[str, None] = dict.fromkeys(field.value for field in Field)


@dataclass(frozen=True, slots=True)
class Answer:
    """A payload as we understand it: its readings, our judgement, and the web domain it says is the company's."""

    readings: tuple[Reading, ...]
    judgement: Judgement
    website_domain: str | None


def read_answer(provider: Provider, company: CompanyKey, payload: Any) -> Answer:
    """Pure: what a payload says of the company that was asked for, and how far that is to be believed."""
    readings = provider.spec.read(payload)
    said = {reading.field: reading.value for reading in readings if reading.value is not None}
    website = said.get(Field.WEBSITE)
    domain = registrable_domain(str(website)) if website else None
    name = said.get(Field.NAME)
    judgement = judge(company, website_domain=domain, returned_name=str(name) if name else None)
    return Answer(readings, judgement, domain)


def observations_of(
    lookup: Mapping[Any, Any], readings: Iterable[Reading], confidence: Confidence
) -> list[Observation]:
    """A lookup's readings with their provenance."""
    return [
        Observation(
            field=reading.field,
            value=reading.value,
            raw=reading.raw,
            provider=lookup["provider"],
            is_sandbox=lookup["is_sandbox"],
            confidence=confidence,
            observed_at=lookup["fetched_at"],
            lookup_id=lookup["id"],
        )
        for reading in readings
    ]


def stored_observations(lookup: RowMapping, providers: Mapping[str, AnyProvider]) -> list[Observation]:
    """A stored payload read again. Empty when its provider is not known to this process any more."""
    provider = providers.get(lookup["provider"])
    if provider is None or lookup["confidence"] is None:
        return []
    return observations_of(lookup, provider.spec.read(lookup["payload"]), Confidence(lookup["confidence"]))


def override_observations(overrides: Mapping[str, Any], lookup_id: str = OVERRIDE) -> list[Observation]:
    """What a person set, as observations that win over everything."""
    return [
        Observation(
            field=Field(name),
            value=entry["value"],
            raw=str(entry["value"]),
            provider=OVERRIDE,
            is_sandbox=False,
            confidence=Confidence.HIGH,
            observed_at=datetime.fromisoformat(entry["set_at"]),
            lookup_id=lookup_id,
        )
        for name, entry in overrides.items()
    ]


def column_values(values: Mapping[Field, FieldValue]) -> dict[str, Any]:
    """Values as their columns hold them, every field named: bands as ordinals, absent as `None`."""
    columns: dict[str, Any] = dict(_NO_VALUES)
    for field, value in values.items():
        columns[field.value] = band_ordinal(field, str(value)) if field in BAND_FIELDS else value
    return columns


def sources_of(resolved: Mapping[Field, Resolved], priority: Sequence[str]) -> str | None:
    """The providers whose values are shown, in the plan's order: `open_facts explorium(sandbox)`."""
    labels = {choice.winner.source: choice.winner.provider for choice in resolved.values()}
    order = {name: place for place, name in enumerate(priority)}
    ordered = sorted(labels, key=lambda label: (order.get(labels[label], len(order)), label))
    return " ".join(ordered) or None


def best_confidence(resolved: Mapping[Field, Resolved]) -> Confidence | None:
    """The highest confidence among the providers whose values are shown; a person's override is no match."""
    found = [c.winner.confidence for c in resolved.values() if c.winner.provider != OVERRIDE]
    return max(found, key=CONFIDENCE_RANK.__getitem__, default=None)


def update_companies(
    connection: Connection,
    domains: Sequence[str],
    *,
    providers: Mapping[str, AnyProvider],
    priority: Sequence[str],
    accept_low: bool,
    now: datetime,
    just_read: Mapping[str, list[Observation]] | None = None,
) -> None:
    """Resolve these companies anew from the newest payload of each provider, and store the result.

    `just_read` holds, by lookup, observations that need not be read from their payloads again.
    """
    if not domains:
        return
    by_domain: dict[str, list[Observation]] = defaultdict(list)
    for lookup in lookups_repository.latest_found(connection, domains):
        known_ones = (just_read or {}).get(lookup["id"])
        by_domain[lookup["domain"]] += stored_observations(lookup, providers) if known_ones is None else known_ones
    known = find_known(connection, domains)
    rows = []
    for domain in sorted(set(domains)):  # in one order, so that two runs never wait for each other
        overrides = known[domain]["overrides"] if domain in known else {}
        observations = by_domain[domain] + override_observations(overrides)
        resolved = resolve(observations, priority=priority, accept_low=accept_low)
        if resolved or domain in known:
            created_at = known[domain]["created_at"] if domain in known else now
            rows.append(company_row(domain, resolved, priority, overrides, created_at=created_at, now=now))
    upsert(connection, companies, rows, key=["domain"])


def find_known(connection: Connection, domains: Iterable[str]) -> dict[str, RowMapping]:
    """What must survive of these companies' rows: their overrides, and when they were first seen."""
    query = select(companies.c.domain, companies.c.overrides, companies.c.created_at)
    found = connection.execute(query.where(companies.c.domain.in_(list(domains))))
    return {row["domain"]: row for row in found.mappings()}


def company_row(
    domain: str,
    resolved: Mapping[Field, Resolved],
    priority: Sequence[str],
    overrides: Mapping[str, Any],
    *,
    created_at: datetime,
    now: datetime,
) -> dict[str, Any]:
    """A company as its table holds it."""
    confidence = best_confidence(resolved)
    return {
        "domain": domain,
        "match_confidence": confidence.value if confidence else None,
        "is_sandbox": any(choice.winner.is_sandbox for choice in resolved.values()),
        "sources": sources_of(resolved, priority),
        "evidence": {field.value: evidence_json(choice) for field, choice in resolved.items()},
        "overrides": dict(overrides),
        "created_at": created_at,
        "updated_at": now,
        **column_values({field: choice.value for field, choice in resolved.items()}),
    }


def evidence_json(choice: Resolved) -> dict[str, Any]:
    """One field's evidence: the winner's provenance, the losers with theirs, and whether they contradict."""
    return {
        **observation_json(choice.winner),
        "is_conflict": choice.is_conflict,
        "losers": [observation_json(loser) for loser in choice.losers],
    }


def observation_json(observation: Observation) -> dict[str, Any]:
    return {
        "value": observation.value,
        "raw": observation.raw,
        "provider": observation.provider,
        "source": observation.source,
        "confidence": observation.confidence.value,
        "observed_at": observed_text(observation.observed_at),
        "lookup_id": observation.lookup_id,
    }


@lru_cache(maxsize=1024)  # the values of one answer were observed at one moment
def observed_text(moment: datetime) -> str:
    """When something was observed, as text."""
    return moment_text(moment)
