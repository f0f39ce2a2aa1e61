"""Reads one cell: the company's web domain, or the reason why it names none."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from firmograph.core.company import CompanyKey
from firmograph.core.outcomes import Rejection
from firmograph.core.web_domain import ascii_host, domain_of_host, is_ip_address, public_suffix
from firmograph.intake import addresses as found
from firmograph.intake.addresses import Address
from firmograph.intake.glue import without_glued_text
from firmograph.intake.linkedin import company_page
from firmograph.intake.mailboxes import mailbox_rejection
from firmograph.intake.placeholders import is_placeholder
from firmograph.intake.platforms import page_rejection, redirect_target

# The two shapes that most cells have; what they don't match is read the long way, with the same result.
_URL = re.compile(
    r"(?:https?://)?(?:www\.)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?::[0-9]+)?(?:/([^\s?#,;|<>\"`{}()\[\]\\\x00-\x1f]*)"
    r"(?:\?([^\s#,;|<>\"`{}()\[\]\\\x00-\x1f]*))?)?",
    re.ASCII | re.IGNORECASE,
)
_EMAIL = re.compile(r"[A-Za-z0-9._+-]+@((?:[a-z0-9-]+\.)+[a-z]{2,})", re.ASCII)
_HANDLE = re.compile(r"@[\w-]+")
_LONGEST_KEPT = 256  # longer cells are not worth a place in the cache
_IPV6 = re.compile(r"(?:[a-z]+://)?\[[0-9a-f:.%]+\](?::\d+)?(?:/.*)?", re.IGNORECASE)

# RFC 2606, 6761, 6762, 7686, 8375, 9476 and the draft for .internal: names that never are a company's.
_RESERVED_SUFFIXES = frozenset(
    {"alt", "arpa", "example", "internal", "invalid", "local", "localdomain", "localhost", "onion", "test"}
)
_RESERVED_DOMAINS = frozenset({"example.com", "example.net", "example.org"})

# Ends of file names that look like a host; none is a suffix of the list.
_FILE_ENDINGS_TEXT = """
    7z asp aspx avi bak bmp css csv dll doc docx eml exe gif gz htm html ico ini jpeg jpg js json jsp key log mp3 mp4
    msg odt pdf php png ppt pptx psd rar rtf svg tar tif tiff tsv txt wav webp wmv xls xlsm xlsx xml yaml yml
"""
_FILE_ENDINGS = frozenset(_FILE_ENDINGS_TEXT.split())
_SPELLED_OUT = frozenset({"com", "net", "org"})

SEVERAL = "several sites, the first was taken"
FROM_EMAIL = "from an e-mail address"
IN_TEXT = "site found in surrounding text"
GLUED = "text glued to the host was cut off"
MENDED = "a misspelt address was mended"
PASSED_OVER = "passed over what is no site of the company's own"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a cell says: exactly one of `domain` (registrable, ASCII, lower-case) and `rejection` is set.

    `note` tells what was noticed on the way. `linkedin_url` is the canonical address of the LinkedIn company page that
    the cell holds.
    """

    domain: str | None
    rejection: Rejection | None
    note: str | None = None
    linkedin_url: str | None = None


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """One row as submitted, with its verdict: exactly one of `company` and `rejection` is set.

    `position` counts data rows from 1. `cells` are as in the list: texts in their order, a ragged row ragged; for JSON
    Lines the object, its types kept. `input` is the text of the cell that was read, `None` where the row has none.
    """

    position: int
    cells: list[str] | dict[str, Any]
    input: str | None
    company: CompanyKey | None
    rejection: Rejection | None
    note: str | None


_EMPTY = Verdict(None, Rejection.EMPTY)
_PLACEHOLDER = Verdict(None, Rejection.PLACEHOLDER)
_NO_DOMAIN = Verdict(None, Rejection.NOT_A_DOMAIN)


def read_cell(text: str | None) -> Verdict:
    """The verdict of one cell; reads the first 4,096 characters and raises nothing, whatever they are."""
    if not text:
        return _EMPTY
    return _read(text) if len(text) <= _LONGEST_KEPT else _read.__wrapped__(text)


@lru_cache(maxsize=1 << 14)
def _read(text: str) -> Verdict:
    return _read_plain(text) or _read_text(found.clean(text))


