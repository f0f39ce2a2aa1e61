"""The year a company was founded, read from Wikipedia's free text."""

from __future__ import annotations

import re

from firmograph.providers.open_facts.figures import without_citations

_YEAR = re.compile(r"(?<![\d.,:/])(?:1\d|20)\d\d(?!\d|[,.:]\d)")
# What happens to a company that exists already.
_LATER = re.compile(
    r"\b(?:renamed|until|incorporat\w+|operational|listed|ipo|acquired|demerged|spun off|dates from)"
    r"[^;()]{0,60}?((?:1\d|20)\d\d)",
    re.IGNORECASE,
)


def founding_year(text: str) -> int | None:
    """The founding year of text such as `1976; 50 years ago (1976-04-01)`.

    The first year, when nothing but its repetition and later events in the company's life (a listing, a new name)
    follows. `None` where predecessors, mergers or brands leave several years to choose from.
    """
    text = without_citations(text)
    years = [int(year) for year in _YEAR.findall(text)]
    if not years:
        return None
    first = years[0]
    others = set(years) - {first} - {int(year) for year in _LATER.findall(text)}
    return first if not others and first == min(years) else None
