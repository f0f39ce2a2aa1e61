"""Cuts off the text that a scrape glued to the end of a host (`www.acme.comBOOK NOW`)."""

from __future__ import annotations

import re

from firmograph.core.web_domain import ascii_host, public_suffix

# Where a suffix ends and other text begins: at a change from small to capital letters, a digit, another script.
_LOWER_END = re.compile(r"([a-z]{2,})(?=[-_–—]?[A-Z]|[0-9]|[^\x00-\x7f])")
_UPPER_END = re.compile(r"([A-Z]{2,})(?=[-_–—]?[A-Z][a-z]|[0-9]|[^\x00-\x7f])")
# In the middle of a host only what is hardly a name of its own: a common suffix before capitals.
_INNER_END = re.compile(r"(com|net|org|info|biz)(?=[A-Z]{2})")
_FEWEST = 2  # labels of a host


def without_glued_text(host: str) -> str | None:
    """The host up to the suffix that other text is glued to; `None` if no such place is to be seen."""
    labels = host.split(".")
    for at in range(1, len(labels)):
        kept = labels[at].removesuffix("www") if labels[at].endswith("www") and at < len(labels) - 1 else None
        if kept and (cut := _ending(labels[:at], kept)):
            return cut
        if at < len(labels) - 1 and (match := _INNER_END.match(labels[at])) and _names(labels[:at]):
            return ascii_host(".".join([*labels[:at], match[1]]))
    match = _LOWER_END.match(labels[-1]) or _UPPER_END.match(labels[-1])
    return _ending(labels[:-1], match[1]) if match else None


def _ending(heads: list[str], end: str) -> str | None:
    cut = ascii_host(".".join([*heads, end]))
    return cut if cut is not None and _names(heads) and public_suffix(cut) else None


def _names(heads: list[str]) -> bool:
    """Whether something but `www` stands before the suffix."""
    return bool(heads) and (len(heads) >= _FEWEST or heads[0].lower() != "www")
