"""Seats in free text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmograph.providers.open_facts.headquarters import Seat, read_seat


@pytest.mark.parametrize(
    ("text", "seat"),
    [
        ("Cupertino, California, U.S.", Seat("US", "California", "Cupertino")),
        ("Apple Park, Cupertino, California , US", Seat("US", "California", "Cupertino")),
        ("1166 Avenue of the Americas , New York, NY , United States", Seat("US", "New York", "New York")),
        ("300 Park Avenue , New York City , New York 10022, U.S.", Seat("US", "New York", "New York City")),
        ("Washington, D.C. , U.S.", Seat("US", "District of Columbia", "Washington")),
        ("Birmingham , Alabama USA", Seat("US", "Alabama", "Birmingham")),
        ("Irving, Texas , U.S. (since 1985)", Seat("US", "Texas", "Irving")),
        ("Lebanon, Tennessee , US", Seat("US", "Tennessee", "Lebanon")),
        ("Panama City Beach, Florida, U.S.", Seat("US", "Florida", "Panama City Beach")),
        (
            "New York City , U.S. 40°45′47″N 73°58′17″W / 40.76307°N 73.97137°W / 40.76307; -73.97137",
            Seat("US", None, "New York City"),
        ),
        ("Toronto , Ontario , Canada", Seat("CA", "Ontario", "Toronto")),
        ("San Juan, Puerto Rico", Seat("PR", None, "San Juan")),
        ("One Churchill Place , Canary Wharf, London , England", Seat("GB", "England", "London")),
        ("Edinburgh , Scotland, UK", Seat("GB", "Scotland", "Edinburgh")),
        ("London , United Kingdom", Seat("GB", None, "London")),
        ("Munich, Germany", Seat("DE", None, "Munich")),
        ("Walldorf , Baden-Württemberg , Germany", Seat("DE", "Baden-Württemberg", "Walldorf")),
        ("Commerzbank Tower , Frankfurt am Main , Germany", Seat("DE", None, "Frankfurt am Main")),
        ("Vernier , canton of Geneva , Switzerland", Seat("CH", "Geneva", "Vernier")),
        ("50 Rue du Mail, Brussels , Belgium", Seat("BE", None, "Brussels")),
        ("Duiven , The Netherlands", Seat("NL", None, "Duiven")),
        ("2-5-1, Nihonbashi-Honcho, Chūō-ku , Tokyo 103-8411, Japan", Seat("JP", "Tokyo", "Tokyo")),
        ("Minami-ku, Kyoto 601-8520, Japan", Seat("JP", "Kyoto", "Kyoto")),
        ("Nishi-ku, Yokohama , Kanagawa Prefecture , Japan", Seat("JP", "Kanagawa", "Yokohama")),
        ("Osaka , Japan", Seat("JP", "Osaka", "Osaka")),
    ],
)
def test_a_seat_that_is_certain(text: str, seat: Seat) -> None:
    assert read_seat(text) == seat


@pytest.mark.parametrize(
    ("text", "seat"),
    [
        ("Bury, Greater Manchester , England, UK", Seat("GB", "England")),
        ("Paternoster Square London , England, UK", Seat("GB", "England")),
        ("Neuilly-sur-Seine , Paris , France", Seat("FR")),
        ("20 Boulevard des Italiens Paris , France", Seat("FR")),
        ("Kadoma, Osaka , Japan", Seat("JP", "Osaka")),
        ("Tama, Tokyo , Japan", Seat("JP", "Tokyo")),
        ("Washington County, Oregon , US", Seat("US", "Oregon")),
        ("New York , U.S.", Seat("US")),
        ("Germany", Seat("DE")),
    ],
)
def test_a_town_that_may_be_something_else_is_left_open(text: str, seat: Seat) -> None:
    assert read_seat(text) == seat


@pytest.mark.parametrize(
    "text",
    [
        "",
        "London",
        "No headquarters : 16",
        "353 North Clark Chicago",
        "Zurich and Basel , Switzerland",
        "Venlo , Netherlands (corporate) Hilden , Germany (operational)",
        "Bad Homburg vor der Höhe , Germany Waltham, Massachusetts",
        "Menlo Park, California , U.S. San Ramon, California , U.S.",
        "Houston, Texas ; London, UK",
        "Kirchberg, Luxembourg Cologne , Germany",
    ],
)
def test_no_seat_or_several_are_none(text: str) -> None:
    assert read_seat(text) == Seat()


def test_georgia_is_american_only_for_an_american_company() -> None:
    assert read_seat("Atlanta, Georgia", is_us=True) == Seat("US", "Georgia", "Atlanta")
    assert read_seat("Atlanta, Georgia") == Seat()
    assert read_seat("Atlanta, Georgia , U.S.") == Seat("US", "Georgia", "Atlanta")
    assert read_seat("Tbilisi, Georgia , Georgia").country_code != "US"


@settings(max_examples=150)
@given(
    st.lists(
        st.sampled_from(
            ["Paris", "Texas", "U.S.", "Japan", "Tokyo", "12 Main Street", "Chuo-ku", "England", "UK", "(legal)", ""]
        )
        | st.text(max_size=8),
        max_size=6,
    ),
    st.booleans(),
)
def test_any_text_is_taken(parts: list[str], is_us: bool) -> None:
    seat = read_seat(" , ".join(parts), is_us=is_us)
    assert seat.country_code is not None or seat == Seat()
