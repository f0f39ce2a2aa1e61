"""A year's revenue as Wikipedia's writers put it, read into one of our bands where the text states US dollars."""

from __future__ import annotations

import re
from dataclasses import dataclass

from firmograph.core.fields import Band, Field, band_of
from firmograph.providers.open_facts.figures import latest_year, without_citations

# Less without a word of scale does not say what is counted; more is three times the largest revenue there is.
LEAST_REVENUE, MOST_REVENUE = 10**6, 2 * 10**12

_NOT_A_YEARS = re.compile(r"\bQ[1-4]\b|\b[1-4]Q\b|\bH[12]\b|quarter|\bmonths?\b|half[- ]year", re.IGNORECASE)
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3}){2,}|\d+(?:\.\d+)?"
_AMOUNT = re.compile(
    rf"(?<![\d.,])(?P<low>{_NUMBER})(?:\s?[-–—]\s?(?P<high>{_NUMBER}))?(?![\d]|[.,]\d)"
    r"(?:\s?(?P<scale>trillions?|billions?|millions?|thousand|bn|mn|mm|mln|mio|tn|[mbkt])\b\.?)?\s?\+?",
    re.IGNORECASE,
)
_SCALES = {
    **dict.fromkeys(("thousand", "k"), 10**3),
    **dict.fromkeys(("million", "millions", "mn", "mm", "mln", "mio", "m"), 10**6),
    **dict.fromkeys(("billion", "billions", "bn", "b"), 10**9),
    **dict.fromkeys(("trillion", "trillions", "tn", "t"), 10**12),
}
# Directly before a figure: US dollars in their spellings, a dollar of nobody, or another money (A$, HK$, €, SEK, Rs).
_US_BEFORE = re.compile(r"(?<![A-Za-z])(?:US\s?\$\s?\$?|\$\s?US\s?\$?|USD\s?\$?|U\.S\.\s?\$)\s*$")
_BARE_BEFORE = re.compile(r"(?<![A-Za-z$.])\$\s*$")
_OTHER_BEFORE = re.compile(r"(?:[€£¥₹₩₽₺₪฿$]|\b[A-Z]{3}m?|\bRs\.?|\bSFr\.?|\b[Kk]r\.?|\bDM)\s*$")
_US_AFTER = re.compile(r"\s*(?:USD\b\$?|U\.?S\.? dollars?\b|United States dollars?\b)", re.IGNORECASE)
_OTHER_AFTER = re.compile(r"\s*(?:€|£|¥|\b(?!USD)[A-Z]{3}\b|(?i:euros?|yen|pounds?|francs?|rupees?|kr|crore|lakh)\b)")
_LOSS = re.compile(r"[-−–]\s*(?:US)?\s?\$?\s*$|\bloss\b")
_SAYS_US = re.compile(r"\bUSD?\b")


def revenue_band(text: str, *, is_us: bool) -> Band | None:
    """The band of a year's revenue that the text states in US dollars, such as `US$8,620.3 million (2025)`.

    A bare `$` is a US dollar only for a US company (`is_us`), or where the text says USD or US$ elsewhere. An
    equivalent in US dollars that the text gives itself (`¥ 1.58 trillion (US$ 14.37 billion)`) counts. Of several
    years the latest is taken; when that one isn't in US dollars, or the figure is a quarter's, there is no band.
    """
    text = without_citations(text)
    if _NOT_A_YEARS.search(text):
        return None
    amounts = _amounts(text, is_bare_us=is_us or bool(_SAYS_US.search(text)))
    years = [amount.year for amount in amounts if amount.year is not None]
    if years:
        amounts = [amount for amount in amounts if amount.year == max(years)]
    bands = {amount.band for amount in amounts if amount.is_us}
    return bands.pop() if len(bands) == 1 else None


@dataclass(frozen=True, slots=True)
class _Amount:
    low: float
    high: float
    is_us: bool
    year: int | None

    @property
    def band(self) -> Band | None:
        if not LEAST_REVENUE <= self.low <= self.high <= MOST_REVENUE:
            return None
        low, high = band_of(Field.REVENUE_RANGE, self.low), band_of(Field.REVENUE_RANGE, self.high)
        return low if low == high else None


def _amounts(text: str, *, is_bare_us: bool) -> list[_Amount]:
    """Every sum of money in the text. Its year is named behind it, or behind the equivalent in brackets."""
    found = [(match, money) for match in _AMOUNT.finditer(text) if (money := _money(text, match)) is not None]
    amounts: list[_Amount] = []
    end, year = len(text), None
    for match, money in reversed(found):
        behind = text[match.end() : end]
        own_year = latest_year(behind)
        if own_year is not None or "(" not in behind:
            year = own_year
        scale = _SCALES.get((match["scale"] or "").lower(), 1)
        low, high = _value(match["low"]) * scale, _value(match["high"] or match["low"]) * scale
        amounts.append(_Amount(low, high, money == "us" or (money == "bare" and is_bare_us), year))
        end = match.start()
    return amounts


def _money(text: str, match: re.Match[str]) -> str | None:
    """Whose money a figure is in: `us`, `bare` or `other`; `None` when it is no sum of money."""
    before, after = text[: match.start()], text[match.end() :]
    if _LOSS.search(before):
        return "other"
    if _US_BEFORE.search(before):
        return "us"
    is_bare = bool(_BARE_BEFORE.search(before))
    if not is_bare and _OTHER_BEFORE.search(before):
        return "other"
    spelled = "us" if _US_AFTER.match(after) else "other" if _OTHER_AFTER.match(after) else None
    unsaid = "other" if match["scale"] and len(match["scale"]) > 1 else None
    return spelled or ("bare" if is_bare else unsaid)


def _value(digits: str) -> float:
    return float(digits.replace(".", "") if digits.count(".") > 1 else digits.replace(",", ""))
