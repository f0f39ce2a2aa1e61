"""Founding years in free text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmograph.providers.open_facts.founding import founding_year


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("1976; 50 years ago (1976-04-01)", 1976),
        ("April 1, 1976 (49 years ago) ( 1976-04-01 ) , in Los Altos, California , U.S.", 1976),
        ("1 April 1976", 1976),
        ("Tokyo , Japan (November 1912 ; 113 years ago ( 1912-11 ) )", 1912),
        ("1982, Omaha, Nebraska , U.S.", 1982),
        ("1991", 1991),
        ("1288", 1288),
        ("1866 (as Norddeutsche Affinerie AG until 2009)", 1866),
        ("1983 ; 43 years ago ( 1983 ) in San Jose as Solomon Design Automation, renamed Cadence in 1988", 1983),
        ("1884 , in Dayton, Ohio. Incorporation: 1900 ; 126 years ago ( 1900 )", 1884),
        ("1999 ; 27 years ago ( 1999 ) (spun off from Exelon in 2022)", 1999),
    ],
)
def test_the_first_year_when_nothing_speaks_against_it(text: str, year: int) -> None:
    assert founding_year(text) == year


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "Lancaster, Pennsylvania",
        "1912 (original company) 1988 (re-established)",
        "1858 ; 168 years ago ( 1858 ) (predecessor business) 1949 ( 1949 ) (present corporation)",
        "1953 ; 73 years ago ( 1953 ) 6 January 1926 (as Deutsche Luft Hansa)",
        "Mettler Instruments AG (1945), Toledo Scale Company (1901), and Mettler-Toledo International (1992)",
        "Incorporated in 1918 ; 108 years ago ( 1918 ) Refounded in 1954",
        "12,1976",
        "3456",
    ],
)
def test_several_beginnings_or_none_are_absent(text: str) -> None:
    assert founding_year(text) is None


@settings(max_examples=150)
@given(st.text(max_size=60))
def test_any_text_is_taken_and_no_year_is_made_up(text: str) -> None:
    year = founding_year(text)
    assert year is None or (1000 <= year < 2100 and str(year) in text)
