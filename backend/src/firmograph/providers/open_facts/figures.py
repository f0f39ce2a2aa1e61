"""What headcounts and revenues in Wikipedia's free text have in common: footnotes, pages and the years they are of."""

from __future__ import annotations

import re

_FOOTNOTE = re.compile(r"\[\w{0,3}\]?")
_PAGE = re.compile(r"(?<=[\d)+nM]) : \d{1,3}(?![\d,.])")  # a citation's page: "c. 16,000 : 2 (2025)"
_YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![\d,])|\bJ?FYE?\s?'?(\d\d)(?!\d)")


def without_citations(text: str) -> str:
    """The text without footnote marks and cited pages, with ordinary spaces."""
    return _PAGE.sub("", _FOOTNOTE.sub("", text.replace("\xa0", " ").replace("\u202f", " ")))


def latest_year(text: str) -> int | None:
    """The latest year the words name, a financial year of two digits (`FY25`) included."""
    years = (2000 + int(found[1]) if found[1] else int(found[0]) for found in _YEAR.finditer(text))
    return max(years, default=None)
