"""Companies: the whole story of one, values a person sets, and asking again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping

from firmograph.clock import Clock, moment_text
from firmograph.companies import repository
from firmograph.companies.overrides import changed_overrides
from firmograph.companies.search import CompanyQuery
from firmograph.core.observations import source_label
from firmograph.core.web_domain import registrable_domain
from firmograph.db.engine import Database
from firmograph.db.models import companies
from firmograph.db.upsert import upsert
from firmograph.errors import NotFound, UserError
from firmograph.providers.base import ProviderOff
from firmograph.runs import evidence
from firmograph.runs.plan import AnyProvider
from firmograph.runs.records_repository import field_values
from firmograph.runs.run import Run
from firmograph.runs.schemas import RunIn
from firmograph.runs.submission import Submission, start_submitted

_NO_DOMAIN = "{key} has no web domain to ask about. Put the row into a list and start a run with that."
_NO_PROVIDER = "No provider can be asked. The page of providers says why each is off."
_LOOKUP_PARTS = (
    "id",
    "provider",
    "host",
    "verb",
    "outcome",
    "provider_id",
    "confidence",
    "reasons",
    "note",
    "credits",
    "duration_ms",
    "is_sandbox",
    "run_id",
    "fetched_at",
    "payload",
)
_RUN_PARTS = ("id", "name", "state", "created_at", "position", "outcome", "reason", "match_reasons", "credits")


def company_page(connection: Connection, query: CompanyQuery) -> dict[str, Any]:
    """A page of companies as everybody outside sees them, the next one's cursor, and how many pass."""
    found, following, passing = repository.list_companies(connection, query)
    return {
        "items": [_summary(row) for row in found],
        "next_cursor": following,
        "count": {"value": passing.count, "is_exact": passing.is_exact},
    }


def company_story(
    database: Database, domain: str, providers: Mapping[str, AnyProvider], *, with_payloads: bool = True
) -> dict[str, Any]:
    """All that is known of a company, as JSON values: what is shown and why, every observation, every lookup.

    `domain` may be any address of the company's site. Without payloads those are `None`; `lookup_story` has each.
    Raises `NotFound` when nothing is known.
    """
    with database.read() as connection:
        key = find_key(connection, domain)
        row = repository.find_company(connection, key)
        lookups = repository.list_lookups(connection, key)
        runs = repository.list_runs_with(connection, key)
    return {
        **_known(key, row),
        "observations": [entry for lookup in lookups for entry in _observations(lookup, providers)],
        "lookups": [_lookup(lookup) | ({} if with_payloads else {"payload": None}) for lookup in lookups],
        "runs": [_in_run(run) for run in runs],
        "refresh": refresh_price(key, providers),
    }


def lookup_story(database: Database, lookup_id: str) -> dict[str, Any]:
    """One answer as it came, with its raw payload. Raises `NotFound`."""
    with database.read() as connection:
        row = repository.get_lookup(connection, lookup_id)
    return {**_lookup(row), "domain": row["domain"]}


def refresh_price(key: str, providers: Mapping[str, AnyProvider]) -> dict[str, Any]:
    """What asking again may cost, in credits: every provider that is on, a match and an answer each."""
    steps = [
        {
            "provider": name,
            "is_sandbox": provider.is_sandbox,
            "credits_at_most": provider.spec.match_price + provider.spec.enrich_price,
        }
        for name, provider in providers.items()
        if not isinstance(provider, ProviderOff)
    ]
    is_possible = registrable_domain(key) == key and bool(steps)
    return {
        "is_possible": is_possible,
        "why_not": None if is_possible else (_NO_DOMAIN.format(key=key) if steps else _NO_PROVIDER),
        "credits_at_most": sum(step["credits_at_most"] for step in steps),
        "steps": steps,
    }


