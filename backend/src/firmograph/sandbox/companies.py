"""The sandbox's companies: each follows from its web domain and the seed alone, and says that it is invented."""

from __future__ import annotations

import struct
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import idna

from firmograph.core.fields import EMPLOYEE_BANDS, REVENUE_BANDS
from firmograph.sandbox.industries import INDUSTRIES
from firmograph.sandbox.places import PLACES, PLACES_OF_SUFFIX

Draws = tuple[int, ...]  # numbers from 0 to 65535, evenly spread
Values = dict[str, Any]

_DRAWS = struct.Struct("<24H")
_ID_BYTES = 16

EMPLOYEE_RANGES = tuple(band.name for band in EMPLOYEE_BANDS)
REVENUE_RANGES = tuple(band.name for band in REVENUE_BANDS)
_SIZE_WEIGHTS = (14, 22, 24, 14, 9, 10, 3, 4)  # of a hundred companies, by employee band
_SIZES = tuple(size for size, weight in enumerate(_SIZE_WEIGHTS) for _ in range(weight))
_LISTED_FROM = 4  # smaller companies have no ticker
_USUAL_REVENUE = (1, 2, 4, 5, 6, 8, 9, 10)  # the revenue band most common with each employee band


@dataclass(frozen=True, slots=True)
class SandboxCompany:
    """One invented company. `business_id` is 32 lower-case hex digits; `draws` decide everything else."""

    business_id: str
    domain: str
    draws: Draws

    @property
    def is_missing(self) -> int:
        """The draw to hold against the miss rate: below it the company is never matched."""
        return self.draws[0]

    @property
    def is_without_data(self) -> int:
        """The draw to hold against the share of companies that match but have no data."""
        return self.draws[1]

    @property
    def is_troublesome(self) -> int:
        """The draw to hold against the shares of refused and of malformed ids."""
        return self.draws[2]


def draws_of(text: str) -> tuple[bytes, Draws]:
    """Sixteen bytes and 24 even draws that follow from the text, the same on any machine."""
    digest = blake2b(text.encode(), digest_size=64).digest()
    return digest[:_ID_BYTES], _DRAWS.unpack_from(digest, _ID_BYTES)


def is_below(draw: int, share: float) -> bool:
    """Whether a draw falls into a share between 0 and 1."""
    return draw < share * 65536


def pick(draw: int, count: int) -> int:
    """An index below `count`, from a draw."""
    return draw * count >> 16


def company_of(domain: str, seed: int) -> SandboxCompany:
    """The company behind a bare lower-case domain.

    One label in ten has a single company behind all its suffixes: `acme.de` and `acme.fr` are then `acme.com`.
    """
    label, _, suffix = domain.partition(".")
    if suffix != "com" and is_below(draws_of(f"{seed} shared {label}")[1][0], 0.1):
        domain = f"{label}.com"
    id_bytes, draws = draws_of(f"{seed} company {domain}")
    return SandboxCompany(id_bytes.hex(), domain, draws)


def firmographics_of(company: SandboxCompany) -> Values:
    """The data of one company: the 20 fields of contract section 3.3, absent ones null or, for some, left out."""
    draws = company.draws
    label = company.domain.partition(".")[0]
    values: Values = {"business_id": company.business_id, "name": _name(label, draws[4])}
    values |= _industry(draws[5:8])
    values |= _place(company.domain, draws[8:13])
    values |= _size(draws[13:17])
    values |= _presence(company, label, values["country_name"], draws[17:24])
    if draws[3] % 2:
        return {name: value for name, value in values.items() if value is not None}
    return values


def blank_firmographics(business_id: str) -> Values:
    """A row in which every field but the id is null."""
    return dict.fromkeys(FIRMOGRAPHICS) | {"business_id": business_id}


def _name(label: str, draw: int) -> str:
    if label.startswith("xn--"):
        with suppress(idna.IDNAError):
            label = idna.decode(label)
    words = label.replace("-", " ").replace("_", " ").title()
    return f"Sandbox {words} {1000 + pick(draw, 9000)}"


