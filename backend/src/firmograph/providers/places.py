"""Country names to ISO codes and back, offline, and the spelling of place names that came all in lower case."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Names in use that ISO 3166-1 does not list, written as `_key` leaves them (dots, accents and "the" gone, "st" is
# "saint"). XK is the code in general use for Kosovo, from the range that the standard leaves to its users.
_ALIASES = {
    "AE": "emirates|uae|u a e",
    "AT": "osterreich",
    "BA": "bosnia",
    "BE": "belgie|belgique",
    "BN": "brunei",
    "BR": "brasil",
    "CD": "congo kinshasa|democratic republic of congo|dr congo|d r congo|congo democratic republic of",
    "CG": "congo brazzaville|republic of congo|congo republic of",
    "CH": "schweiz|suisse|svizzera",
    "CI": "ivory coast",
    "CN": "mainland china|prc|pr china|p r china|china mainland",
    "CV": "cape verde",
    "CZ": "czech republic",
    "DE": "deutschland",
    "DK": "danmark",
    "ES": "espana",
    "FI": "suomi",
    "FM": "micronesia",
    "GB": "uk|u k|britain|great britain|england|scotland|wales|northern ireland",
    "HK": "hongkong|hong kong sar|hong kong s a r|hong kong china|hong kong sar china|china hong kong sar",
    "IE": "republic of ireland|eire",
    "IT": "italia",
    "KP": "korea north",
    "KR": "korea south",
    "LA": "laos",
    "MK": "macedonia|republic of macedonia|macedonia former yugoslav republic of",
    "MM": "burma",
    "MO": "macau|macao sar|macau sar|macau china|macao sar china|macau sar china|china macao sar",
    "NL": "holland|nederland",
    "NO": "norge",
    "PL": "polska",
    "PS": "palestine|palestinian authority|palestinian territory|palestinian territories|occupied palestinian territory"
    "|palestinian territory occupied",
    "RU": "russia",
    "SE": "sverige",
    "SH": "saint helena",
    "SZ": "swaziland",
    "TL": "east timor",
    "TR": "turkey",
    "TW": "taiwan roc|taiwan r o c",
    "US": "us|u s|usa|u s a|united states america",
    "VA": "vatican|vatican city|holy see",
    "VI": "us virgin islands|u s virgin islands|virgin islands us",
    "XK": "kosovo|republic of kosovo",
}
# How ISO writes some countries is not how people do; for the rest its common name, or its name, is shown.
_SHOWN = {
    "BN": "Brunei",
    "CD": "Democratic Republic of the Congo",
    "CG": "Republic of the Congo",
    "FK": "Falkland Islands",
    "FM": "Micronesia",
    "MO": "Macau",
    "PS": "Palestine",
    "RU": "Russia",
    "TR": "Turkey",
    "VA": "Vatican City",
    "VG": "British Virgin Islands",
    "VI": "U.S. Virgin Islands",
    "XK": "Kosovo",
}

_CODE = re.compile(r"[A-Z]{2,3}")
_APOSTROPHES = re.compile(r"['’ʼ`]")
_NOT_WORD = re.compile(r"[\W_]+")


@lru_cache(maxsize=4096)
def country_code(name: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of a country by its name, `None` for what is not certainly a country.

    Takes ISO's names, forms in use (`south korea`, `korea, republic of`, `u.s.`, `ivory coast`, `england`) in any case,
    and codes of two or three letters in upper case. Nothing is guessed from similar spelling.
    """
    text = name.strip()
    codes, names = _countries()
    if _CODE.fullmatch(text) and text in codes:
        return codes[text]
    return names.get(_key(text))


@lru_cache(maxsize=512)
def country_name(code: str) -> str:
    """The name a country is shown by (`KR` is South Korea). Raises `KeyError` for what is no country's code."""
    if code in _SHOWN:
        return _SHOWN[code]
    import pycountry  # noqa: PLC0415  loading its tables takes a tenth of a second: only when a place is read

    country = pycountry.countries.get(alpha_2=code)
    if country is None:
        raise KeyError(code)
    return str(getattr(country, "common_name", country.name))


@lru_cache(maxsize=1)
def _countries() -> tuple[dict[str, str], dict[str, str]]:
    """Codes of two and three letters, and names as `_key` makes them, to codes of two letters."""
    import pycountry  # noqa: PLC0415

    codes: dict[str, str] = {}
    names: dict[str, str] = {}
    for country in pycountry.countries:
        code = country.alpha_2
        codes |= {code: code, country.alpha_3: code}
        for attribute in ("name", "common_name", "official_name"):
            names |= {_key(form): code for form in _forms(getattr(country, attribute, ""))}
    for code, aliases in _ALIASES.items():
        names |= dict.fromkeys(aliases.split("|"), code)
    names.pop("", None)
    return codes, names


