"""Explorium's firmographics as readings: a pure function of one row's `data`."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from firmograph.core.fields import BANDS, Field
from firmograph.core.observations import Reading
from firmograph.providers.blank import LONGEST_NOTHING, blank_to_none
from firmograph.providers.places import country_code, title_place

MAX_URL = 2048  # FirmographicsOutputSchema.website.maxLength of the specification
_SHORTEST_NUMERIC_POSTAL_CODE = 10_000

_NEVER_IN_URL = re.compile("[ \\\\<>\"'`]")
# What most addresses look like: taken as they are.
_PLAIN_URL = re.compile(r"https?://(?:[a-z0-9-]+\.)+[a-z0-9-]+(?:/[!-~]*)?")
_PLAIN_LINKEDIN = re.compile(r"https?://(?:[a-z0-9-]+\.)*linkedin\.com(?:/[!-~]*)?")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:(?!\d)")


def read_firmographics(payload: Any) -> tuple[Reading, ...]:
    """The readings of one `data` object, in the order of the fields. Never raises: what is no object has none.

    A property that is absent, null or says nothing (`N/A`, `-`) gives no reading; one that can't be read gives a
    reading with its raw text and no value.
    """
    return tuple(_readings(payload)) if isinstance(payload, Mapping) else ()


def has_readings(payload: Mapping[str, Any]) -> bool:
    """Whether `read_firmographics` would find anything."""
    return any(not says_nothing(payload.get(name)) for _, name, _ in _IN_ORDER)


def says_nothing(value: object) -> bool:
    """Whether a property holds no information: null, blank or a stand-in for it, an empty list or object."""
    if value is None or isinstance(value, str):
        return blank_to_none(value) is None
    return isinstance(value, list | Mapping) and not value


def _readings(payload: Mapping[str, Any]) -> Iterator[Reading]:
    get = payload.get
    for field, name, to_value in _IN_ORDER:
        sent = get(name)
        if sent is None or (_is_blank(sent) if isinstance(sent, str) else says_nothing(sent)):
            continue
        yield Reading(field, to_value(sent), _raw(sent))


def _is_blank(text: str) -> bool:
    """Whether a text says nothing. Long ones that begin and end with a letter or a digit say something."""
    if len(text) > LONGEST_NOTHING and text[0].isalnum() and not text[-1].isspace():
        return False
    return _is_known_blank(text)


@lru_cache(maxsize=1 << 13)
def _is_known_blank(text: str) -> bool:
    return blank_to_none(text) is None


def _raw(sent: object) -> str:
    """The provider's own text of a value; of what isn't text, its JSON. NUL is left out: no database takes it."""
    if isinstance(sent, str):
        is_plain = sent.isascii() and "\x00" not in sent
        return sent if is_plain else sent.replace("\x00", "").encode("utf-8", "replace").decode()
    try:
        return json.dumps(sent, ensure_ascii=True, separators=(",", ":"))
    except (ValueError, TypeError, RecursionError):
        return "(a value that can't be written as text)"


def _plain(text: str) -> str:
    """Text without control characters, line ends aside, and without halves of characters."""
    if text.isprintable():  # most are, and then there is nothing to look for
        return text.strip()
    return "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"}).strip()


def _text(sent: object) -> str | None:
    """Text of several lines, as sent."""
    if not isinstance(sent, str):
        return None
    return blank_to_none(_plain(sent.replace("\r\n", "\n").replace("\r", "\n") if "\r" in sent else sent))


def _line(sent: object) -> str | None:
    """Text in one line."""
    if isinstance(sent, str) and sent.isprintable():  # most is, and then there is nothing to take out
        line = " ".join(sent.split())
        return line if line == sent else blank_to_none(line)  # as it came, it was looked at before
    text = _text(sent)
    return " ".join(text.split()) if text else None


def _place(sent: object) -> str | None:
    return _place_of(sent) if isinstance(sent, str) else None


@lru_cache(maxsize=1 << 13)
def _place_of(sent: str) -> str | None:
    line = _line(sent)
    return title_place(line) if line else None


def _country_code(sent: object) -> str | None:
    return _country_code_of(sent) if isinstance(sent, str) else None


@lru_cache(maxsize=1 << 10)
def _country_code_of(sent: str) -> str | None:
    line = _line(sent)
    return country_code(line) if line else None


def _code(sent: object) -> str | None:
    """A classification code as text; one that came as a number is written in its digits."""
    if isinstance(sent, str):
        return _line(sent)
    return _digits(sent)


def _digits(sent: object) -> str | None:
    if isinstance(sent, bool) or not isinstance(sent, int | float):
        return None
    is_whole = isinstance(sent, int) or sent.is_integer()
    return f"{int(sent)}" if is_whole and 0 <= sent < 10**15 else None


def _postal_code(sent: object) -> str | None:
    """A postal code as text. A short number is not taken: it may have lost its leading zeros on the way."""
    if isinstance(sent, str):
        return _line(sent)
    digits = _digits(sent)
    return digits if digits and int(digits) >= _SHORTEST_NUMERIC_POSTAL_CODE else None


def _url(sent: object) -> str | None:
    """A web address with its scheme: `https` is put before one that came without. `None` for any other scheme."""
    line = _line(sent)
    if not line or len(line) > MAX_URL or _NEVER_IN_URL.search(line):
        return None
    if _PLAIN_URL.fullmatch(line):
        return line
    bare = line.removeprefix("//")
    address = bare if _SCHEME.match(bare) else f"https://{bare}"
    try:
        parts = urlsplit(address)
        is_web = parts.scheme in {"http", "https"} and parts.username is None and parts.port != 0
    except ValueError:
        return None
    host = parts.hostname or ""
    return address if is_web and re.fullmatch(r"[^\s.]+(\.[^\s.]+)+\.?", host) else None


def _linkedin_url(sent: object) -> str | None:
    url = _url(sent)
    if url and _PLAIN_LINKEDIN.fullmatch(url):
        return url
    host = urlsplit(url).hostname or "" if url else ""
    return url if f".{host}".endswith(".linkedin.com") else None


def _band(field: Field) -> Callable[[object], str | None]:
    """Reads a band of ours: by its exact name, or from `{min, max}` where both ends are exactly a band's."""
    names = frozenset(band.name for band in BANDS[field])

    def read(sent: object) -> str | None:
        if isinstance(sent, Mapping):
            return _band_between(field, sent)
        name = sent.strip() if isinstance(sent, str) else None
        return name if name in names else None

    return read


