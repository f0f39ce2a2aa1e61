"""Guesses from headers and cells which column names the company's site, which its name and which its LinkedIn page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from firmograph.core.outcomes import Rejection
from firmograph.intake.headers import AGAINST, NONE, STRONG, WEAK, is_header, name_rank, site_score
from firmograph.intake.placeholders import is_placeholder
from firmograph.intake.verdict import FROM_EMAIL, IN_TEXT, Verdict, read_cell

_MOST = 0.5
_NEARLY_ALL = 0.8
# The share of a column's filled cells that must hold a site, by what its header promises.
_FEWEST_SITES = {STRONG: 0.1, WEAK: 0.3, NONE: 0.5, AGAINST: 0.8}
_TELLING = 4  # cells from which on "nearly all the same host" says something
_IN_TEXT_WEIGHT = 0.3
_FEWEST_ROWS = 3


@dataclass(slots=True)
class Profile:
    """What the sampled cells of a column hold, as counts of cells; `sites` weighs a site within a text less."""

    header: str
    rows: int = 0
    filled: int = 0
    sites: float = 0
    emails: int = 0
    pages: int = 0
    texts: int = 0
    domains: Counter[str] = field(default_factory=Counter)
    distinct: set[str] = field(default_factory=set)

    @property
    def site_share(self) -> float:
        return self.sites / self.filled if self.filled else 0.0

    @property
    def promise(self) -> float:
        return site_score(self.header)

    def is_directory(self) -> bool:
        """Whether most cells are different pages of one host."""
        top = self.domains.most_common(1)
        return self.filled >= _TELLING and bool(top) and top[0][1] > _MOST * self.filled < len(self.distinct)

    def share(self, count: int) -> float:
        return count / self.filled if self.filled else 0.0


@dataclass(frozen=True, slots=True)
class Guess:
    """Positions of the columns, counted from 0, and in short why each was taken."""

    column: int | None
    name_column: int | None
    linkedin_column: int | None
    reasons: dict[str, str]


def profile(header: str, cells: Sequence[str | None]) -> Profile:
    """What these cells hold."""
    found = Profile(header)
    for cell in cells:
        found.rows += 1
        verdict = read_cell(cell)
        if cell is None or verdict.rejection in {Rejection.EMPTY, Rejection.PLACEHOLDER}:
            continue
        found.filled += 1
        found.distinct.add(cell.strip().lower())
        _count(found, cell, verdict)
    return found


def _count(found: Profile, cell: str, verdict: Verdict) -> None:
    note = verdict.note or ""
    # A page among other things in a cell (a dumped object, say) is no column of pages.
    if verdict.linkedin_url and verdict.rejection and cell[:1] not in "{[":
        found.pages += 1
    if FROM_EMAIL in note or verdict.rejection in {Rejection.FREEMAIL, Rejection.DISPOSABLE}:
        found.emails += 1
    elif verdict.domain:
        found.sites += _IN_TEXT_WEIGHT if IN_TEXT in note else 1
        found.domains[verdict.domain] += 1
    elif verdict.rejection is Rejection.NOT_A_DOMAIN and any(char.isalpha() for char in cell):
        found.texts += 1


def guess(profiles: Sequence[Profile]) -> Guess:
    """The likeliest columns. A column of one LinkedIn or directory page after another is not the site."""
    reasons: dict[str, str] = {}
    column = _site_column(profiles, reasons)
    linkedin = _linkedin_column(profiles, reasons)
    if column is None:
        column = _email_column(profiles, reasons)
    if column is None and linkedin is not None:
        column = linkedin
        reasons["column"] = f"{_called(profiles, linkedin)}: no column holds sites, this one holds LinkedIn pages"
    return Guess(column, name_column(profiles, column, reasons), linkedin, reasons)


def _site_column(profiles: Sequence[Profile], reasons: dict[str, str]) -> int | None:
    if len(profiles) == 1:
        reasons["column"] = "the only column"
        return 0
    scores = {at: score for at, one in enumerate(profiles) if (score := _site_score(one)) is not None}
    if not scores:
        return None
    best = max(scores, key=lambda at: (scores[at], -at))
    one = profiles[best]
    reasons["column"] = (
        f"{_called(profiles, best)}: {sum(one.domains.values())} of {one.filled} filled cells hold a site"
    )
    return best


def _site_score(one: Profile) -> float | None:
    if one.is_directory() and one.promise < STRONG:
        return None
    enough = one.site_share >= _FEWEST_SITES[one.promise]
    # A column that says it is the site is believed unless it mostly holds other things.
    if not enough and (one.promise < STRONG or one.share(one.texts + one.emails) >= _MOST):
        return None
    return 2 * one.site_share + one.promise + (one.filled / one.rows if one.rows else 0) - 2 * one.is_directory()


def _linkedin_column(profiles: Sequence[Profile], reasons: dict[str, str]) -> int | None:
    found = {
        at: one.pages
        for at, one in enumerate(profiles)
        if one.pages and one.share(one.pages) >= _MOST and (one.promise < STRONG or len(profiles) == 1)
    }
    if not found:
        return None
    best = max(found, key=lambda at: (found[at], -at))
    reasons["linkedin_column"] = (
        f"{_called(profiles, best)}: {found[best]} of {profiles[best].filled} filled cells are LinkedIn company pages"
    )
    return best


def _email_column(profiles: Sequence[Profile], reasons: dict[str, str]) -> int | None:
    found = {at: one.filled for at, one in enumerate(profiles) if one.emails and one.share(one.emails) >= _MOST}
    if not found:
        return None
    best = max(found, key=lambda at: (found[at], -at))
    reasons["column"] = f"{_called(profiles, best)}: no column holds sites, this one holds e-mail addresses"
    return best


def name_column(profiles: Sequence[Profile], column: int | None, reasons: dict[str, str]) -> int | None:
    """The column of the company's name, which may be the only column there is; `None` if no column looks like it."""
    if len(profiles) == 1:
        return 0 if profiles[0].share(profiles[0].texts) >= _MOST else None
    texts = [at for at, one in enumerate(profiles) if at != column and not one.is_directory()]
    ranks = {
        at: rank
        for at in texts
        if (rank := name_rank(profiles[at].header)) is not None
        and (not profiles[at].filled or profiles[at].share(profiles[at].texts) >= _MOST / 2)
    }
    if ranks:
        best = min(ranks, key=lambda at: (ranks[at], at))
        reasons["name_column"] = f"{_called(profiles, best)}: by its header"
        return best
    if any(is_header(one.header) for one in profiles):
        return None
    likely = [at for at in texts if profiles[at].share(profiles[at].texts) >= _NEARLY_ALL and _is_varied(profiles[at])]
    if likely:
        reasons["name_column"] = f"{_called(profiles, likely[0])}: the first column of texts that differ"
    return likely[0] if likely else None


def _is_varied(one: Profile) -> bool:
    return len(one.distinct) > _MOST * one.filled


def _called(profiles: Sequence[Profile], at: int) -> str:
    return f"column {at + 1} ({profiles[at].header!r})"


def has_header(rows: Sequence[list[str]]) -> bool:
    """Whether the first row is a header, decided from its cells and those below it."""
    first, rest = rows[0], rows[1:]
    if any(_is_datum(cell) for cell in first):
        return False
    if any(is_header(cell) for cell in first if cell.strip()):
        return True
    if len(first) > 1:
        return bool(rest) and not any(cell.strip().replace(".", "").replace(",", "").isdigit() for cell in first)
    below = [read_cell(row[0]).domain is not None for row in rest]
    return len(below) >= _FEWEST_ROWS and sum(below) >= _NEARLY_ALL * len(below)


def _is_datum(cell: str) -> bool:
    """Whether a cell is a value, such as a site, an e-mail address or `N/A`, and no header."""
    if not cell.strip() or is_header(cell):
        return False
    verdict = read_cell(cell)
    return verdict.domain is not None or verdict.rejection is not Rejection.NOT_A_DOMAIN or is_placeholder(cell)