def _industry(draws: Draws) -> Values:
    industry = INDUSTRIES[pick(draws[0], len(INDUSTRIES))]
    has_naics = not is_below(draws[1], 0.08)
    has_sic = not is_below(draws[1], 0.25)
    described = is_below(draws[2], 0.85)
    return {
        "business_description": (
            f"Invented by the Firmograph sandbox, no real company. Activity: {industry.naics_title.lower()}."
            if described
            else None
        ),
        "naics": industry.naics if has_naics else None,
        "naics_description": industry.naics_title if has_naics else None,
        "sic_code": industry.sic if has_sic else None,
        "sic_code_description": industry.sic_title if has_sic else None,
        "linkedin_industry_category": industry.category if is_below(draws[2], 0.9) else None,
    }


def _place(domain: str, draws: Draws) -> Values:
    local = PLACES_OF_SUFFIX.get(domain.rpartition(".")[2], ())
    places = local if local and is_below(draws[0], 0.85) else PLACES
    place = places[pick(draws[1], len(places))]
    has_country = not is_below(draws[2], 0.03)
    has_city = has_country and not is_below(draws[2], 0.1)
    has_street = has_city and is_below(draws[3], 0.65)
    return {
        "country_name": place.country if has_country else None,
        "region_name": place.region if has_country and not is_below(draws[2], 0.08) else None,
        "city_name": place.city if has_city else None,
        "street": f"{1 + pick(draws[4], 240)} Invented Street" if has_street else None,
        "zip_code": place.postal_code if has_city and is_below(draws[3], 0.7) else None,
    }


def _size(draws: Draws) -> Values:
    size = _SIZES[pick(draws[0], len(_SIZES))]
    revenue = max(0, _USUAL_REVENUE[size] - 1 + pick(draws[1], 3))
    is_listed = size >= _LISTED_FROM and is_below(draws[3], 0.3)
    return {
        "number_of_employees_range": None if is_below(draws[2], 0.08) else EMPLOYEE_RANGES[size],
        "yearly_revenue_range": REVENUE_RANGES[revenue] if is_below(draws[2], 0.78) else None,
        "ticker": f"NASDAQ:ZX{_letters(draws[1])}" if is_listed else None,
    }


def _presence(company: SandboxCompany, label: str, country: str | None, draws: Draws) -> Values:
    slug = company.domain.replace(".", "_")
    sites = [{"country": country, "locations": 1 + pick(draws[4], 40)}]
    return {
        "website": _website(company.domain, label, draws[0], draws[1]),
        "linkedin_profile": f"https://www.linkedin.com/company/sandbox-{slug}" if is_below(draws[2], 0.8) else None,
        "business_logo": f"https://logos.sandbox.invalid/{company.business_id}.png"
        if is_below(draws[2], 0.6)
        else None,
        "locations_distribution": sites if country and is_below(draws[3], 0.35) else None,
    }


def _website(domain: str, label: str, fate: int, style: int) -> str | None:
    """Usually the domain itself; for one company in 25 none, for another one that of somebody else."""
    if is_below(fate, 0.04):
        return None
    if is_below(fate, 0.08):
        return f"https://www.{label}-sandbox-holdings.com"
    forms = ("https://www.{}", "https://{}/", "http://www.{}", "//www.{}")
    return forms[pick(style, len(forms))].format(domain)


def _letters(draw: int) -> str:
    return "".join(chr(65 + draw // 26**place % 26) for place in range(3))


FIRMOGRAPHICS = (
    "business_id",
    "name",
    "business_description",
    "website",
    "country_name",
    "region_name",
    "city_name",
    "street",
    "zip_code",
    "naics",
    "naics_description",
    "sic_code",
    "sic_code_description",
    "ticker",
    "number_of_employees_range",
    "yearly_revenue_range",
    "linkedin_industry_category",
    "linkedin_profile",
    "business_logo",
    "locations_distribution",
)