def _read_plain(text: str) -> Verdict | None:
    """The verdict of a URL, host or e-mail address in its plain shape; `None` where there is more to look at."""
    url = _URL.fullmatch(text)
    if url is None:
        return _read_plain_email(text)
    written, path, query = url[1], url[2] or "", url[3] or ""
    host = written.lower()
    domain = domain_of_host(host)
    if domain is None or _is_reserved(domain) or "www." in host or "http" in path.lower():
        return None
    if host != written and not written.isupper() and without_glued_text(written):
        return None
    if query and redirect_target(host, path, query):
        return None
    return _on_platform_page(host, domain, path, query) or Verdict(domain, None)


def _read_plain_email(text: str) -> Verdict | None:
    email = _EMAIL.fullmatch(text)
    host = email[1] if email else ""
    domain = domain_of_host(host) if host else None
    if domain is None or _is_reserved(domain) or page_rejection(host, domain, "", ""):
        return None
    rejection = mailbox_rejection(host, domain)
    return Verdict(None, rejection) if rejection else Verdict(domain, None, FROM_EMAIL)


def _read_text(text: str) -> Verdict:
    if not text:
        return _EMPTY
    values = found.dumped_values(text)
    if values is not None:
        text = " ".join(values)
    if not text or is_placeholder(text):
        return _PLACEHOLDER
    if _is_ipv6(text):
        return Verdict(None, Rejection.IP_ADDRESS)
    if found.is_path(text):
        return replace(_NO_DOMAIN, note="a path without a host")
    if _HANDLE.fullmatch(text):
        return Verdict(None, Rejection.SOCIAL_PROFILE, note="a handle, not a site")
    words = found.tokens(text)
    verdict = _choose(list(_judged(words, is_alone=len(words) == 1)), is_text=len(words) > 1)
    return verdict if verdict and verdict.domain else _rejoined(text) or verdict or _NO_DOMAIN


def _judged(words: list[str], *, is_alone: bool) -> Iterator[tuple[Address, Verdict]]:
    for _, address in found.addresses(words):
        if is_alone or address.is_explicit or _is_clean(address.host):
            yield address, _judge(address)


def _choose(judged: list[tuple[Address, Verdict]], *, is_text: bool) -> Verdict | None:
    """The first usable site, then the first usable e-mail address, then the first reason why there is none."""
    usable = [(address, verdict) for address, verdict in judged if verdict.domain]
    if not usable:
        return _first_rejection(judged, is_text=is_text)
    address, verdict = next((pair for pair in usable if not pair[0].is_email), usable[0])
    sites = {other.domain for _, other in usable}
    pages = [other for _, other in judged if other.rejection in {Rejection.SOCIAL_PROFILE, Rejection.HOSTED_PAGE}]
    notes = [verdict.note, FROM_EMAIL if address.is_email else None, MENDED if address.is_mended else None]
    if len(sites) > 1:
        notes.append(SEVERAL)
    elif pages:
        notes.append(PASSED_OVER)
    elif is_text and len(judged) == 1:
        notes.append(IN_TEXT)
    page = next((other.linkedin_url for _, other in judged if other.linkedin_url), None)
    return Verdict(verdict.domain, None, "; ".join(dict.fromkeys(filter(None, notes))) or None, page)


def _first_rejection(judged: list[tuple[Address, Verdict]], *, is_text: bool) -> Verdict | None:
    telling = [
        verdict
        for address, verdict in judged
        if verdict.rejection is not Rejection.NOT_A_DOMAIN
        and not (is_text and verdict.rejection is Rejection.UNKNOWN_SUFFIX and not address.is_explicit)
    ]
    if telling:
        return telling[0]
    # Words that only look like hosts, in a text, are no reason to speak of a suffix.
    return judged[0][1] if judged and not is_text else None


def _rejoined(text: str) -> Verdict | None:
    """The verdict of an address with blanks around its dots (`www.acme . com`), if that makes it usable."""
    joined = re.sub(r"\s*\.\s*", ".", text)
    if joined == text or not re.fullmatch(r"(?:https?://|www\.)\S+", joined, re.IGNORECASE):
        return None
    address = found.parse(joined)
    verdict = _judge(address) if address else _NO_DOMAIN
    return replace(verdict, note=MENDED) if verdict.domain else None


