"""Headcounts in free text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmograph.core.fields import Field, band_of
from firmograph.providers.open_facts.headcount import employee_band


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("166,000 (2025)", "10001+"),
        ("21,834 (Japan – 9,634) (World – 12,200) (March 31st, 2024 )", "10001+"),
        ("approx. 300,000 (2024)", "10001+"),
        ("≈ 4,200 (2024)", "1001-5000"),
        ("14.046 (December 2022)", "10001+"),
        ("9 000 (2024)", "5001-10000"),
        ("1\xa0240[3] (end 2021)", "1001-5000"),
        ("c. 16,000 : 2 (2025)", "10001+"),
        ("535 (2022) : 13", "501-1000"),
        ("10,000 employees as of February 22, 2022", "5001-10000"),
        ("1,400+ in 2025", "1001-5000"),
        ("7 (average, 2024)", "1-10"),
        ("387 (December 2024)", "201-500"),
        ("Over 1 million (est.) (Including subsidiaries and franchises)", "10001+"),
        ("1015", "1001-5000"),
        ("2015 (2023)", "1001-5000"),
        ("38,246 (consolidated, 2023)", "10001+"),
    ],
)
def test_one_figure_among_dates_and_notes(text: str, band: str) -> None:
    found = employee_band(text)
    assert found is not None
    assert found.name == band


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("2,050 (non-consolidated) 50,867 (consolidated) (as of March 31, 2022)", "10001+"),
        ("Consolidated : 33,431 Non-consolidated : 8,034 (as of March 31, 2019)", "10001+"),
        ("337 (non-consolidated) 5,422 (consolidated) (2017)", "5001-10000"),
        ("116 (holding company) 49,480 (group) (as of March 31, 2025)", "10001+"),
        ("1,216 (Consolidated 15,922) (March 31, 2010)", "10001+"),
        ("8,056 (44,495 consolidated)", "10001+"),
        ("4,477 (March 31, 2025) 62,062 (March 31, 2025, including subsidiaries)", "10001+"),
        ("145,000 (2022) (78,000 in France in 2026 )", "10001+"),
    ],
)
def test_the_groups_figure_is_the_companys(text: str, band: str) -> None:
    found = employee_band(text)
    assert found is not None
    assert found.name == band


def test_of_several_years_the_latest_is_taken() -> None:
    assert [
        getattr(employee_band(text), "name", None) for text in ("980 (2021) 1,050 (2022)", "1,050 (2022) 980 (2023)")
    ] == [
        "1001-5000",
        "501-1000",
    ]


def test_more_than_a_bands_end_is_the_next_band() -> None:
    bands = [employee_band(text) for text in ("more than 5,000", "5,000+ (2021)", "> 5,000", "approximately 5,000")]
    assert [band.name for band in bands if band] == ["5001-10000", "5001-10000", "5001-10000", "1001-5000"]


def test_a_range_needs_one_band_for_both_ends() -> None:
    assert getattr(employee_band("6,000 - 8,000 (2022)"), "name", None) == "5001-10000"
    assert employee_band("4,000 – 8,000 (2022)") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "unknown",
        "0",
        "-500",
        "814,0000",
        "2.5",
        "2024",
        "99,000,000",
        "less than 500",
        "up to 500",
        "73 (Investor AB only, 2021)",
        "1,359 (Bank only)",
        "12,000 in Japan",
        "1,229 employees in Belgium and 955 in Germany",
        "3,600 full time; 1,100 part-time (2023)",
        "MinebeaMitsumi Group: 81,167 U-Shin Group: 7,444",
        "(2023)",
        "No data (31 December 2023)",
    ],
)
def test_what_is_uncertain_partial_or_absurd_is_absent(text: str) -> None:
    assert employee_band(text) is None


@settings(max_examples=200)
@given(st.text(alphabet="0123456789,. ()+-–~:;[]abcdeINFYSept ", max_size=60))
def test_any_text_is_taken(text: str) -> None:
    band = employee_band(text)
    assert band is None or any(char.isdigit() for char in text)


@settings(max_examples=100)
@given(
    st.integers(min_value=2100, max_value=4_000_000),
    st.sampled_from(["", " (2024)", " (December 31, 2023)", " (FY25)", "[1]", " worldwide"]),
    st.sampled_from(["", "c. ", "approx. ", "~", "≈ "]),
)
def test_a_plain_figure_falls_into_its_own_band(people: int, after: str, before: str) -> None:
    assert employee_band(f"{before}{people:,}{after}") == band_of(Field.EMPLOYEE_RANGE, people)
