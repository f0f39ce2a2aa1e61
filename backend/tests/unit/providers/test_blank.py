"""What providers write for nothing."""

from __future__ import annotations

import math

import pytest

from firmograph.providers.blank import blank_to_none


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "  ",
        "N/A",
        "n/a",
        "-",
        "–",
        "--",
        "...",
        "null",
        "None",
        "unknown",
        "NaN",
        "?",
        True,
        [],
        {},
        math.nan,
        math.inf,
    ],
)
def test_nothing_is_none(value: object) -> None:
    assert blank_to_none(value) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (" Acme ", "Acme"),
        ("NA", "NA"),
        (0, "0"),
        (94105, "94105"),
        (541511.0, "541511"),
        (2.5, "2.5"),
        ("02139", "02139"),
        ("None of the Above Ltd", "None of the Above Ltd"),
        ("-1", "-1"),
    ],
)
def test_text_is_stripped_and_numbers_become_digits(value: object, text: str) -> None:
    assert blank_to_none(value) == text
