"""Companies told of: what answers just said goes into the best that is known of each company."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from firmograph.core.observations import Observation
from firmograph.db.models import companies
from firmograph.db.row_sets import insert_new_rows
from firmograph.runs import evidence
from firmograph.runs.evidence import Answer, Shown
from firmograph.runs.plan import AnyProvider, RunPlan


@dataclass(frozen=True, slots=True)
class Told:
    """An answer that says something of a company, and what it shows of its target."""

    domain: str
    lookup: Mapping[Any, Any]
    answer: Answer
    shown: Shown


def tell_companies(
    connection: Connection,
    told: Sequence[Told],
    plan: RunPlan,
    *,
    providers: Mapping[str, AnyProvider],
    spoken_of: Collection[str] | None,
    now: datetime,
) -> None:
    """Update these companies. The lookups are stored already; `spoken_of` are the domains that others speak of (`None`:
    perhaps all).

    A company of which nothing else is known is inserted as the answer shows it. Any other is resolved anew from every
    stored payload.
    """
    if not told:
        return
    domains = Counter(item.domain for item in told)
    known = evidence.find_known(connection, domains)
    plain = sorted(
        (item for item in told if spoken_of is not None and _is_plain(item) and domains[item.domain] == 1),
        key=lambda item: item.domain,  # in one order, so that two runs never wait for each other
    )
    new = [item for item in plain if item.domain not in known and item.domain not in (spoken_of or ())]
    rows = [evidence.new_company_row(item.domain, item.lookup, item.answer, item.shown, now=now) for item in new]
    inserted = insert_new_rows(connection, companies, evidence.COMPANY_COLUMNS, rows, key="domain")
    evidence.update_companies(
        connection,
        sorted(domains.keys() - inserted),
        providers=providers,
        priority=plan.priority,
        accept_low=plan.run.accept_low,
        now=now,
        just_read=_just_read(told, but_for=inserted),
    )


def _is_plain(item: Told) -> bool:
    """Whether the answer is filed under the company itself, and shown without anybody else's values."""
    return item.shown.is_alone and item.lookup["domain"] == item.domain


def _just_read(told: Sequence[Told], *, but_for: set[str]) -> dict[str, list[Observation]]:
    """By lookup, observations that need not be read from their payloads again."""
    return {
        item.lookup["id"]: evidence.observations_of(item.lookup, item.answer.readings, item.answer.judgement.confidence)
        for item in told
        if item.domain not in but_for
    }
