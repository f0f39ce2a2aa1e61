"""Open company facts: the listed companies that the package `pytickersymbols` carries, answered without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from importlib.util import find_spec

from firmograph.core.company import CompanyKey
from firmograph.providers.base import (
    BatchAnswer,
    CreditBalance,
    ItemAnswer,
    LookupOutcome,
    MatchedCompany,
    ProviderOff,
    ProviderSpec,
    RateLimit,
)
from firmograph.providers.open_facts.companies import Companies, listed_companies
from firmograph.providers.open_facts.mapper import FIELDS, read

SPEC = ProviderSpec(
    name="open_facts",
    title="Open company facts",
    family="facts",
    fields=FIELDS,
    read=read,
    match_batch=500,
    enrich_batch=500,
    attribution=(
        "Facts about listed companies by Wikipedia contributors, CC BY-SA 4.0, "
        "as collected by pytickersymbols (code: MIT)."
    ),
)
_NOT_FOUND = ItemAnswer(outcome=LookupOutcome.NOT_FOUND)


def build() -> OpenFactsProvider | ProviderOff:
    """The provider, or why it is off. Loads nothing: the facts are read at the first question."""
    if find_spec("pytickersymbols") is None:
        return ProviderOff(
            spec=SPEC,
            reason="the package pytickersymbols, which carries the facts, is not installed",
            fix="install it into the environment that runs firmograph: pip install pytickersymbols",
        )
    return OpenFactsProvider()


class OpenFactsProvider:
    """Some 1,800 listed companies, in memory: free, without limit, the same answer each time."""

    host = "local"
    is_sandbox = False
    limit: RateLimit | None = None

    def __init__(self) -> None:
        self.spec = SPEC

    async def match(self, companies: Sequence[CompanyKey]) -> BatchAnswer:
        """By web domain; by name only where a name is all that is known, and only a name that one company has."""
        known = await _known()
        return BatchAnswer(items={company.key: _matched(known, company) for company in companies})

    async def enrich(self, matches: Sequence[MatchedCompany]) -> BatchAnswer:
        """The payload is `{"record": the package's record, "site": the host that the id is about, or null}`."""
        known = await _known()
        return BatchAnswer(items={match.company.key: _enriched(known, match) for match in matches})

    async def check(self) -> CreditBalance | None:
        """There is no key and no balance."""
        await _known()
        return None

    async def aclose(self) -> None:
        """Nothing is held open."""


async def _known() -> Companies:
    """The companies; read in a thread, so that the first question does not stop everybody else's."""
    return await asyncio.to_thread(listed_companies)


def _matched(known: Companies, company: CompanyKey) -> ItemAnswer:
    if company.domain is not None:
        found = known.at_domain(company.domain, name=company.name)
    elif company.is_name_only and company.name is not None:
        found = known.named(company.name)
    else:
        return _NOT_FOUND
    if found.provider_id is None:
        return ItemAnswer(outcome=LookupOutcome.NOT_FOUND, note=found.note)
    return ItemAnswer(outcome=LookupOutcome.FOUND, provider_id=found.provider_id, note=found.note)


def _enriched(known: Companies, match: MatchedCompany) -> ItemAnswer:
    found = known.with_id(match.provider_id)
    if found is None:
        return ItemAnswer(outcome=LookupOutcome.NO_DATA, note=f"no company {match.provider_id} in this version's facts")
    company, site = found
    return ItemAnswer(
        outcome=LookupOutcome.FOUND,
        provider_id=match.provider_id,
        payload={"record": company.record, "site": site},
    )
