"""A record as readings."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmograph.core.fields import Field
from firmograph.providers.open_facts.mapper import FIELDS, read

MakeRecord = Callable[..., dict[str, Any]]


def values(record: Any, site: str | None = None) -> dict[str, Any]:
    return {reading.field.value: reading.value for reading in read({"record": record, "site": site})}


def raws(record: Any) -> dict[str, str]:
    return {reading.field.value: reading.raw for reading in read({"record": record, "site": None})}


@pytest.fixture
def orchard(make_record: MakeRecord) -> dict[str, Any]:
    return make_record(
        "Orchard Devices Inc.",
        site="Orchard-Devices.com /en /home.html",
        article="Orchard_Devices",
        symbol="ORCD",
        country="United States",
        industries=["Consumer electronics", "Information technology", "Technology"],
        symbols=[
            {"yahoo": "OC1.F", "google": "FRA:OC1", "currency": "EUR"},
            {"yahoo": "ORCD", "google": "NASDAQ:ORCD", "currency": "USD"},
        ],
        metadata={
            "founded": "April 1, 1976 (49 years ago) ( 1976-04-01 )",
            "employees": "166,000 (2025)",
            "revenue": "$ 416 billion (2025)",
            "headquarters": "Orchard Park, Cupertino, California , US",
            "traded_as": "Nasdaq : ORCD Nasdaq-100 component S&P 500 component",
        },
    )


def test_a_tidy_record_gives_every_field(orchard: dict[str, Any]) -> None:
    assert values(orchard) == {
        "name": "Orchard Devices Inc.",
        "website": "https://orchard-devices.com",
        "industry": "Information technology",
        "employee_range": "10001+",
        "revenue_range": "100B-1T",
        "founded_year": 1976,
        "country_code": "US",
        "country": "United States",
        "region": "California",
        "city": "Cupertino",
        "ticker": "NASDAQ:ORCD",
    }
    assert set(values(orchard)) == {field.value for field in FIELDS}


def test_the_raw_text_is_the_packages_own(orchard: dict[str, Any]) -> None:
    found = raws(orchard)
    assert found["website"] == "Orchard-Devices.com /en /home.html"
    assert found["city"] == found["country_code"] == "Orchard Park, Cupertino, California , US"
    assert found["industry"] == "Consumer electronics; Information technology; Technology"
    assert found["revenue_range"] == "$ 416 billion (2025)"


def test_what_is_blank_gives_no_reading(make_record: MakeRecord) -> None:
    assert read({"record": make_record("N/A", symbol="-", industries=[], country="", site="unknown")}) == ()


def test_what_cannot_be_read_is_kept_raw_without_a_value(make_record: MakeRecord) -> None:
    record = make_record(
        "Kiefer AG",
        site="Official website",
        metadata={
            "employees": 0,
            "founded": 0,
            "revenue": "€ 36.8 billion (2025)",
            "headquarters": "Essen and Bonn , Germany",
        },
    )
    assert {field: value for field, value in values(record).items() if field != "name"} == {
        "website": None,
        "employee_range": None,
        "founded_year": None,
        "revenue_range": None,
        "country_code": None,
        "country": None,
        "city": None,
    }
    assert raws(record)["founded_year"] == "0"


def test_a_number_is_taken_like_its_digits(make_record: MakeRecord) -> None:
    record = make_record("Kiefer AG", metadata={"employees": 46665, "founded": 1999})
    assert values(record) == {"name": "Kiefer AG", "employee_range": "10001+", "founded_year": 1999}


def test_a_bare_dollar_needs_an_american_seat(make_record: MakeRecord) -> None:
    block = {"revenue": "$ 1.2 billion (2024)", "headquarters": "Toronto , Ontario , Canada"}
    assert values(make_record("Ahorn", country="Canada", metadata=block))["revenue_range"] is None
    block["headquarters"] = "Boston, Massachusetts , U.S."
    assert values(make_record("Ahorn", metadata=block))["revenue_range"] == "1B-10B"


def test_the_site_that_was_asked_for_is_the_one_that_is_said(make_record: MakeRecord) -> None:
    record = make_record("Birne", site="birne.com (corporate) birne.shop (retail)")
    assert values(record)["website"] == "https://birne.com"
    assert values(record, site="birne.shop")["website"] == "https://birne.shop"


@pytest.mark.parametrize(
    ("country", "headquarters", "code", "city"),
    [
        ("Russian Federation", "Bonn , Germany", "DE", "Bonn"),
        ("Cupertino, California", "Cupertino, California , U.S.", "US", "Cupertino"),
        ("Austin, Texas", None, "US", "Austin"),
        ("Dublin, Ireland", None, "IE", "Dublin"),
        ("Netherlands", "Venlo , Netherlands (corporate) Hilden , Germany (operational)", "NL", None),
        ("United States", "Atlanta, Georgia", "US", "Atlanta"),
        ("Springfield", None, None, None),
    ],
)
def test_the_articles_seat_comes_before_the_packages_country(
    make_record: MakeRecord, country: str, headquarters: str | None, code: str | None, city: str | None
) -> None:
    block = {"headquarters": headquarters} if headquarters else {}
    found = values(make_record("Ulme", country=country, metadata=block))
    assert (found["country_code"], found.get("city")) == (code, city)


def test_without_a_sector_the_first_industry_is_taken_verbatim(make_record: MakeRecord) -> None:
    for listed, industry in (
        (["Electric machinery", "Electronics"], "Electric machinery"),
        (["Bakeries", "Healthcare", "Industrials"], "Industrials"),
        (["Banking", "Healthcare"], "Healthcare"),
    ):
        assert values(make_record("Esche", industries=listed))["industry"] == industry


@pytest.mark.parametrize(
    ("parts", "ticker"),
    [
        ({"symbol": "ULM.DE"}, "ETR:ULM"),
        ({"symbol": "7203.T"}, "TYO:7203"),
        ({"symbol": "T", "metadata": {"traded_as": "NYSE : T S&P 500 component"}}, "NYSE:T"),
        ({"symbol": "ULM.PA.DE"}, None),
        ({"symbol": "ULM.B", "symbols": [{"yahoo": "ULM.B", "google": "NYSE:ULM.B"}]}, "NYSE:ULM.B"),
        (
            {
                "symbol": "ULM",
                "symbols": [{"yahoo": "ULM", "google": "ULM"}],
                "metadata": {"traded_as": "NYSE : ULM S&P 500 component"},
            },
            "NYSE:ULM",
        ),
        ({"symbol": "ULM", "symbols": [{"yahoo": "ULM", "google": "-"}]}, "ULM"),
        ({"symbol": "ULM.DE", "metadata": {"traded_as": "FWB : ASH"}}, None),
    ],
)
def test_a_ticker_has_its_exchange_where_the_package_knows_it(
    make_record: MakeRecord, parts: dict[str, Any], ticker: str | None
) -> None:
    assert values(make_record("Ulme", **parts))["ticker"] == ticker


def test_with_another_companys_article_only_the_article_is_believed(make_record: MakeRecord) -> None:
    record = make_record(
        "Globus Life",
        site="mahagoni-floors.com",
        article="Mahagoni_Industries_(company)",
        symbol="GLL",
        country="United Kingdom",
        industries=["Insurance"],
        metadata={"employees": "41,900 (2024)", "founded": "1878"},
    )
    assert values(record) == {
        "name": "Mahagoni Industries",
        "website": "https://mahagoni-floors.com",
        "industry": None,
        "employee_range": "10001+",
        "founded_year": 1878,
        "ticker": None,
    }
    record["metadata"]["traded_as"] = "NYSE : GLL"
    assert values(record)["ticker"] == "NYSE:GLL"


PARTS = st.none() | st.integers() | st.floats() | st.text(max_size=20) | st.lists(st.text(max_size=5), max_size=3)
NAMES = st.sampled_from(["website", "employees", "revenue", "founded", "headquarters", "traded_as", "wikipedia_url"])
RECORDS = st.fixed_dictionaries(
    {},
    optional={
        "name": PARTS,
        "symbol": PARTS,
        "country": PARTS,
        "industries": PARTS,
        "symbols": PARTS | st.lists(st.dictionaries(st.sampled_from(["yahoo", "google"]), PARTS), max_size=3),
        "metadata": PARTS | st.dictionaries(NAMES, PARTS, max_size=6),
    },
)


@settings(max_examples=150)
@given(RECORDS, PARTS)
def test_any_record_is_read_the_same_way_twice(record: Any, site: Any) -> None:
    payload = {"record": record, "site": site}
    found = read(payload)
    assert repr(found) == repr(read(payload))
    assert {reading.field for reading in found} <= FIELDS
    assert len({reading.field for reading in found}) == len(found)
    assert all(isinstance(reading.raw, str) and reading.value != "" for reading in found)
    json.dumps([reading.value for reading in found])


@pytest.mark.parametrize("payload", [None, [], "text", 3, {}, {"record": None}, {"record": []}])
def test_what_is_no_payload_says_nothing(payload: Any) -> None:
    assert read(payload) == ()


def test_only_declared_fields_exist() -> None:
    assert set(Field) >= FIELDS
