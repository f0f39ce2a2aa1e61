"""The fields a company can have, what kind of value each holds, and the bands for headcount and revenue."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

FieldValue = str | int | list[str]


class Field(StrEnum):
    """Every field, in the order that tables and files show them."""

    NAME = "name"
    DESCRIPTION = "description"
    WEBSITE = "website"
    LOGO_URL = "logo_url"
    LINKEDIN_URL = "linkedin_url"
    INDUSTRY = "industry"
    NAICS_CODE = "naics_code"
    NAICS_DESCRIPTION = "naics_description"
    SIC_CODE = "sic_code"
    SIC_DESCRIPTION = "sic_description"
    EMPLOYEE_RANGE = "employee_range"
    REVENUE_RANGE = "revenue_range"
    FOUNDED_YEAR = "founded_year"
    COUNTRY_CODE = "country_code"
    COUNTRY = "country"
    REGION = "region"
    CITY = "city"
    STREET = "street"
    POSTAL_CODE = "postal_code"
    TICKER = "ticker"
    PHONE = "phone"
    EMAIL = "email"
    TECHNOLOGIES = "technologies"
    SOCIAL_URLS = "social_urls"

    __hash__ = str.__hash__  # an enum's own is Python, and every value of every company goes through it


ALL_FIELDS = tuple(Field)  # walking an enum costs many times as much
LIST_FIELDS = frozenset({Field.TECHNOLOGIES, Field.SOCIAL_URLS})
BAND_FIELDS = frozenset({Field.EMPLOYEE_RANGE, Field.REVENUE_RANGE})
INTEGER_FIELDS = frozenset({Field.FOUNDED_YEAR})


@dataclass(frozen=True, slots=True)
class Band:
    """A named range: `low` and `high` are inclusive amounts; `high` is `None` when the band has no upper end."""

    name: str
    low: int
    high: int | None


def _bands(*rows: tuple[str, int, int | None]) -> tuple[Band, ...]:
    return tuple(Band(*row) for row in rows)


_K, _M, _B, _T = 10**3, 10**6, 10**9, 10**12

# Both sets are those of the Explorium contract, section 3.3. Neighbouring revenue bands share their edge: an amount on
# it belongs to the upper one.
EMPLOYEE_BANDS = _bands(
    ("1-10", 1, 10),
    ("11-50", 11, 50),
    ("51-200", 51, 200),
    ("201-500", 201, 500),
    ("501-1000", 501, 1000),
    ("1001-5000", 1001, 5000),
    ("5001-10000", 5001, 10000),
    ("10001+", 10001, None),
)
REVENUE_BANDS = _bands(
    ("0-500K", 0, 500 * _K),
    ("500K-1M", 500 * _K, _M),
    ("1M-5M", _M, 5 * _M),
    ("5M-10M", 5 * _M, 10 * _M),
    ("10M-25M", 10 * _M, 25 * _M),
    ("25M-75M", 25 * _M, 75 * _M),
    ("75M-200M", 75 * _M, 200 * _M),
    ("200M-500M", 200 * _M, 500 * _M),
    ("500M-1B", 500 * _M, _B),
    ("1B-10B", _B, 10 * _B),
    ("10B-100B", 10 * _B, 100 * _B),
    ("100B-1T", 100 * _B, _T),
    ("1T-10T", _T, 10 * _T),
    ("10T+", 10 * _T, None),
)
BANDS = {Field.EMPLOYEE_RANGE: EMPLOYEE_BANDS, Field.REVENUE_RANGE: REVENUE_BANDS}


def band_named(field: Field, name: str) -> Band | None:
    """The band of that exact name, or `None` when the field has no such band."""
    return next((band for band in BANDS[field] if band.name == name), None)


def band_of(field: Field, amount: float) -> Band | None:
    """The band an exact amount (people, or US dollars a year) falls into; `None` below the lowest band."""
    return next((band for band in reversed(BANDS[field]) if amount >= band.low), None)


def band_ordinal(field: Field, name: str) -> int:
    """The band's place from 0, lowest first: how a band is stored and sorted. Raises `ValueError` for another name."""
    return [band.name for band in BANDS[field]].index(name)


def band_at(field: Field, ordinal: int) -> str:
    """The name of the band at that place."""
    return BANDS[field][ordinal].name
