"""One record of the package `pytickersymbols`: its parts, and whether they are of one company.

A record has the package's own part (name, symbols, industries, country) and a `metadata` block taken from the
Wikipedia article it links to. Some carry the article, or the listing, of another company.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from firmograph.core.company_names import Likeness, compare_names, name_words
from firmograph.core.web_domain import registrable_domain
from firmograph.providers.blank import blank_to_none

Record = Mapping[str, Any]

_HOST = re.compile(r"(?<![\w@.-])(?:[\w-]+\.)+[^\W\d_][\w-]+")
_HOST_WITH_FOLDER = re.compile(rf"(?P<host>{_HOST.pattern})(?:\s*/\s*(?P<folder>[\w-]+))?")
_DISAMBIGUATION = re.compile(r"\s*\([^()]*\)$")
# How Yahoo writes a listing outside America: the code, a dot, the exchange.
YAHOO_EXCHANGES = {
    "AS": "AMS",
    "BR": "EBR",
    "DE": "ETR",
    "F": "FRA",
    "HE": "HEL",
    "L": "LON",
    "MC": "BME",
    "MI": "BIT",
    "PA": "EPA",
    "ST": "STO",
    "SW": "SWX",
    "T": "TYO",
}
_LISTING = re.compile(r"\s:\s?[A-Z0-9]")
_WORD = re.compile(r"[A-Z0-9]+")


def metadata(record: Record) -> Record:
    block = record.get("metadata")
    return block if isinstance(block, Mapping) else {}


def text_of(record: Record, name: str) -> str | None:
    """A value of the article's block as text; numbers become their digits, blanks `None`."""
    return blank_to_none(metadata(record).get(name))


def own_name(record: Record) -> str | None:
    """The package's name for the company, without what Wikipedia puts in brackets to tell articles apart."""
    name = blank_to_none(record.get("name"))
    return _DISAMBIGUATION.sub("", name) if name else None


def article(record: Record) -> str | None:
    """The title of the Wikipedia article the block was taken from, as it stands in the article's address."""
    _, _, title = (text_of(record, "wikipedia_url") or "").partition("/wiki/")
    return unquote(title) or None


def article_name(record: Record) -> str | None:
    """The article's title as a name."""
    title = article(record)
    return _DISAMBIGUATION.sub("", title.replace("_", " ")) if title else None


def is_own_article(record: Record) -> bool:
    """Whether name and article are of one company: the package carries some with a neighbour's article."""
    name, title = own_name(record), article_name(record)
    return name is None or title is None or are_alike(name, title)


def is_coherent(record: Record) -> bool:
    """Whether the package's own part can be trusted to be of the company that the article is about."""
    return is_own_article(record) and is_listing_confirmed(record) is not False


def are_alike(one: str, other: str) -> bool:
    """Whether two names can mean one company: not clearly different ones, or with half of their words in common."""
    if compare_names(one, other) is not Likeness.DIFFERENT:
        return True
    mine, theirs = set(name_words(one)), set(name_words(other))
    return len(mine & theirs) * 2 >= min(len(mine), len(theirs))


def company_name(record: Record) -> str | None:
    """The name of the company that the article is about; `None` where neither name nor title fits what it says."""
    name = own_name(record) if is_own_article(record) else article_name(record)
    if name and is_listing_confirmed(record) is False and not _fits_site(name, text_of(record, "website")):
        return None
    return name


def _fits_site(name: str, website: str | None) -> bool:
    """Whether some word of the name is in a host's name."""
    labels = [host.replace("-", "") for host in hosts(website)]
    return not labels or any(word in label for word in name_words(name) if len(word) > 1 for label in labels)


def hosts(text: str | None) -> list[str]:
    """Every host named in a website value, in lower case: some hold two, some words around them, some none."""
    return [host for found in _HOST.findall(text or "") if registrable_domain(host := found.lower()) is not None]


def sites(record: Record) -> dict[str, str]:
    """The hosts by registrable domain, the first of each; without one that gives the company a folder: its parent's."""
    named = name_words(company_name(record) or "")
    found: dict[str, str] = {}
    for part in _HOST_WITH_FOLDER.finditer((text_of(record, "website") or "").lower()):
        domain = registrable_domain(part["host"])
        if domain is not None and not (len(named) > 1 and part["folder"] in named):
            found.setdefault(domain, part["host"])
    return found


def entries(record: Record) -> list[Record]:
    """The package's listings of the company: each a Yahoo symbol, a Google symbol and a currency."""
    listed = record.get("symbols")
    return [entry for entry in listed if isinstance(entry, Mapping)] if isinstance(listed, list) else []


def codes(record: Record) -> frozenset[str]:
    """Every code the package's own part lists the company under, without its exchange."""
    symbols = [record.get("symbol")]
    for entry in entries(record):
        symbols += [entry.get("yahoo"), entry.get("google")]
    return frozenset(bare_code(symbol) for symbol in symbols if isinstance(symbol, str) and symbol.strip("- "))


def bare_code(symbol: str) -> str:
    """A symbol without its exchange: `ADYEN.AS` and `AMS:ADYEN` are ADYEN, `BRK.B` stays."""
    code = symbol.rpartition(":")[2].strip()
    head, _, tail = code.rpartition(".")
    return head if tail in YAHOO_EXCHANGES and head else code


def is_listing_confirmed(record: Record) -> bool | None:
    """Whether the article's listing (`NYSE : AIZ`) is one of the package's; `None` where one of them says nothing."""
    listing = text_of(record, "traded_as") or ""
    mine = {_WORD.match(code) for code in codes(record)}
    if not mine or not _LISTING.search(listing):
        return None
    return not {found[0] for found in mine if found}.isdisjoint(_WORD.findall(listing))
