"""A headcount as Wikipedia's writers put it, read into one of our bands; what is not certain is no band."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from firmograph.core.fields import Band, Field, band_of
from firmograph.providers.open_facts.figures import latest_year, without_citations

MOST_PEOPLE = 5_000_000  # twice the largest employer there is

_GROUPED = r"\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3})+|\d{1,3}(?: \d{3})+|\d+"
_COUNT = re.compile(
    rf"(?P<more>(?:more than|over|>|at least)\s*)?(?<![\d.,−-])(?P<number>{_GROUPED}|\d+\.\d+)(?!\d|[.,]\d)"
    r"(?:\s?(?P<scale>million|thousand)\b)?(?P<plus>\s?\+)?",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\s*(?:\(|employees|people|staff|workers|FTE|full)", re.IGNORECASE)
_LESS = re.compile(r"(?:less|fewer) than|\bunder \d|\bbelow \d|\bup to\b|<", re.IGNORECASE)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?{_MONTH}\s*(?:\d{{1,2}}(?:st|nd|rd|th)?\s*)?,?\s*(?:19|20)\d\d\b"
    r"|\b(?:in|of|by|since|during|end|as of)\s+(?:19|20)\d\d\b|(?<=[\d+] )(?:19|20)\d\d\b",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\([^()]*\)?")
_ASIDE = re.compile(
    r"\([^()]*\d,\d{3}[^()]*\)"
)  # a bracket with a figure of its own tells nothing of the one before it
_WHOLE = re.compile(r"(?<!non-)(?<!non)(?<!un)consolidated|\btotal\b|\bgroup\b|including subsidiaries", re.IGNORECASE)
_PART = re.compile(
    r"non-?\s?consolidated|unconsolidated|stand-?alone|\bonly\b|holding company|\bparent\b|seasonal|part-time"
    r"|\bcorporate\b|\bheadquarters\b|\bin (?!total)(?:the )?[A-Za-z]",
    re.IGNORECASE,
)


def employee_band(text: str) -> Band | None:
    """The band of a headcount such as `21,834 (Japan - 9,634)` or `approx. 300,000 (2024)`.

    Of several figures the group's is taken before the parent's alone, a later year's before an earlier one's; figures
    that stay side by side must fall into one band. `None` for anything else, for a part of the staff, for nonsense.
    """
    text = without_citations(text)
    if _LESS.search(text):
        return None
    figures = _figures(text)
    figures = [figure for figure in figures if figure.is_whole] or figures
    if any(figure.is_part for figure in figures):
        return None
    years = [figure.year for figure in figures if figure.year is not None]
    if len(years) == len(figures):
        figures = [figure for figure in figures if figure.year == max(years)]
    bands = {figure.band for figure in figures}
    return bands.pop() if len(bands) == 1 else None


@dataclass(frozen=True, slots=True)
class _Figure:
    people: int | None  # None: not a whole number
    label: str  # the words about it

    @property
    def is_whole(self) -> bool:
        return bool(_WHOLE.search(self.label)) and not self.is_part

    @property
    def is_part(self) -> bool:
        return bool(_PART.search(_DATE.sub("", _ASIDE.sub("", self.label))))

    @property
    def year(self) -> int | None:
        return latest_year(self.label)

    @property
    def band(self) -> Band | None:
        return band_of(Field.EMPLOYEE_RANGE, self.people) if self.people and self.people <= MOST_PEOPLE else None


def _figures(text: str) -> list[_Figure]:
    """Every figure that counts people, with the words about it.

    Brackets say when and what; they hold a figure of their own only where they name the group's.
    """
    plain = _DATE.sub(_blanks, text)
    outside = _COUNT.finditer(_BRACKET.sub(_blanks, plain))
    spots = [(found.span(), found) for found in outside if not _is_year(found) or _COUNTED.match(text, found.end())]
    for bracket in _BRACKET.finditer(plain):
        if _WHOLE.search(bracket[0]) and not _PART.search(bracket[0]):
            counts = (found for found in _COUNT.finditer(bracket[0]) if not _is_year(found))
            spots += [(bracket.span(), found) for found in counts]
    spots.sort(key=lambda spot: spot[0])
    labels = _labels(text, [span for span, _ in spots])
    return [_Figure(_people(found), label) for (_, found), label in zip(spots, labels, strict=True)]


def _blanks(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _labels(text: str, spans: list[tuple[int, int]]) -> list[str]:
    """The words about each figure: those behind it up to the last bracket, and those before it from there on.

    Without a bracket between two figures the words belong to the first, unless a colon gives them to the second. A
    figure that is a bracket has its words in it, and takes a share in those behind.
    """
    befores, afters = [""] * len(spans), [""] * len(spans)
    if spans:
        befores[0], afters[-1] = text[: spans[0][0]], text[spans[-1][1] :]
    for place, ((_, end), (start, _)) in enumerate(pairwise(spans)):
        between = text[end:start]
        cut = between.rfind(")") + 1 or (0 if between.rstrip().endswith(":") else len(between))
        afters[place], befores[place + 1] = between[:cut], between[cut:]
    own = [text[start:end] if text[start] == "(" else "" for start, end in spans]
    return [" ".join(words) for words in zip(befores, own, afters, strict=True)]


def _people(found: re.Match[str]) -> int | None:
    """The figure as a count, one more where the text says that there are more; `None` for a fraction."""
    digits, scale = found["number"], found["scale"]
    if scale:
        return round(float(digits.replace(",", "")) * {"million": 10**6, "thousand": 10**3}[scale.lower()])
    if not re.fullmatch(_GROUPED, digits):
        return None
    return int(re.sub(r"\D", "", digits)) + bool(found["more"] or found["plus"])


def _is_year(found: re.Match[str]) -> bool:
    return not found["more"] and not found["plus"] and bool(re.fullmatch(r"(?:19|20)\d\d", found["number"]))
