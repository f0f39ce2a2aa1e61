"""Evidence: stored payloads read as observations, the choice among them, and the companies they speak of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Connection, RowMapping, select

from firmograph.clock import moment_text
from firmograph.core.company import CompanyKey
from firmograph.core.fields import ALL_FIELDS, BAND_FIELDS, BANDS, LIST_FIELDS, Field, FieldValue, band_ordinal
from firmograph.core.judge import judge
from firmograph.core.match import CONFIDENCE_RANK, Confidence, Judgement
from firmograph.core.observations import Observation, Reading, source_label
from firmograph.core.resolve import OVERRIDE, Resolved, resolve
from firmograph.core.web_domain import registrable_domain
from firmograph.db.models import companies
from firmograph.db.row_sets import among
from firmograph.db.upsert import upsert
from firmograph.providers.base import Provider
from firmograph.runs import lookups_repository
from firmograph.runs.plan import AnyProvider

_NO_VALUES: dict[str, None] = dict.fromkeys(field.value for field in Field)
_BAND_PLACES = [
    (ALL_FIELDS.index(field), {band.name: place for place, band in enumerate(BANDS[field])}) for field in BAND_FIELDS
]
_LIST_PLACES = [ALL_FIELDS.index(field) for field in LIST_FIELDS]
# The columns of `new_company_row`, in its order.
COMPANY_COLUMNS = (
    "domain",
    "match_confidence",
    "is_sandbox",
    "sources",
    "evidence",
    "overrides",
    "created_at",
    "updated_at",
    *_NO_VALUES,
)


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
    domain = _website_domain(str(website), company.domain) if website else None
    name = said.get(Field.NAME)
    judgement = judge(company, website_domain=domain, returned_name=str(name) if name else None)
    return Answer(readings, judgement, domain)


def _website_domain(website: str, asked: str | None) -> str | None:
    """The registrable domain of a website; the one asked for is known to be one."""
    bare = website.removeprefix("https://").removeprefix("http://").removeprefix("www.").removesuffix("/")
    return asked if asked is not None and bare == asked else registrable_domain(website)


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


def field_row(values: Mapping[Field, FieldValue]) -> list[Any]:
    """Values as a row of all fields' columns, in the order of the fields, lists as JSON text."""
    row: list[Any] = [*map(values.get, ALL_FIELDS)]
    for place, ordinals in _BAND_PLACES:
        if row[place] is not None:
            row[place] = ordinals[row[place]]
    for place in _LIST_PLACES:
        if row[place] is not None:
            row[place] = orjson.dumps(row[place]).decode()
    return row


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a company: values, the confidence they are shown with, and their provenance as JSON text.

    `is_alone` says that one answer's values are all there is, so that nothing was chosen and nothing lost.
    """

    values: Mapping[Field, FieldValue]
    confidence: Confidence | None
    sources: str | None
    provenance: str
    conflicts: int
    is_alone: bool = False


NOTHING_SHOWN = Shown({}, None, None, "{}", 0)


def shown_of(resolved: Mapping[Field, Resolved], priority: Sequence[str], *, wanted: Collection[Field]) -> Shown:
    """What is shown after a choice among several answers."""
    provenance = {
        name.value: [choice.winner.source, observed_text(choice.winner.observed_at)]
        for name, choice in resolved.items()
    }
    return Shown(
        values={name: choice.value for name, choice in resolved.items()},
        confidence=best_confidence(resolved),
        sources=sources_of(resolved, priority),
        provenance=orjson.dumps(provenance).decode(),
        conflicts=sum(choice.is_conflict for name, choice in resolved.items() if name in wanted),
    )


def shown_alone(lookup: Mapping[Any, Any], answer: Answer, *, accept_low: bool) -> Shown | None:
    """What is shown where one answer is all there is: what `resolve` would choose, without the choosing.

    `None` where the answer says two things of one field, so that there is something to choose.
    """
    if not accept_low and answer.judgement.confidence is Confidence.LOW:
        return NOTHING_SHOWN
    values = {reading.field: reading.value for reading in answer.readings if reading.value is not None}
    if len(values) != sum(reading.value is not None for reading in answer.readings):
        return None
    if not values:
        return NOTHING_SHOWN
    source = source_label(lookup["provider"], is_sandbox=lookup["is_sandbox"])
    return Shown(
        values=values,
        confidence=answer.judgement.confidence,
        sources=source,
        provenance=_same_provenance(tuple(values), source, observed_text(lookup["fetched_at"])),
        conflicts=0,
        is_alone=True,
    )


@lru_cache(maxsize=1024)  # the answers of one batch fill much the same fields, from one source at one moment
def _same_provenance(fields: tuple[Field, ...], source: str, moment: str) -> str:
    return orjson.dumps({field.value: [source, moment] for field in ALL_FIELDS if field in fields}).decode()


def new_company_row(
    domain: str, lookup: Mapping[Any, Any], answer: Answer, shown: Shown, *, now: datetime
) -> tuple[Any, ...]:
    """A company of which this answer is all that is known, in the order of `COMPANY_COLUMNS`."""
    confidence = shown.confidence.value if shown.confidence else None
    return (
        domain,
        confidence,
        bool(lookup["is_sandbox"]),
        shown.sources,
        _evidence_alone(lookup, answer),
        "{}",
        now,
        now,
        *field_row(shown.values),
    )


def _evidence_alone(lookup: Mapping[Any, Any], answer: Answer) -> str:
    """The evidence of a single answer, as `evidence_json` tells it of each field, in JSON text."""
    said = {
        "provider": lookup["provider"],
        "source": source_label(lookup["provider"], is_sandbox=lookup["is_sandbox"]),
        "confidence": answer.judgement.confidence.value,
        "observed_at": observed_text(lookup["fetched_at"]),
        "lookup_id": lookup["id"],
        "is_conflict": False,
        "losers": [],
    }
    rest = orjson.dumps(said)[1:]
    parts = [
        b'"%b":{"value":%b,"raw":%b,%b' % (_NAMES[r.field], orjson.dumps(r.value), orjson.dumps(r.raw), rest)
        for r in answer.readings
        if r.value is not None
    ]
    return (b"{" + b",".join(parts) + b"}").decode()


_NAMES = {field: field.value.encode() for field in ALL_FIELDS}


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


def find_overridden(connection: Connection, domains: Iterable[str]) -> dict[str, RowMapping]:
    """Those of these companies for which a person set something."""
    query = select(companies.c.domain, companies.c.overrides).where(among(connection, companies.c.domain, domains))
    return {row["domain"]: row for row in connection.execute(query).mappings() if row["overrides"]}


def find_known(connection: Connection, domains: Iterable[str]) -> dict[str, RowMapping]:
    """What must survive of these companies' rows: their overrides, and when they were first seen."""
    query = (
        select(companies.c.domain, companies.c.overrides, companies.c.created_at)
        .where(among(connection, companies.c.domain, domains))
        .order_by(companies.c.domain)
        .with_for_update()  # two who resolve one company do so one after the other
    )
    return {row["domain"]: row for row in connection.execute(query).mappings()}


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
