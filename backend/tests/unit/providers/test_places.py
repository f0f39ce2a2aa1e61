"""Countries, regions and the spelling of places."""

from __future__ import annotations

import pycountry
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmograph.providers.places import country_code, country_name, region_name, title_place


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("united states", "US"),
        ("USA", "US"),
        ("u.s.", "US"),
        ("the United States of America", "US"),
        ("uk", "GB"),
        ("England", "GB"),
        ("korea, republic of", "KR"),
        ("South Korea", "KR"),
        ("Korea, Democratic People's Republic of", "KP"),
        ("turkey", "TR"),
        ("Türkiye", "TR"),
        ("TÜRKİYE", "TR"),
        ("russia", "RU"),
        ("czech republic", "CZ"),
        ("ivory coast", "CI"),
        ("cote d’ivoire", "CI"),
        ("taiwan, province of china", "TW"),
        ("vietnam", "VN"),
        ("hong kong", "HK"),
        ("macau", "MO"),
        ("palestine", "PS"),
        ("kosovo", "XK"),
        ("The Netherlands", "NL"),
        ("bosnia & herzegovina", "BA"),
        ("st. kitts and nevis", "KN"),
        ("congo, democratic republic of the", "CD"),
        ("Curaçao", "CW"),
        ("DE", "DE"),
        ("  germany ", "DE"),
    ],
)
def test_a_country_is_known_by_the_names_in_use(name: str, code: str) -> None:
    assert country_code(name) == code


@pytest.mark.parametrize(
    "name", ["", "Korea", "Germny", "in", "California", "Europe", "New York", "unknown", "Virgin Islands"]
)
def test_what_is_not_certainly_a_country_is_none(name: str) -> None:
    assert country_code(name) is None


def test_every_iso_country_is_found_by_its_names_and_by_the_name_it_is_shown_by() -> None:
    for country in pycountry.countries:
        names = [country.name, country.name.lower(), country.alpha_3, country_name(country.alpha_2)]
        names += [getattr(country, kind) for kind in ("common_name", "official_name") if hasattr(country, kind)]
        assert {country_code(name) for name in names} == {country.alpha_2}, country.name


def test_a_country_is_shown_as_people_write_it() -> None:
    assert [country_name(code) for code in ("KR", "RU", "TR", "VN", "US", "XK")] == [
        "South Korea",
        "Russia",
        "Turkey",
        "Vietnam",
        "United States",
        "Kosovo",
    ]
    with pytest.raises(KeyError):
        country_name("ZZ")


def test_a_region_is_known_by_name_and_by_code_of_letters() -> None:
    assert region_name("US", "CA") == "California"
    assert region_name("US", "new york") == "New York"
    assert region_name("JP", "Osaka Prefecture") == "Osaka"
    assert region_name("JP", "13") is None
    assert region_name("US", "Bavaria") is None
    assert region_name("ZZ", "anything") is None


@pytest.mark.parametrize(
    "spelled",
    [
        "Stratford-upon-Avon",
        "Cox's Bazar",
        "São Paulo",
        "O'Fallon",
        "Korea, Republic of",
        "Trinidad and Tobago",
        "Côte d'Ivoire",
        "L'Aquila",
        "Coeur d'Alene",
        "Val-d'Or",
        "'s-Hertogenbosch",
        "East Los Angeles",
        "Villa de las Flores",
        "Chester-le-Street",
        "Frankfurt am Main",
        "The Hague",
        "La Paz",
        "Baja California Sur",
        "Washington, D.C.",
        "U.S. Virgin Islands",
        "St. John's",
        "Xi'an",
        "Île-de-France",
        "Bahamas, The",
        "York (England)",
        "東京",
    ],
)
def test_lower_case_gets_its_capitals_back(spelled: str) -> None:
    assert title_place(spelled.lower()) == spelled


@pytest.mark.parametrize("text", ["McAllen", "NEW YORK", "eThekwini", ""])
def test_text_with_capitals_comes_back_as_it_was(text: str) -> None:
    assert title_place(text) == text


@settings(max_examples=150)
@given(st.text(max_size=40))
def test_any_text_is_taken(text: str) -> None:
    spelled = title_place(text)
    assert title_place(spelled) == spelled or spelled == spelled.lower()
    code = country_code(text)
    assert code is None or country_name(code)
