"""The registrable web domain of a host: the key by which a company is known."""

from __future__ import annotations

import re
from functools import cache, lru_cache

import idna
from publicsuffixlist import PublicSuffixList

_SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_AFTER_AUTHORITY = re.compile(r"[/?#\\]")
_HOST = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}")
_MAX_HOST = 253
_IPV4_PARTS = 4
_ACE = "xn--"

# Suffixes of the list's private section whose bare host is the site of an organisation as well.
_OWN_SITES_TEXT = """
    altervista.org avocat.fr bearblog.dev carrd.co experts-comptables.fr freedesktop.org iki.fi kapsi.fi leadpages.co
    notaires.fr omg.lol pythonanywhere.com ruhr-uni-bochum.de simplesite.com surge.sh tickets.io tuxfamily.org
    uber.space umso.co
"""
_OWN_SITES = frozenset(_OWN_SITES_TEXT.split())


def registrable_domain(host_or_url: str) -> str | None:
    """The registrable domain of a host or URL: lower-case, punycode; private suffixes count as suffixes.

    `None` for a bare or unknown suffix, an IP address and whatever is no host. Idempotent; raises nothing. The rules
    are those of the public suffix list, in the snapshot that the package `publicsuffixlist` carries.
    """
    host = ascii_host(host_of(host_or_url))
    return None if host is None else domain_of_host(host)


def host_of(address: str) -> str:
    """The host as written in a URL or bare host: scheme, user info, port, path, query and fragment cut off."""
    rest = address.strip()
    if scheme := _SCHEME.match(rest):
        rest = rest[scheme.end() :]
    host = _AFTER_AUTHORITY.split(rest, maxsplit=1)[0].rpartition("@")[2]
    return host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]


def ascii_host(host: str) -> str | None:
    """The host in lower-case ASCII (IDNA 2008 after UTS 46), without its trailing dot; `None` if it can't be a host."""
    host = host.removesuffix(".")
    if not host.isascii():
        mapped = _encoded(host)
        if mapped is None:
            return None
        host = mapped
    host = host.lower()
    return host if len(host) <= _MAX_HOST and _HOST.fullmatch(host) else None


@lru_cache(maxsize=1 << 10)
def _encoded(host: str) -> str | None:
    if len(host) > _MAX_HOST:
        return None
    try:
        labels = idna.uts46_remap(host, std3_rules=False, transitional=False).split(".")
        return ".".join(label if label.isascii() else idna.alabel(label).decode("ascii") for label in labels)
    except (idna.IDNAError, UnicodeError):
        return None


@lru_cache(maxsize=1 << 14)
def domain_of_host(host: str) -> str | None:
    """The registrable domain of a host that `ascii_host` gave; `None` when it is a suffix, or has none."""
    domain: str | None = _suffixes().privatesuffix(host)
    if domain is None or (domain.startswith("www.") and _is_www_of_suffix(domain)):
        bare = host.removeprefix("www.")
        return bare if bare in _OWN_SITES else None
    label = domain[: domain.index(".")]
    if label[0] == "-" or label[-1] == "-" or "_" in label or (label.startswith(_ACE) and not _is_punycode(label)):
        return None
    return domain


@lru_cache(maxsize=1 << 10)
def public_suffix(host: str) -> str | None:
    """The public suffix that an ASCII host ends in (or is); `None` when the list has none for it."""
    suffix: str | None = _suffixes().publicsuffix(host)
    return suffix


def is_ip_address(host: str) -> bool:
    """Whether the host is an IP address as browsers read it: `[…]`, dotted, or in one hexadecimal or decimal number."""
    if host.startswith("["):
        return True
    # Only a host that ends in a number can be one; most don't.
    if not host[host.rfind(".", 0, -1) + 1 :][:1].isdigit():
        return False
    parts = host.lower().removesuffix(".").split(".")
    numbers = [_ipv4_number(part) for part in parts]
    if len(parts) > _IPV4_PARTS or not all(number is not None for number in numbers):
        return False
    *heads, last = (number or 0 for number in numbers)
    return all(number < 1 << 8 for number in heads) and last < 1 << (8 * (_IPV4_PARTS + 1 - len(parts)))


def _ipv4_number(part: str) -> int | None:
    for digits, base in ((r"0x[0-9a-f]{0,8}", 16), (r"0[0-7]{0,12}", 8), (r"[1-9][0-9]{0,9}", 10)):
        if re.fullmatch(digits, part):
            return int(part, base) if part not in {"0x", "0"} else 0
    return None


def _is_www_of_suffix(domain: str) -> bool:
    """Whether `www.` before a suffix made this domain: `www.gob.mx` is no more of a company than `gob.mx`.

    Where every other name below the suffix is a suffix too, as with `*.ck` and `!www.ck`, the list means that name.
    """
    return not _suffixes().is_public(f"0.{domain.removeprefix('www.')}")


def _is_punycode(label: str) -> bool:
    try:
        return not label[len(_ACE) :].encode("ascii").decode("punycode").isascii()
    except (UnicodeError, OverflowError):
        return False


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)
