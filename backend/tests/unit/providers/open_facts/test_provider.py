"""The provider over the package's real facts."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys

import pytest

from firmograph.core.company import CompanyKey
from firmograph.core.company_names import name_words
from firmograph.core.fields import BAND_FIELDS, Field, band_named
from firmograph.providers.base import BatchAnswer, LookupOutcome, MatchedCompany, ProviderOff
from firmograph.providers.open_facts import SPEC, OpenFactsProvider, build
from firmograph.providers.open_facts.companies import listed_companies
from firmograph.providers.open_facts.mapper import read
from firmograph.providers.places import country_code


def ask(*companies: CompanyKey) -> tuple[BatchAnswer, BatchAnswer]:
    async def both() -> tuple[BatchAnswer, BatchAnswer]:
        provider = build()
        assert isinstance(provider, OpenFactsProvider)
        matched = await provider.match(companies)
        ids = [(one, matched.items[one.key].provider_id) for one in companies]
        found = [MatchedCompany(company=one, provider_id=provider_id) for one, provider_id in ids if provider_id]
        enriched = await provider.enrich(found)
        await provider.check()
        await provider.aclose()
        return matched, enriched

    return asyncio.run(both())


def at(domain: str, name: str | None = None) -> CompanyKey:
    return CompanyKey(key=domain, domain=domain, name=name)


def test_a_listed_company_is_answered_whole_and_free() -> None:
    company = at("apple.com", "Apple")
    matched, enriched = ask(company)
    item = enriched.items["apple.com"]
    assert matched.items["apple.com"].outcome is item.outcome is LookupOutcome.FOUND
    assert not item.is_billable
    values = {reading.field: reading.value for reading in read(json.loads(json.dumps(item.payload)))}
    assert values[Field.NAME] == "Apple Inc."
    assert values[Field.WEBSITE] == "https://apple.com"
    assert values[Field.FOUNDED_YEAR] == 1976
    assert values[Field.COUNTRY_CODE] == "US"
    assert values[Field.TICKER] == "NASDAQ:AAPL"


def test_an_unknown_company_is_not_found() -> None:
    company = at("nobody-makes-this.com")
    matched, enriched = ask(company)
    assert matched.items[company.key].outcome is LookupOutcome.NOT_FOUND
    assert not enriched.items


def test_the_second_site_of_a_company_is_the_site_of_the_answer() -> None:
    _, enriched = ask(at("msd.com"), at("merck.com"))
    sites = {key: read(item.payload)[1].value for key, item in enriched.items.items()}
    assert sites == {"msd.com": "https://msd.com", "merck.com": "https://merck.com"}


def test_a_name_alone_is_asked_for_and_a_linkedin_page_is_not() -> None:
    named = CompanyKey(key="name:microsoft", name="Microsoft Corporation")
    page = CompanyKey(
        key="linkedin:microsoft", name="Microsoft", linkedin_url="https://www.linkedin.com/company/microsoft"
    )
    matched, _ = ask(named, page)
    assert matched.items[named.key].provider_id == "Microsoft"
    assert matched.items[page.key].outcome is LookupOutcome.NOT_FOUND


def test_an_id_of_another_version_is_no_data() -> None:
    provider = OpenFactsProvider()
    company = at("gone.com")
    answer = asyncio.run(provider.enrich([MatchedCompany(company=company, provider_id="Gone_Inc.")]))
    assert answer.items[company.key].outcome is LookupOutcome.NO_DATA


def test_every_value_of_every_company_is_of_its_kind() -> None:
    """The package's text changes with its versions: whatever it says, a value is one of ours, and most can be read."""
    companies = listed_companies()
    filled = dict.fromkeys(SPEC.fields, 0)
    said = dict.fromkeys(SPEC.fields, 0)
    ids = list(companies.ids())
    for company_id in ids:
        known = companies.with_id(company_id)
        assert known is not None
        for reading in read({"record": known[0].record, "site": known[1]}):
            said[reading.field] += 1
            filled[reading.field] += reading.value is not None
            if reading.value is None:
                continue
            if reading.field in BAND_FIELDS:
                assert band_named(reading.field, str(reading.value)), reading
            if reading.field is Field.COUNTRY:
                assert country_code(str(reading.value)), reading
            if reading.field is Field.CITY:
                assert not any(char.isdigit() for char in str(reading.value)), reading
            if reading.field is Field.NAME:
                assert name_words(str(reading.value)), reading
    assert len(ids) > 1500
    least = {Field.EMPLOYEE_RANGE: 0.95, Field.FOUNDED_YEAR: 0.85, Field.COUNTRY_CODE: 0.95, Field.TICKER: 0.95}
    least |= {Field.CITY: 0.8, Field.WEBSITE: 0.9, Field.NAME: 0.99, Field.REVENUE_RANGE: 0.5}
    assert {field for field, share in least.items() if filled[field] < share * said[field]} == set()


def test_without_the_package_it_is_off_and_says_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pytickersymbols", None)
    off = build()
    assert isinstance(off, ProviderOff)
    assert off.spec is SPEC
    assert "pytickersymbols" in off.reason
    assert "pip install pytickersymbols" in off.fix


def test_nothing_is_loaded_at_import() -> None:
    code = (
        "import sys, firmograph.providers.open_facts as p; p.build();"
        "print([name for name in sys.modules if name.startswith(('pytickersymbols', 'pycountry'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_where_the_facts_come_from_is_said() -> None:
    assert SPEC.attribution is not None
    assert "Wikipedia" in SPEC.attribution
    assert "CC BY-SA" in SPEC.attribution
