"""Explorium's firmographics as readings."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmograph.core.fields import EMPLOYEE_BANDS, REVENUE_BANDS, Field
from firmograph.core.observations import Reading
from firmograph.providers.explorium.mapper import FIELDS, read_firmographics

FULL: dict[str, Any] = {
    "business_id": "8adce3ca1cef0c986b22310e369a0793",
    "name": "Acme Corp",
    "business_description": "Makes anvils.\r\nAnd springs.",
    "website": "www.acme.com",
    "business_logo": "//logo.acme.com/a.png",
    "linkedin_profile": "https://www.linkedin.com/company/acme",
    "linkedin_industry_category": "Manufacturing",
    "naics": "332999",
    "naics_description": "All Other Miscellaneous Fabricated Metal Product Manufacturing",
    "sic_code": "0139",
    "sic_code_description": "Fabricated Metal Products",
    "number_of_employees_range": "201-500",
    "yearly_revenue_range": "25M-75M",
    "country_name": "korea, republic of",
    "region_name": "gyeonggi-do",
    "city_name": "cox's bazar",
    "street": "1 Market St",
    "zip_code": "02139",
    "ticker": "NASDAQ:ACME",
    "locations_distribution": [{"country": "united states", "locations": 3}],
    "a_new_property": {"kept": "in the payload"},
}


def read(**data: Any) -> dict[Field, Reading]:
    return {reading.field: reading for reading in read_firmographics(data)}


def value(field: Field, **data: Any) -> Any:
    return read(**data)[field].value


def test_every_property_has_its_field() -> None:
    assert {field.value: reading.value for field, reading in read(**FULL).items()} == {
        "name": "Acme Corp",
        "description": "Makes anvils.\nAnd springs.",
        "website": "https://www.acme.com",
        "logo_url": "https://logo.acme.com/a.png",
        "linkedin_url": "https://www.linkedin.com/company/acme",
        "industry": "Manufacturing",
        "naics_code": "332999",
        "naics_description": "All Other Miscellaneous Fabricated Metal Product Manufacturing",
        "sic_code": "0139",
        "sic_description": "Fabricated Metal Products",
        "employee_range": "201-500",
        "revenue_range": "25M-75M",
        "country_code": "KR",
        "country": "Korea, Republic of",
        "region": "Gyeonggi-Do",
        "city": "Cox's Bazar",
        "street": "1 Market St",
        "postal_code": "02139",
        "ticker": "NASDAQ:ACME",
    }


def test_what_was_said_is_kept_as_it_was_said() -> None:
    readings = read(**FULL)
    assert readings[Field.COUNTRY_CODE].raw == readings[Field.COUNTRY].raw == "korea, republic of"
    assert readings[Field.WEBSITE].raw == "www.acme.com"
    assert readings[Field.DESCRIPTION].raw == "Makes anvils.\r\nAnd springs."


def test_the_readings_come_in_the_order_of_the_fields() -> None:
    fields = [reading.field for reading in read_firmographics(FULL)]
    assert fields == [field for field in Field if field in FIELDS]


@pytest.mark.parametrize("nothing", [None, "", "  ", "N/A", "n/a", "-", "null", "Unknown", "nan", [], {}])
def test_what_says_nothing_gives_no_reading(nothing: object) -> None:
    assert read_firmographics(dict.fromkeys(FULL, nothing)) == ()


@pytest.mark.parametrize("payload", [None, [], "text", 7, [FULL], {}])
def test_what_is_no_object_or_empty_has_no_readings(payload: object) -> None:
    assert read_firmographics(payload) == ()


@pytest.mark.parametrize(
    ("website", "expected"),
    [
        ("acme.com", "https://acme.com"),
        ("http://acme.com/a?b=c", "http://acme.com/a?b=c"),
        ("HTTPS://Acme.com", "HTTPS://Acme.com"),
        ("//acme.com", "https://acme.com"),
        ("acme.com:8080/x", "https://acme.com:8080/x"),
        ("münchen-bau.de", "https://münchen-bau.de"),
        ("javascript:alert(1)", None),
        ("https://javascript:alert(1)@acme.com", None),
        ("data:text/html,x.y", None),
        ("ftp://acme.com", None),
        ("info@acme.com", None),
        ("https://", None),
        ("http:/acme.com", None),
        ("acme", None),
        ("acme dot com", None),
        ("https://acme.com/<script>", None),
        ("https://[bad", None),
        ("acme.com:99999", None),
        ("https://acme.com/" + "x" * 2048, None),
        (7, None),
        (["acme.com"], None),
    ],
)
def test_a_website_is_a_web_address_or_absent_with_its_raw_text(website: object, expected: str | None) -> None:
    reading = read(website=website)[Field.WEBSITE]
    assert reading.value == expected
    assert reading.raw


def test_a_linkedin_profile_is_on_linkedin() -> None:
    assert (
        value(Field.LINKEDIN_URL, linkedin_profile="de.linkedin.com/company/a") == "https://de.linkedin.com/company/a"
    )
    assert value(Field.LINKEDIN_URL, linkedin_profile="https://notlinkedin.com/company/a") is None


@pytest.mark.parametrize("band", EMPLOYEE_BANDS)
def test_headcount_bands(band: Any) -> None:
    ends = {"min": band.low, "max": band.high}
    assert value(Field.EMPLOYEE_RANGE, number_of_employees_range=band.name) == band.name
    assert value(Field.EMPLOYEE_RANGE, number_of_employees_range=ends) == band.name


@pytest.mark.parametrize("band", REVENUE_BANDS)
def test_revenue_bands(band: Any) -> None:
    ends = {"min": float(band.low), "max": band.high}
    assert value(Field.REVENUE_RANGE, yearly_revenue_range=f" {band.name} ") == band.name
    assert value(Field.REVENUE_RANGE, yearly_revenue_range=ends) == band.name


def test_an_open_band_may_leave_its_upper_end_out() -> None:
    assert value(Field.EMPLOYEE_RANGE, number_of_employees_range={"min": 10001}) == "10001+"


@pytest.mark.parametrize(
    ("band", "raw"),
    [
        ("51-100", "51-100"),
        ("10,001+", "10,001+"),
        (250, "250"),
        ({"min": 51, "max": 100}, '{"min":51,"max":100}'),
        ({"min": 1}, '{"min":1}'),
        ({"min": True, "max": 10}, '{"min":true,"max":10}'),
        ({"min": "1", "max": "10"}, '{"min":"1","max":"10"}'),
        ([1, 10], "[1,10]"),
    ],
)
def test_an_unknown_band_is_absent_with_its_raw_text(band: object, raw: str) -> None:
    reading = read(number_of_employees_range=band)[Field.EMPLOYEE_RANGE]
    assert (reading.value, reading.raw) == (None, raw)


@pytest.mark.parametrize(
    ("name", "code", "shown"),
    [
        ("united states", "US", "United States"),
        ("turkey", "TR", "Turkey"),
        ("czech republic", "CZ", "Czech Republic"),
        ("ivory coast", "CI", "Ivory Coast"),
        ("taiwan", "TW", "Taiwan"),
        ("bosnia and herzegovina", "BA", "Bosnia and Herzegovina"),
        ("United Kingdom", "GB", "United Kingdom"),
        ("atlantis", None, "Atlantis"),
    ],
)
def test_a_country_has_a_code_where_it_is_certain(name: str, code: str | None, shown: str) -> None:
    assert value(Field.COUNTRY_CODE, country_name=name) == code
    assert value(Field.COUNTRY, country_name=name) == shown


def test_only_places_in_lower_case_are_spelled_anew() -> None:
    assert value(Field.CITY, city_name="McAllen") == "McAllen"
    assert value(Field.CITY, city_name="são paulo") == "São Paulo"
    assert value(Field.REGION, region_name="NORDRHEIN-WESTFALEN") == "NORDRHEIN-WESTFALEN"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [(511210, "511210"), (511210.0, "511210"), ("51-1210", "51-1210"), (5.5, None), (True, None), (-7, None)],
)
def test_a_code_is_text(sent: object, expected: str | None) -> None:
    assert value(Field.NAICS_CODE, naics=sent) == expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [("02139", "02139"), (94105, "94105"), (2139, None), ("SW1A 1AA", "SW1A 1AA"), (0, None), ([2139], None)],
)
def test_a_postal_code_keeps_its_zeros_or_is_not_believed(sent: object, expected: str | None) -> None:
    assert value(Field.POSTAL_CODE, zip_code=sent) == expected


def test_text_is_one_line_without_control_characters() -> None:
    assert value(Field.NAME, name=" Acme\n\x00 Corp\x07 ") == "Acme Corp"
    assert "\x00" not in read(name="Ac\x00me")[Field.NAME].raw
    assert value(Field.NAME, name="half \ud800 of a character") == "half of a character"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(FULL)), JSON))
def test_reading_never_fails_and_is_pure(payload: dict[str, Any]) -> None:
    readings = read_firmographics(payload)
    assert readings == read_firmographics(payload)
    for reading in readings:
        assert reading.field in FIELDS
        assert reading.value is None or (isinstance(reading.value, str) and reading.value.strip())
        reading.raw.encode()


def test_a_number_too_long_to_write_does_not_break_the_reading() -> None:
    reading = read(zip_code=10**5000)[Field.POSTAL_CODE]
    assert reading.value is None
    assert reading.raw


def test_a_value_nested_without_end_does_not_break_the_reading() -> None:
    nested: list[Any] = [1]
    for _ in range(100_000):
        nested = [nested]
    assert read_firmographics({"name": nested})[0].value is None