@lru_cache(maxsize=4096)
def region_name(country: str, text: str) -> str | None:
    """ISO 3166-2's name of a country's state, province or prefecture, by that name in any spelling or its code.

    `region_name("US", "CA")` is California, `region_name("JP", "Hyōgo Prefecture")` is Hyogo; `None` when unknown.
    """
    return _regions(country).get(_key(text).removesuffix(" prefecture"))


@lru_cache(maxsize=32)
def _regions(country: str) -> dict[str, str]:
    import pycountry  # noqa: PLC0415

    regions: dict[str, str] = {}
    known = [region for region in pycountry.subdivisions if region.country_code == country]
    for region in known:
        letters = region.code.partition("-")[2]
        regions |= {_key(letters): region.name} if letters.isalpha() else {}
    return regions | {_key(region.name): region.name for region in known}


def _forms(name: str) -> tuple[str, ...]:
    """A name as ISO writes it, with its tail in front (`Korea, Republic of`), and without what stands in brackets."""
    head, comma, tail = name.partition(", ")
    inverted = f"{tail} {head}" if comma and "," not in tail else name
    return name, inverted, re.sub(r"\s*\([^)]*\)", "", name)


def _key(text: str) -> str:
    """A name without differences of case, accents, punctuation, `the`, `&` and `St`."""
    plain = _APOSTROPHES.sub("", text.casefold().replace("&", " and "))
    plain = "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))
    words = _NOT_WORD.sub(" ", plain.replace("ı", "i")).split()
    return " ".join("saint" if word == "st" else word for word in words if word != "the")


# Lower within a name, wherever they stand between two words.
_SMALL = re.compile(
    "a|aan|am|an|and|aux|bei|by|da|das|de|dei|del|della|delle|den|der|des|di|do|dos|du|e|en|et|im|in|nad|ob|of|on|op"
    "|pod|sob|sous|sur|the|under|upon|y|à"
)
# Articles: lower after a small word or a hyphen (de la Plata, Chapel-le-Street), part of the name otherwise (East Los
# Angeles, Port El Kantaoui).
_ARTICLE = re.compile("el|l|la|las|le|les|los")
_UPPER = frozenset({"dc", "uae", "uk", "us", "usa"})
_ABBREVIATION = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?\.?")
_ELIDED = re.compile(r"(d|l|o|n|m|dell|nell|sull|sant)(['’])(.+)")
_PARTS = re.compile(r"(\s+|-|/|,|\()")


def title_place(text: str) -> str:
    """A place name with its capitals: `stratford-upon-avon` is `Stratford-upon-Avon`, `côte d'ivoire` `Côte d'Ivoire`.

    Only text without any capital is changed; anything else is returned as it came, since its writer knew. `McAllen`
    can't be known from `mcallen` and becomes `Mcallen`.
    """
    if text != text.lower():
        return text
    parts = _PARTS.split(text)  # words at even places, what stands between them at odd ones
    words, gaps = parts[::2], parts[1::2]
    for place, word in enumerate(words):
        if word:
            is_inner = _is_word_gap(gaps, place - 1) and _is_word_gap(gaps, place) and bool(words[place + 1])
            before = words[place - 1].lower() if place and words[place - 1] else ""
            words[place] = _capital(word, before=before, is_inner=is_inner, after_hyphen=_gap(gaps, place - 1) == "-")
    return "".join(part for pair in zip(words, [*gaps, ""], strict=True) for part in pair)


def _gap(gaps: list[str], place: int) -> str:
    return gaps[place] if 0 <= place < len(gaps) else ""


def _is_word_gap(gaps: list[str], place: int) -> bool:
    """Whether a word of the same name stands on the other side of that gap."""
    return _gap(gaps, place) == "-" or _gap(gaps, place).isspace()


def _capital(word: str, *, before: str, is_inner: bool, after_hyphen: bool) -> str:
    if word in _UPPER or (_ABBREVIATION.fullmatch(word) and word.count(".") > 1):
        return word.upper()
    if word in {"of", "'s", "’s"} or (is_inner and _SMALL.fullmatch(word)):
        return word
    if is_inner and _ARTICLE.fullmatch(word) and (after_hyphen or _SMALL.fullmatch(before)):
        return word
    if elided := _ELIDED.fullmatch(word):
        prefix, mark, rest = elided.groups()
        is_lower = bool(before) and prefix in {"d", "dell", "nell", "sull"}
        return (prefix if is_lower else _upper_first(prefix)) + mark + _upper_first(rest)
    return _upper_first(word)


def _upper_first(word: str) -> str:
    """The word with its first letter as a capital; a word that begins with a digit is left as it is."""
    return re.sub(r"^(\W*)([^\W\d_])", lambda found: found[1] + found[2].upper(), word, count=1)
