"""What every provider promises, whatever stands behind it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from provider_cases import CASES, ProviderCase

from firmograph.core.company import CompanyKey
from firmograph.core.fields import BAND_FIELDS, INTEGER_FIELDS, LIST_FIELDS, Field, band_named
from firmograph.core.observations import Reading
from firmograph.providers.base import BatchAnswer, LookupOutcome, MatchedCompany, Provider, RateLimit

T = TypeVar("T")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
pytestmark = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def asking(case: ProviderCase, question: Callable[[Provider], Awaitable[T]]) -> T:
    async def run() -> T:
        async with case.opened() as provider:
            return await question(provider)

    return asyncio.run(run())


async def matched_and_enriched(provider: Provider, *companies: CompanyKey) -> tuple[BatchAnswer, BatchAnswer]:
    match = await provider.match(companies)
    known = [
        MatchedCompany(company=one, provider_id=match.items[one.key].provider_id or "")
        for one in companies
        if match.items[one.key].outcome is LookupOutcome.FOUND
    ]
    return match, await provider.enrich(known)


def readings_of(case: ProviderCase) -> tuple[Reading, ...]:
    _, enriched = asking(case, lambda provider: matched_and_enriched(provider, case.known))
    return case.spec.read(enriched.items[case.known.key].payload)


def test_the_spec_says_what_it_can_and_what_it_takes(case: ProviderCase) -> None:
    spec = case.spec
    assert re.fullmatch(r"[a-z][a-z0-9_]*", spec.name)
    assert re.fullmatch(r"[a-z][a-z0-9_]*", spec.family)
    assert spec.title
    assert spec.fields
    assert spec.fields <= set(Field)
    assert spec.match_batch >= 1
    assert spec.enrich_batch >= 1
    assert spec.match_price >= 0
    assert spec.enrich_price >= 0


def test_it_says_who_answers_and_what_limits_it(case: ProviderCase) -> None:
    async def facts(provider: Provider) -> tuple[str, bool, RateLimit | None, str]:
        return provider.host, provider.is_sandbox, provider.limit, provider.spec.name

    host, is_sandbox, limit, name = asking(case, facts)
    assert host
    assert "//" not in host
    assert is_sandbox is False
    assert limit is None or (limit.per_minute >= 1 and limit.weight(3) in {1, 3} and limit.key_id)
    assert name == case.spec.name


def test_a_known_company_is_found_and_has_a_payload(case: ProviderCase) -> None:
    match, enriched = asking(case, lambda provider: matched_and_enriched(provider, case.known))
    assert match.items[case.known.key].outcome is LookupOutcome.FOUND
    assert match.items[case.known.key].provider_id
    assert enriched.items[case.known.key].outcome is LookupOutcome.FOUND


def test_an_unknown_company_is_not_found_and_no_error(case: ProviderCase) -> None:
    match = asking(case, lambda provider: provider.match([case.unknown]))
    item = match.items[case.unknown.key]
    assert item.outcome is LookupOutcome.NOT_FOUND
    assert item.provider_id is None
    assert not item.is_billable


def test_one_batch_holds_hits_and_misses_each_under_its_key(case: ProviderCase) -> None:
    match = asking(case, lambda provider: provider.match([case.unknown, case.known]))
    outcomes = {key: item.outcome for key, item in match.items.items()}
    assert outcomes == {case.unknown.key: LookupOutcome.NOT_FOUND, case.known.key: LookupOutcome.FOUND}


def test_no_question_is_no_answer(case: ProviderCase) -> None:
    async def nothing(provider: Provider) -> tuple[BatchAnswer, BatchAnswer]:
        return await provider.match([]), await provider.enrich([])

    match, enriched = asking(case, nothing)
    assert dict(match.items) == dict(enriched.items) == {}


def test_an_id_of_two_companies_answers_both_and_bills_once(case: ProviderCase) -> None:
    other = CompanyKey(key="other.com", domain="other.com")

    async def twice(provider: Provider) -> BatchAnswer:
        provider_id = (await provider.match([case.known])).items[case.known.key].provider_id or ""
        return await provider.enrich(
            [MatchedCompany(company=one, provider_id=provider_id) for one in (case.known, other)]
        )

    enriched = asking(case, twice)
    assert enriched.items[case.known.key].payload == enriched.items[other.key].payload
    assert {item.outcome for item in enriched.items.values()} == {LookupOutcome.FOUND}
    assert sum(item.is_billable for item in enriched.items.values()) <= 1


def test_readings_are_only_of_declared_fields(case: ProviderCase) -> None:
    readings = readings_of(case)
    assert {reading.field for reading in readings} <= case.spec.fields
    assert any(reading.value is not None for reading in readings)


def test_each_field_is_read_at_most_once(case: ProviderCase) -> None:
    fields = [reading.field for reading in readings_of(case)]
    assert len(fields) == len(set(fields))


def test_values_have_their_fields_form(case: ProviderCase) -> None:
    for reading in readings_of(case):
        if reading.value is None:
            continue
        if reading.field in LIST_FIELDS:
            assert isinstance(reading.value, list)
        elif reading.field in INTEGER_FIELDS:
            assert isinstance(reading.value, int)
        else:
            assert isinstance(reading.value, str)
            assert reading.value == reading.value.strip() != ""
        if reading.field in BAND_FIELDS:
            assert band_named(reading.field, str(reading.value))
        if reading.field is Field.COUNTRY_CODE:
            assert re.fullmatch("[A-Z]{2}", str(reading.value))
        if reading.field in {Field.WEBSITE, Field.LINKEDIN_URL, Field.LOGO_URL}:
            assert re.match("https?://", str(reading.value))


def test_the_same_payload_gives_the_same_readings_also_after_storage(case: ProviderCase) -> None:
    _, enriched = asking(case, lambda provider: matched_and_enriched(provider, case.known))
    payload = enriched.items[case.known.key].payload
    stored = json.loads(json.dumps(payload, allow_nan=False))
    assert stored == payload
    assert case.spec.read(payload) == case.spec.read(payload) == case.spec.read(stored)


@settings(max_examples=60, deadline=None)
@given(payload=JSON)
def test_reading_never_fails_whatever_was_stored(case: ProviderCase, payload: object) -> None:
    assert all(reading.field in case.spec.fields for reading in case.spec.read(payload))


def test_it_can_be_closed_twice_and_asked_again(case: ProviderCase) -> None:
    async def reopened(provider: Provider) -> BatchAnswer:
        await provider.match([case.known])
        await provider.aclose()
        await provider.aclose()
        return await provider.match([case.known])

    assert asking(case, reopened).items[case.known.key].outcome is LookupOutcome.FOUND