def _band_between(field: Field, ends: Mapping[str, Any]) -> str | None:
    low, high = ends.get("min"), ends.get("max")
    if isinstance(low, bool) or not isinstance(low, int | float):
        return None
    if high is not None and (isinstance(high, bool) or not isinstance(high, int | float)):
        return None
    return next((band.name for band in BANDS[field] if (band.low, band.high) == (low, high)), None)


# Field → Explorium's property (contract, section 3.3) and its reading. `business_id` and `locations_distribution` stay
# in the raw payload.
_PROPERTIES: dict[Field, tuple[str, Callable[[object], str | None]]] = {
    Field.NAME: ("name", _line),
    Field.DESCRIPTION: ("business_description", _text),
    Field.WEBSITE: ("website", _url),
    Field.LOGO_URL: ("business_logo", _url),
    Field.LINKEDIN_URL: ("linkedin_profile", _linkedin_url),
    Field.INDUSTRY: ("linkedin_industry_category", _line),
    Field.NAICS_CODE: ("naics", _code),
    Field.NAICS_DESCRIPTION: ("naics_description", _line),
    Field.SIC_CODE: ("sic_code", _code),
    Field.SIC_DESCRIPTION: ("sic_code_description", _line),
    Field.EMPLOYEE_RANGE: ("number_of_employees_range", _band(Field.EMPLOYEE_RANGE)),
    Field.REVENUE_RANGE: ("yearly_revenue_range", _band(Field.REVENUE_RANGE)),
    Field.COUNTRY_CODE: ("country_name", _country_code),
    Field.COUNTRY: ("country_name", _place),
    Field.REGION: ("region_name", _place),
    Field.CITY: ("city_name", _place),
    Field.STREET: ("street", _line),
    Field.POSTAL_CODE: ("zip_code", _postal_code),
    Field.TICKER: ("ticker", _line),
}
FIELDS = frozenset(_PROPERTIES)
_IN_ORDER = tuple((field, name, to_value) for field, (name, to_value) in _PROPERTIES.items())