def find_key(connection: Connection, domain: str) -> str:
    """The key under which something is known of this company. Raises `NotFound`."""
    asked = domain.strip().lower()
    for key in dict.fromkeys((asked, registrable_domain(asked))):
        if key and (repository.find_company(connection, key) or repository.has_lookups(connection, key)):
            return key
    raise NotFound(f"Nothing is known of {asked or 'that company'}: no run has asked about it yet.")


def set_overrides(
    connection: Connection,
    domain: str,
    changes: Mapping[str, Any],
    *,
    providers: Mapping[str, AnyProvider],
    now: datetime,
) -> None:
    """Set (a value) or take away (`None`) a person's values of a company's fields, and resolve it anew at once.

    Raises `NotFound` when nothing is known of the company, `InvalidOverride` for a value that a field can't have.
    """
    key = find_key(connection, domain)
    row = repository.find_company(connection, key, to_change=True)
    overrides = changed_overrides({} if row is None else row["overrides"], changes, now=now)
    created_at = now if row is None else row["created_at"]
    bare = evidence.company_row(key, {}, (), overrides, created_at=created_at, now=now)
    upsert(connection, companies, [bare], key=["domain"])
    # The newest run's rules are those the company was last resolved by: only what the person set is to change.
    rules = next(iter(repository.list_runs_with(connection, key)), None)
    evidence.update_companies(
        connection,
        [key],
        providers=providers,
        priority=tuple(providers) if rules is None else tuple(rules["waterfall"]),
        accept_low=rules is not None and rules["accept_low"],
        now=now,
    )


def refresh(
    database: Database, domain: str, *, providers: Mapping[str, AnyProvider], clock: Clock, most_bytes: int
) -> Run:
    """A new run that asks every provider about this one company again. Raises `NotFound`, `UserError`."""
    with database.read() as connection:
        key = find_key(connection, domain)
    if registrable_domain(key) != key:
        raise UserError(_NO_DOMAIN.format(key=key))
    submission = Submission(RunIn(domains=[key], max_age_days=0, name=f"{key}, asked again"))
    return start_submitted(database, submission, providers=providers, clock=clock, most_bytes=most_bytes)


def _summary(row: RowMapping) -> dict[str, Any]:
    return {
        "domain": row["domain"],
        "match": row["match_confidence"],
        "is_sandbox": row["is_sandbox"],
        "sources": row["sources"],
        "created_at": moment_text(row["created_at"]),
        "updated_at": moment_text(row["updated_at"]),
        "values": {field.value: value for field, value in field_values(row).items()},
    }


def _known(key: str, row: RowMapping | None) -> dict[str, Any]:
    if row is not None:
        return {**_summary(row), "fields": row["evidence"], "overrides": row["overrides"]}
    nothing = dict.fromkeys(("match", "sources", "created_at", "updated_at"))
    return {"domain": key, **nothing, "is_sandbox": False, "values": {}, "fields": {}, "overrides": {}}


def _observations(lookup: RowMapping, providers: Mapping[str, AnyProvider]) -> list[dict[str, Any]]:
    return [
        {
            "field": observation.field.value,
            **evidence.observation_json(observation),
            "is_sandbox": observation.is_sandbox,
        }
        for observation in evidence.stored_observations(lookup, providers)
    ]


def _lookup(lookup: RowMapping) -> dict[str, Any]:
    source = source_label(lookup["provider"], is_sandbox=lookup["is_sandbox"])
    return {
        **{name: lookup[name] for name in _LOOKUP_PARTS},
        "source": source,
        "reasons": lookup["reasons"] or [],
        "fetched_at": moment_text(lookup["fetched_at"]),
    }


def _in_run(row: RowMapping) -> dict[str, Any]:
    return {
        **{name: row[name] for name in _RUN_PARTS},
        "match": row["match_confidence"],
        "match_reasons": row["match_reasons"] or [],
        "outcome": row["outcome"] or "pending",
        "created_at": moment_text(row["created_at"]),
    }
