"""Which company a match item asks for: its domain, else its LinkedIn page, else its name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import unquote

import idna

Item = Mapping[str, str | None]

_BARE_HOST = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]+)")
_WRAPPING = re.compile(r"\A(?:[a-z][a-z0-9+.-]*:)?(?://)?(?:[^/?#@]*@)?([^/?#:\\]*).*\Z", re.DOTALL)
_LINKEDIN_SLUG = re.compile(r"linkedin\.com/(?:company|school|showcase)/([^/?#\s]+)", re.IGNORECASE)
_LEGAL_FORMS = frozenset({"ab", "ag", "bv", "co", "corp", "gmbh", "inc", "limited", "llc", "ltd", "plc", "sa", "the"})


class NotADomain(ValueError):
    """The item's domain or url names no host."""


def host_of(text: str) -> str:
    """The bare lower-case host (punycode, without `www.`) of a domain or address. Raises `NotADomain`."""
    host = text if _BARE_HOST.fullmatch(text) else _unwrapped(text)
    return host.removeprefix("www.") if host.count(".") > 1 else host


def slug_domain(linkedin_url: str) -> str | None:
    """The domain behind a LinkedIn company page, `None` when the address is no such page.

    Pages that the sandbox itself gives out carry the whole domain (`sandbox-acme_de`); any other page is taken for
    that of a `.com`.
    """
    found = _LINKEDIN_SLUG.search(linkedin_url)
    if not found:
        return None
    slug = unquote(found[1]).lower()
    own = slug.removeprefix("sandbox-")
    if own != slug and "_" in own:
        return own.replace("_", ".")
    return _com(slug)


def name_domain(name: str) -> str | None:
    """The domain guessed from a name alone: its letters and digits without legal forms; `None` when none are left."""
    words = re.findall(r"[a-z0-9]+", _plain(name))
    kept = [word for word in words if word not in _LEGAL_FORMS] or words
    return _com("".join(kept))


def _unwrapped(text: str) -> str:
    host = _WRAPPING.sub(r"\1", text.strip().lower()).rstrip(".")
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode()
        except idna.IDNAError as error:
            raise NotADomain(text) from error
    if not _BARE_HOST.fullmatch(host):
        raise NotADomain(text)
    return host


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _com(label: str) -> str | None:
    kept = re.sub(r"[^a-z0-9-]", "", _plain(label)).strip("-")[:63]
    return f"{kept}.com" if len(kept) > 1 else None
