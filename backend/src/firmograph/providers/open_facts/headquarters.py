"""A seat in free text, such as `Apple Park, Cupertino, California , U.S.`, read into country, region and city."""

from __future__ import annotations

import re
from dataclasses import dataclass

from firmograph.providers.places import country_code, region_name

_COORDINATES = re.compile(r"\(?\s*\d+°.*?;\s*-?\d+\.\d+\s*\)?")
_NOTE = re.compile(
    r"\[\w{0,3}\]|\s*\((?:since|until|corporate|operational|executive|global|headquarters|main|head)\b[^()]*\)$"
)
_POSTCODE = re.compile(r"\s*(?:〒\s?)?\b\d{3}[-–]\d{4}\b\s*|(?:^|(?<=[A-Za-z])\s+)\d{5}(?:-\d{4})?$")
# More than one place, or words around it: "London and Berlin", "Basel (legal) Geneva", "Legal domicile: Panama".
_SEVERAL = re.compile(r"[;:]|\band\b|\bnear\b|\bor\b|\)\s*\w")
# Told apart by law, not by place: which of the towns named is the seat is open.
_LEGAL = re.compile(r"\([^()]*\b(?:legal|domicile|(?:officially )?registered|incorporat\w+)\b", re.IGNORECASE)
# Such a part names a house or a street, not a town. Park, Center and Hall also end towns' names, so they are not here.
_ADDRESS = re.compile(
    r"\d|\b(?:towers?|building|plaza|street|avenue|road|square|airport|campus|house|boulevard|headquarters|floor|avenida"
    r"|rue|quai|palazzo|tour|arrondissement|county|district|studios|complex|unincorporated|formerly)\b"
    r"|\w \bcent(?:er|re) \w"
    r"|(?:straße|strasse|vägen|weg|laan)\b",
    re.IGNORECASE,
)
_HOUSE = re.compile(r"\b(?:cent(?:er|re)|park|hall|hq|hub|one|office)$|^one\b", re.IGNORECASE)
_TOWN_WORDS = 5
# English names of regions that stand between town and country in this source. Only names that no town bears.
_REGIONS = {
    "AU": "New South Wales|Queensland|South Australia|Tasmania|Victoria|Western Australia",
    "CH": "Aargau|Graubünden|Thurgau|Ticino|Valais|Vaud",
    "DE": "Baden-Württemberg|Bavaria|Brandenburg|Hesse|Lower Saxony|Mecklenburg-Vorpommern|North Rhine-Westphalia"
    "|Rhineland-Palatinate|Saarland|Saxony|Saxony-Anhalt|Schleswig-Holstein|Thuringia",
    "ES": "Andalusia|Aragon|Asturias|Basque Country|Cantabria|Castile and León|Catalonia|Community of Madrid|Galicia"
    "|Navarre",
    "FI": "Uusimaa",
    "FR": "Auvergne-Rhône-Alpes|Brittany|Grand Est|Hauts-de-France|Île-de-France|Normandy|Nouvelle-Aquitaine|Occitanie",
    "IT": "Emilia-Romagna|Liguria|Lombardy|Piedmont|Tuscany|Veneto",
    "NL": "Gelderland|North Brabant|North Holland|South Holland",
}
_US_TERRITORIES = frozenset({"AS", "GU", "MP", "PR", "VI"})  # countries of their own to ISO
_UK_PARTS = frozenset({"England", "Scotland", "Wales", "Northern Ireland"})
# Wards of Tokyo, which the source writes in place of the city.
_TOKYO_WARD = re.compile(
    "adachi|arakawa|bunkyo|chiyoda|chuo|edogawa|itabashi|katsushika|kita|koto|meguro|minato|nakano|nerima|ota|setagaya"
    "|shibuya|shinagawa|shinjuku|suginami|sumida|taito|toshima",
    re.IGNORECASE,
)
# Prefectures whose capital bears their name: "Kita, Osaka" is a ward of the city, "Kadoma, Osaka" a town of its own.
_CITY_NAME = re.compile(
    "Akita|Aomori|Chiba|Fukui|Fukuoka|Fukushima|Gifu|Hiroshima|Kagoshima|Kochi|Kumamoto|Kyoto|Miyazaki|Nagano|Nagasaki"
    "|Nara|Niigata|Oita|Okayama|Osaka|Saga|Saitama|Shizuoka|Tokushima|Tottori|Toyama|Wakayama|Yamagata|Yamaguchi"
)
_LONG_VOWELS = str.maketrans("āīūēōĀĪŪĒŌ", "aiueoAIUEO")


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a company sits; each part `None` where the text leaves it open."""

    country_code: str | None = None
    region: str | None = None
    city: str | None = None


def read_seat(text: str, *, is_us: bool = False) -> Seat:
    """The seat the text names, as far as it is certain: two seats, or a town that may be a street, are left open.

    `is_us` says that the company is known to be American: only then is `Atlanta, Georgia` not in the Caucasus.
    """
    text = text.replace("\ufeff", " ").replace("D.C.", "DC")
    text = _NOTE.sub("", _COORDINATES.sub("", text).strip()).strip(" ,.")
    text = f"{text}." if re.search(r"\b(?:U\.S|U\.K|U\.S\.A)$", text) else text
    if _SEVERAL.search(text):
        return Seat()
    plain = re.sub(r"\s*\([^()]*\)", "", text)
    parts = [part for raw in plain.split(",") if (part := _POSTCODE.sub(" ", raw).strip())]
    if not parts:
        return Seat()
    code, inner = _country(parts, is_us=is_us)
    is_town_with_state = code == "US" and len(inner) == 2  # noqa: PLR2004  such as Lebanon, Tennessee
    passing = inner[1:] if is_town_with_state and country_code(inner[0]) is not None else inner
    if code is None or any(_holds_country(part, code) for part in passing):
        return Seat()
    if _LEGAL.search(text):
        return Seat(code)
    readers = {"US": _in_north_america, "CA": _in_north_america, "GB": _in_uk, "JP": _in_japan}
    region, city = readers.get(code, _elsewhere)(code, inner)
    return Seat(code, region, city)


def _country(parts: list[str], *, is_us: bool) -> tuple[str | None, list[str]]:
    """The country named last, and the parts before it; a US state alone stands for its country."""
    last = parts[-1]
    code = country_code(last)
    if code == "US":  # some say it twice
        return code, [part for part in parts if country_code(part) != code]
    if code in _US_TERRITORIES:
        return code, parts[:-1]
    if region_name("US", last) is not None and len(parts) > 1:
        return ("US", parts) if code is None or is_us else (None, parts)
    if code is not None:
        return code, parts if last in _UK_PARTS else parts[:-1]
    words = last.split()
    for place in range(1, len(words)):  # no comma before the country: "Birmingham, Alabama U.S."
        if (code := country_code(" ".join(words[place:]))) is not None:
            return code, [*parts[:-1], " ".join(words[:place])]
    return None, parts


def _holds_country(part: str, code: str) -> bool:
    """Whether a part names a country in passing, as two seats run together do: `Cologne, Germany Waltham`."""
    if part in _UK_PARTS or region_name(code, part) is not None:
        return False
    words = part.split()
    for length in range(1, len(words) + 1):
        named = country_code(" ".join(words[:length]))
        if named is not None and words[length:][:1] != ["City"] and not (named == code and length == len(words)):
            return True
    return False


def _town(part: str) -> str | None:
    """The part, if it can be the name of a town."""
    return None if _ADDRESS.search(part) or len(part.split()) > _TOWN_WORDS else part


def _town_after_address(parts: list[str]) -> str | None:
    """The last part, if all before it are houses and streets: else a town may stand there with its county."""
    is_alone = all(_ADDRESS.search(part) or _HOUSE.search(part) for part in parts[:-1])
    return _town(parts[-1]) if parts and is_alone else None


def _in_north_america(code: str, inner: list[str]) -> tuple[str | None, str | None]:
    """American and Canadian: the state is last, the town before it."""
    region = region_name(code, inner[-1]) if inner else None
    if region is None:
        return None, _town_after_address(inner)
    if region == "New York" and len(inner) == 1:
        return None, None  # the state or the city
    return region, _town(inner[-2]) if len(inner) > 1 else None


def _in_uk(code: str, inner: list[str]) -> tuple[str | None, str | None]:  # noqa: ARG001  one shape for all readers
    """British: the country within the kingdom may be named; between it and the town may be a county."""
    region = inner[-1] if inner and inner[-1] in _UK_PARTS else None
    before = inner[:-1] if region else inner
    return region, "London" if "London" in before else _town_after_address(before)


def _in_japan(code: str, inner: list[str]) -> tuple[str | None, str | None]:
    """Japanese: ward, city, prefecture, often without saying which; Osaka and Kyoto are both of the latter."""
    if not inner:
        return None, None
    last, before = inner[-1], inner[-2] if len(inner) > 1 else ""
    is_ward = before.lower().endswith("-ku")
    region = region_name(code, last.translate(_LONG_VOWELS))
    if region is None:
        return None, _town(last) if is_ward else _town_after_address(inner)
    first_words = (part.split()[0] for part in inner[:-1] if " " in part)
    if any(region_name(code, word) not in {None, region} for word in first_words):  # two seats run together
        return None, None
    if region == "Tokyo":
        is_ward = is_ward or not before or bool(_TOKYO_WARD.fullmatch(before.translate(_LONG_VOWELS)))
        return region, "Tokyo" if is_ward else None
    return region, _town_in_prefecture(region, inner, is_ward=is_ward)


def _town_in_prefecture(region: str, inner: list[str], *, is_ward: bool) -> str | None:
    is_prefecture = inner[-1].endswith("Prefecture") or not _CITY_NAME.fullmatch(region)
    if is_ward or len(inner) == 1:
        return None if is_prefecture else inner[-1]
    if len(inner) > 2 and inner[-3].lower().endswith("-ku"):  # noqa: PLR2004  ward, city, prefecture
        return inner[-2]
    return _town_after_address(inner[:-1]) if is_prefecture else None


def _elsewhere(code: str, inner: list[str]) -> tuple[str | None, str | None]:
    regions = _REGIONS.get(code, "").split("|")
    last = inner[-1].removeprefix("canton of ") if inner else ""
    if last and (last in regions or last != inner[-1] or last.endswith(" County")):
        return last, _town_after_address(inner[:-1])
    return None, _town_after_address(inner)
