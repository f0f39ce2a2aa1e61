"""A record of `pytickersymbols` as readings: free text becomes our bands, years and places, or stays raw."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from firmograph.core.fields import Field, FieldValue
from firmograph.core.observations import Reading
from firmograph.providers.blank import blank_to_none
from firmograph.providers.open_facts.founding import founding_year
from firmograph.providers.open_facts.headcount import employee_band
from firmograph.providers.open_facts.headquarters import Seat, read_seat
from firmograph.providers.open_facts.records import (
    YAHOO_EXCHANGES,
    Record,
    article_name,
    company_name,
    entries,
    hosts,
    is_coherent,
    is_listing_confirmed,
    text_of,
)
from firmograph.providers.open_facts.revenue import revenue_band
from firmograph.providers.places import country_code, country_name

FIELDS = frozenset(
    {
        Field.NAME,
        Field.WEBSITE,
        Field.INDUSTRY,
        Field.EMPLOYEE_RANGE,
        Field.REVENUE_RANGE,
        Field.FOUNDED_YEAR,
        Field.COUNTRY_CODE,
        Field.COUNTRY,
        Field.REGION,
        Field.CITY,
        Field.TICKER,
    }
)

# The package mixes, in alphabetical order, two classifications and Wikipedia's own words; their sectors are what most
# companies have. GICS first, then Refinitiv's where the word is another.
_SECTORS = (
    frozenset(
        {
            "communication services",
            "consumer discretionary",
            "consumer staples",
            "energy",
            "financials",
            "health care",
            "industrials",
            "information technology",
            "materials",
            "real estate",
            "utilities",
        }
    ),
    frozenset({"basic materials", "consumer cyclicals", "consumer non-cyclicals", "healthcare", "technology"}),
)
# Exchanges as Wikipedia names them, for the symbols that come without one.
_EXCHANGES = {"NYSE": "NYSE", "Nasdaq": "NASDAQ", "AMEX": "AMEX", "FWB": "FRA", "Euronext Paris": "EPA"}
_LISTING = re.compile(rf"\b({'|'.join(_EXCHANGES)})\s:\s?([A-Z0-9.]+)")


def read(payload: Any) -> tuple[Reading, ...]:
    """What an answer's payload `{"record": …, "site": …}` says, field by field. Raises nothing, whatever it is given.

    `record` is the package's own, unchanged; `site` is the host the question was about, one of those the package gives
    for the company.
    """
    record = payload.get("record") if isinstance(payload, Mapping) else None
    if not isinstance(record, Mapping):
        return ()
    seat, seat_raw = _seat(record)
    return (
        *_name(record),
        *_website(record, payload.get("site")),
        *_industry(record),
        *_headcount(record),
        *_revenue(record, is_us=seat.country_code == "US"),
        *_founding(record),
        *_place(record, seat, seat_raw),
        *_ticker(record),
    )


def _reading(field: Field, value: FieldValue | None, raw: str | None) -> Iterator[Reading]:
    if raw is not None:
        yield Reading(field, value, raw)


def _name(record: Record) -> Iterator[Reading]:
    """The company's name; the article's title where the package's name is another company's."""
    raw = blank_to_none(record.get("name")) or article_name(record)
    return _reading(Field.NAME, company_name(record), raw)


def _website(record: Record, site: object) -> Iterator[Reading]:
    """The site that was asked for, or the first that is named, without path."""
    raw = text_of(record, "website")
    host = site if isinstance(site, str) else next(iter(hosts(raw)), None)
    return _reading(Field.WEBSITE, f"https://{host}" if host else None, raw or host)


def _industry(record: Record) -> Iterator[Reading]:
    """The sector among the package's industries, verbatim; the first of them when none is a sector's name."""
    listed = record.get("industries")
    names = [name for entry in listed if (name := blank_to_none(entry))] if isinstance(listed, list) else []
    if not names:
        return
    sector = next((name for sectors in _SECTORS for name in names if name.casefold() in sectors), names[0])
    yield Reading(Field.INDUSTRY, sector if is_coherent(record) else None, "; ".join(names))


def _headcount(record: Record) -> Iterator[Reading]:
    raw = text_of(record, "employees")
    band = employee_band(raw) if raw else None
    return _reading(Field.EMPLOYEE_RANGE, band.name if band else None, raw)


def _revenue(record: Record, *, is_us: bool) -> Iterator[Reading]:
    raw = text_of(record, "revenue")
    band = revenue_band(raw, is_us=is_us) if raw else None
    return _reading(Field.REVENUE_RANGE, band.name if band else None, raw)


def _founding(record: Record) -> Iterator[Reading]:
    raw = text_of(record, "founded")
    return _reading(Field.FOUNDED_YEAR, founding_year(raw) if raw else None, raw)


def _seat(record: Record) -> tuple[Seat, str | None]:
    """The seat and the text it was read from.

    The article's seat comes first: the package's country is now the legal domicile, now a town, now plainly wrong. It
    says what the article leaves open.
    """
    seat_text, country_text = text_of(record, "headquarters"), blank_to_none(record.get("country"))
    if not is_coherent(record):
        country_text = None
    is_us = country_text is not None and country_code(country_text) == "US"
    seat = read_seat(seat_text, is_us=is_us) if seat_text else Seat()
    if seat.country_code is not None or country_text is None:
        return seat, seat_text
    fallback = read_seat(country_text)
    return Seat(fallback.country_code) if seat_text else fallback, country_text


def _place(record: Record, seat: Seat, raw: str | None) -> Iterator[Reading]:
    code = seat.country_code
    yield from _reading(Field.COUNTRY_CODE, code, raw)
    yield from _reading(Field.COUNTRY, country_name(code) if code else None, raw)
    if seat.region:
        yield from _reading(Field.REGION, seat.region, raw)
    yield from _reading(Field.CITY, seat.city, raw if seat.city else text_of(record, "headquarters"))


def _ticker(record: Record) -> Iterator[Reading]:
    """The package's main symbol as `EXCHANGE:SYMBOL`, with the exchange codes that the package uses itself.

    The exchange is that of Yahoo's ending (`SAP.DE` is ETR:SAP), of the package's Google symbol, or of the article's
    listing with the same code; a symbol without any of them stays as it is. A symbol that the article contradicts is
    no value.
    """
    raw = blank_to_none(record.get("symbol"))
    is_sure = is_listing_confirmed(record) or (is_listing_confirmed(record) is None and is_coherent(record))
    return _reading(Field.TICKER, _exchange_symbol(record, raw) if raw and is_sure else None, raw)


def _exchange_symbol(record: Record, symbol: str) -> str | None:
    code, dot, ending = symbol.rpartition(".")
    if dot and ending in YAHOO_EXCHANGES:
        return f"{YAHOO_EXCHANGES[ending]}:{code}" if code and "." not in code else None
    google = {str(entry.get("google")) for entry in entries(record)}
    exact = sorted(form for form in google if form.partition(":")[2] == symbol)
    if len(exact) == 1:
        return exact[0]
    articles = {
        _EXCHANGES[name] for name, there in _LISTING.findall(text_of(record, "traded_as") or "") if there == symbol
    }
    return f"{articles.pop()}:{symbol}" if len(articles) == 1 else symbol