def _is_clean(host: str) -> bool:
    """Whether a word within a text is likely a host and not two sentences without a blank (`offices.In`)."""
    stem, _, end = host.rpartition(".")
    return bool(stem) and (end.islower() or host.isupper() or not host.isascii() or end.lower() in _SPELLED_OUT)


def _judge(address: Address) -> Verdict:
    host = ascii_host(address.host)
    domain = domain_of_host(host) if host else None
    if host is None or domain is None:
        return _without_domain(address, host)
    if _is_reserved(domain):
        return Verdict(None, Rejection.RESERVED, note=f"{domain} is reserved: it never is a company's")
    return _on_platform(address, host, domain) or _from_mailbox(address, host, domain) or _accepted(address, domain)


def _is_reserved(domain: str) -> bool:
    return domain in _RESERVED_DOMAINS or domain[domain.rfind(".") + 1 :] in _RESERVED_SUFFIXES


def _accepted(address: Address, domain: str) -> Verdict:
    # A host that parses may still have a second one, or capitals of another text, glued into its middle.
    cut = without_glued_text(address.host) if address.is_explicit else None
    return _without_glue(address, cut) if cut and domain_of_host(cut) != domain else Verdict(domain, None)


def _without_glue(address: Address, host: str) -> Verdict:
    verdict = _judge(replace(address, host=host, path="", query=""))
    return replace(verdict, note=GLUED) if verdict.domain else verdict


def _without_domain(address: Address, host: str | None) -> Verdict:
    """The verdict of a host that has no registrable domain."""
    name = host or address.host
    if is_ip_address(name) and (address.is_explicit or name.count(".") == 3 or "0x" in name.lower()):  # noqa: PLR2004
        return Verdict(None, Rejection.IP_ADDRESS)
    end = name.rpartition(".")[2].lower()
    if end in _RESERVED_SUFFIXES:
        return Verdict(None, Rejection.RESERVED, note=f".{end} is reserved")
    if host is None or not public_suffix(host):
        return _cut(address, host)
    return replace(_NO_DOMAIN, note=_why_no_domain(host))


def _cut(address: Address, host: str | None) -> Verdict:
    """The verdict of a host whose end is on no list: without the text glued to it, if any, else a rejection."""
    cut = without_glued_text(address.host) if address.is_explicit or address.path == "" else None
    if cut is not None:
        return _without_glue(address, cut)
    if host is None or "." not in host:
        return _NO_DOMAIN
    end = host.rpartition(".")[2]
    if not end.isalpha() and not end.startswith("xn--"):
        return _NO_DOMAIN
    if end in _FILE_ENDINGS:
        return replace(_NO_DOMAIN, note=f"looks like the name of a .{end} file")
    return Verdict(None, Rejection.UNKNOWN_SUFFIX, note=f"there is no suffix .{end}")


def _why_no_domain(host: str) -> str | None:
    bare = host.removeprefix("www.")
    is_suffix = "." in bare and public_suffix(bare) == bare
    return f"{bare} is a public suffix, not a company's domain" if is_suffix else None


def _on_platform(address: Address, host: str, domain: str) -> Verdict | None:
    if target := redirect_target(host, address.path, address.query):
        led = found.parse(target)
        if led is not None and led.host and not redirect_target(led.host.lower(), led.path, led.query):
            return replace(_judge(led), note="behind a redirecting link")
    return _on_platform_page(host, domain, address.path, address.query)


def _on_platform_page(host: str, domain: str, path: str, query: str) -> Verdict | None:
    rejection = page_rejection(host, domain, path, query)
    if rejection is None:
        return None
    return Verdict(None, rejection, linkedin_url=company_page(path) if domain == "linkedin.com" else None)


def _from_mailbox(address: Address, host: str, domain: str) -> Verdict | None:
    rejection = mailbox_rejection(host, domain) if address.is_email else None
    return Verdict(None, rejection) if rejection else None


def _is_ipv6(text: str) -> bool:
    if text.count(":") < 2:  # noqa: PLR2004
        return False
    if _IPV6.fullmatch(text):
        return True
    try:
        return ipaddress.ip_address(text.partition("%")[0]).version == 6  # noqa: PLR2004
    except ValueError:
        return False
