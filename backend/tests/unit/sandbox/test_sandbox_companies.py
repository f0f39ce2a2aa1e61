"""The sandbox's companies follow from domain and seed, keep to the contract's types and say what they are."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmograph.core.fields import EMPLOYEE_BANDS, REVENUE_BANDS
from firmograph.sandbox.companies import (
    FIRMOGRAPHICS,
    blank_firmographics,
    company_of,
    draws_of,
    firmographics_of,
    is_below,
    pick,
)
from firmograph.sandbox.industries import INDUSTRIES
from firmograph.sandbox.places import PLACES, PLACES_OF_SUFFIX

# The patterns are those of FirmographicsOutputSchema in the provider's specification.
_HOST = r"(?:(?:[a-z0-9\u00a1-\uffff][a-z0-9\u00a1-\uffff_-]{0,62})?[a-z0-9\u00a1-\uffff]\.)+[a-z\u00a1-\uffff]{2,}\.?"
_URI = re.compile(rf"^(https?:)?//{_HOST}(?:[/?#]\S*)?$")
PATTERNS = {
    "business_id": re.compile(r"^[a-f0-9]{32}$"),
    "website": _URI,
    "linkedin_profile": _URI,
    "naics": re.compile(r"^\d{2,6}$"),
    "sic_code": re.compile(r"^\d{2,4}$"),
    "ticker": re.compile(r"^NASDAQ:ZX[A-Z]{3}$"),
    "number_of_employees_range": re.compile("|".join(re.escape(band.name) for band in EMPLOYEE_BANDS)),
    "yearly_revenue_range": re.compile("|".join(re.escape(band.name) for band in REVENUE_BANDS)),
}
DOMAINS = [f"company{number}.com" for number in range(2000)]

labels = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
domains = st.builds("{}.{}".format, labels, st.sampled_from(["com", "de", "co.uk", "io", "com.br"]))


def test_a_domain_has_the_same_company_on_every_machine() -> None:
    company = company_of("northwind.com", 1)
    values = firmographics_of(company)
    assert (company.business_id, values["name"]) == ("1051bbd8fdfe6b8f2fc5be399caa4fed", "Sandbox Northwind 6254")
    assert (values["country_name"], values["naics"], values["number_of_employees_range"]) == (
        "canada",
        "551114",
        "11-50",
    )
    assert company_of("northwind.com", 2).business_id != company.business_id


@settings(max_examples=60)
@given(domains, st.integers(0, 5))
def test_every_company_keeps_to_the_published_types(domain: str, seed: int) -> None:
    company = company_of(domain, seed)
    values = firmographics_of(company)
    assert values["business_id"] == company.business_id
    assert set(values) <= set(FIRMOGRAPHICS)
    assert values["name"].startswith("Sandbox ")
    assert len(values["name"]) <= 256
    for name, pattern in PATTERNS.items():
        if values.get(name) is not None:
            assert pattern.fullmatch(values[name]), (name, values[name])


def test_place_and_industry_belong_together() -> None:
    cities = {(place.country, place.city): place for place in PLACES}
    titles = {industry.naics: industry for industry in INDUSTRIES}
    for domain in DOMAINS:
        values = firmographics_of(company_of(domain, 1))
        if values.get("city_name"):
            place = cities[values["country_name"], values["city_name"]]
            assert values.get("region_name") in (place.region, None)
            assert values.get("zip_code") in (place.postal_code, None)
        if values.get("naics"):
            industry = titles[values["naics"]]
            assert values["naics_description"] == industry.naics_title
            assert values.get("sic_code") in (industry.sic, None)
            assert values.get("linkedin_industry_category") in (industry.category, None)


def test_descriptions_say_that_the_company_is_invented() -> None:
    described = [firmographics_of(company_of(domain, 1)).get("business_description") for domain in DOMAINS]
    assert all("Invented by the Firmograph sandbox" in text for text in described if text)
    assert sum(text is not None for text in described) > len(DOMAINS) / 2


def test_a_country_suffix_usually_decides_the_country() -> None:
    countries = [firmographics_of(company_of(f"firma{number}.de", 1)).get("country_name") for number in range(400)]
    assert 0.6 < countries.count("germany") / len(countries) < 0.9


def test_every_suffix_has_places() -> None:
    assert all(PLACES_OF_SUFFIX.values())


def test_websites_are_mostly_their_own_and_sometimes_none_or_of_another() -> None:
    own = other = none = 0
    for domain in DOMAINS:
        website = firmographics_of(company_of(domain, 1)).get("website")
        none += website is None
        own += website is not None and domain in website
        other += website is not None and "sandbox-holdings" in website
    assert own + other + none == len(DOMAINS)
    assert own > 0.88 * len(DOMAINS)
    assert 0.02 * len(DOMAINS) < other < 0.06 * len(DOMAINS)
    assert 0.02 * len(DOMAINS) < none < 0.06 * len(DOMAINS)


def test_some_absent_values_are_null_and_some_left_out() -> None:
    rows = [firmographics_of(company_of(domain, 1)) for domain in DOMAINS[:200]]
    assert any(None in row.values() for row in rows)
    assert any(len(row) < len(FIRMOGRAPHICS) for row in rows)


def test_some_labels_have_one_company_behind_all_suffixes() -> None:
    pairs = [(company_of(f"firm{number}.de", 1), company_of(f"firm{number}.fr", 1)) for number in range(500)]
    shared = [german for german, french in pairs if german.business_id == french.business_id]
    assert 25 < len(shared) < 80
    assert all(company.domain.endswith(".com") for company in shared)


def test_idn_labels_are_readable_in_the_name() -> None:
    assert "Bäckerei" in firmographics_of(company_of("xn--bckerei-5wa.at", 1))["name"]


def test_a_blank_row_holds_every_field() -> None:
    blank = blank_firmographics("a" * 32)
    assert tuple(blank) == FIRMOGRAPHICS
    assert set(blank.values()) == {"a" * 32, None}


@pytest.mark.parametrize(("draw", "share", "expected"), [(0, 0.0, False), (0, 0.01, True), (65535, 1.0, True)])
def test_is_below(draw: int, share: float, expected: bool) -> None:
    assert is_below(draw, share) is expected


@settings(max_examples=50)
@given(st.text(max_size=20), st.integers(1, 90))
def test_draws_stay_in_range(text: str, count: int) -> None:
    draws = draws_of(text)[1]
    assert len(draws) == 24
    assert all(0 <= pick(draw, count) < count for draw in draws)
