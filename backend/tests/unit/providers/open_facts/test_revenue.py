"""Revenues in free text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmograph.core.fields import Field, band_of
from firmograph.providers.open_facts.revenue import MOST_REVENUE, revenue_band


def band(text: str, *, is_us: bool = False) -> str | None:
    found = revenue_band(text, is_us=is_us)
    return found.name if found else None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("US$416 billion (2025)", "100B-1T"),
        ("US$8,620.3 million (2025)", "1B-10B"),
        ("US$ 1,027,700,000 (2020)", "1B-10B"),
        ("US $ 1.926 billion (FY19)", "1B-10B"),
        ("$US $2.8 billion (2024)", "1B-10B"),
        ("US$$2.342 billion (2024)", "1B-10B"),
        ("US$2.9billion (2016)", "1B-10B"),
        ("US$3.23bn (FY 2023)", "1B-10B"),
        ("US$ 908.7M ( FY 2024 )", "500M-1B"),
        ("USD 4.52 billion (March, 2019)", "1B-10B"),
        ("25,702,000,000 United States dollar (2022)", "10B-100B"),
        ("1.201 billion USD$ (2008)", "1B-10B"),
        ("$1.57 billion USD (2024)", "1B-10B"),
        ("> US$ 513.2 million (January 1, 2025 - December 31, 2025", "500M-1B"),
        ("US$ 41.9 billion : 48 (2025)", "10B-100B"),
        ("US$10–12 billion (2024)", "10B-100B"),
    ],
)
def test_us_dollars_in_their_spellings(text: str, name: str) -> None:
    assert band(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "€3.4 bn",
        "£ 2,915 million (2025)",
        "¥ 12.63 trillion (2024)",
        "A$ 5.2 billion (2024)",
        "HK$ 81 billion (2023)",
        "CA$ 3 billion",
        "C$3 billion",
        "NT$ 2.16 trillion (2023)",
        "S$ 12 billion",
        "R$ 300 billion",
        "CHF 24.8 billion (2024)",
        "SEKm 147,147 (2023)",
        "122.878 billion kr (2024)",
        "₹ 9,000 crore (2024)",
        "Rs 9,000 crore",
        "1,135,350,000 euro (2023)",
        "2.414 trillion (2023)",
    ],
)
@pytest.mark.parametrize("is_us", [True, False])
def test_another_money_is_no_dollar(text: str, is_us: bool) -> None:
    assert band(text, is_us=is_us) is None


def test_a_bare_dollar_is_american_only_in_america() -> None:
    assert band("$1.2 billion", is_us=True) == "1B-10B"
    assert band("$1.2 billion") is None


def test_an_equivalent_in_us_dollars_counts() -> None:
    assert band("¥ 1.58 trillion ( US$ 14.37 billion) (2018)") == "10B-100B"
    assert band("JPY 395.6 billion ( FY 2017) ( US$ 3.56 billion) (FY 2017)") == "1B-10B"
    assert band("¥ 989,308 million (US$11,919,373 thousand) (Consolidated, FY 2010, 83 yen/US dollar)") == "10B-100B"


def test_of_several_years_the_latest_is_taken_and_in_dollars_only() -> None:
    assert band("US$29.94 billion (Feb 2024) US$9.466 billion (2017)") == "10B-100B"
    assert band("US$ 900 million (2022) US$ 1.1 billion (2023)") == "1B-10B"
    assert band("US$ 9 billion (2015) ¥ 2 trillion (2023)") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "US$",
        "US$ 0 700 Mln (2018)",
        "US$ 5.2 (2024)",
        "US$ −12 million (2023)",
        "-US$ 12 million",
        "a loss of US$ 12 million",
        "US$ 225M ( Q2 2016 )",
        "US$ 3 billion (first half-year 2024)",
        "US$ 4,395 trillion (2024)",
        "US$ 6,8 billion",
        "US$ 9–12 billion (2024)",
        "US$ 9 billion (2024) US$ 12 billion (2024)",
        "1,775 billion yen (US$12.503 billon) (FY2024)",
    ],
)
def test_what_is_uncertain_or_absurd_is_absent(text: str) -> None:
    assert band(text, is_us=True) is None


@settings(max_examples=200)
@given(st.text(alphabet="0123456789,. ()-–~$€¥USDbilmon FYQ", max_size=60), st.booleans())
def test_any_text_is_taken(text: str, is_us: bool) -> None:
    found = revenue_band(text, is_us=is_us)
    assert found is None or "$" in text or "USD" in text


@settings(max_examples=100)
@given(st.integers(min_value=1, max_value=MOST_REVENUE // 10**6), st.sampled_from(["", " (2024)", "[2] (FY 2023)"]))
def test_a_plain_amount_falls_into_its_own_band(millions: int, after: str) -> None:
    expected = band_of(Field.REVENUE_RANGE, millions * 10**6)
    assert revenue_band(f"US${millions:,} million{after}", is_us=False) == expected
