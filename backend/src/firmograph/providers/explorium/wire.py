"""Explorium's words: what is sent, and what its bodies hold. Every property of an answer may be missing or null."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import orjson

from firmograph.core.company import CompanyKey, fold
from firmograph.providers.answer_text import clean_text
from firmograph.providers.blank import blank_to_none
from firmograph.providers.statuses import Complaint

MAX_NAME = 256  # BusinessMatchInput.name.maxLength of the specification
_HOST = re.compile(r"[a-z0-9.-]+")
_ID = re.compile(r"[a-f0-9]{32}")
_LINKEDIN = re.compile(
    r"(?:https?:)?(?://)?(?:[\w-]+\.)*linkedin\.com/(company|school|showcase)/([^/?#\s]+)", re.IGNORECASE
)
_CREDITS = re.compile(r"insufficient[\s_-]+credit", re.IGNORECASE)


def is_business_id(value: object) -> bool:
    """Whether it is an id of the form the specification gives; any other in a batch refuses the whole batch."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def bare_host(text: object) -> str | None:
    """A web address or host as the bare host that the match call wants, in lower case.

    A `www.` stays: `www.gov.uk` is a registrable domain.
    """
    plain = (blank_to_none(text) or "").lower()
    if _HOST.fullmatch(plain):
        return plain.strip(".") or None
    host = re.split(r"[/?#\\]", re.sub(r"^(?:[a-z][a-z0-9+.-]*:)?//", "", plain), maxsplit=1)[0]
    host = host.rpartition("@")[2].partition(":")[0].strip(" .")
    return host or None


def company_page(text: object) -> str | None:
    """A LinkedIn company page in its canonical form, without query; `None` for what is no such page."""
    if text is None:
        return None
    found = _LINKEDIN.match(blank_to_none(text) or "")
    return f"https://www.linkedin.com/{found[1].lower()}/{found[2]}" if found else None


def _sent_name(text: str | None) -> str | None:
    if not text:
        return None
    plain = text
    if not text.isprintable():
        plain = "".join(" " if unicodedata.category(char) in {"Cc", "Cs"} else char for char in text)
    return blank_to_none(" ".join(plain.split())[:MAX_NAME])


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchItem:
    """One company as the match call takes it, or as its answer echoes it."""

    name: str | None = None
    domain: str | None = None
    linkedin_url: str | None = None

    @classmethod
    def of(cls, company: CompanyKey) -> Self:
        return cls(
            name=_sent_name(company.name),
            domain=bare_host(company.domain),
            linkedin_url=company_page(company.linkedin_url),
        )

    @classmethod
    def echoed(cls, value: object) -> Self:
        """What a row's `input` repeats; anything that is no object repeats nothing."""
        echo = value if isinstance(value, Mapping) else {}
        return cls(
            name=blank_to_none(echo.get("name")),
            domain=bare_host(echo.get("domain")) or bare_host(echo.get("url")),
            linkedin_url=company_page(echo.get("linkedin_url")),
        )

    @property
    def is_empty(self) -> bool:
        return self.domain is None and self.linkedin_url is None and self.name is None

    def to_json(self) -> dict[str, str]:
        """Only the keys that are set: blanks are refused, and a key with another name is ignored in silence."""
        pairs = (("name", self.name), ("domain", self.domain), ("linkedin_url", self.linkedin_url))
        return {key: value for key, value in pairs if value is not None}

    def same_as(self, other: MatchItem) -> bool | None:
        """Whether both mean one company, by the strongest property both have; `None` when they share none."""
        if self.domain is not None and self.domain == other.domain:
            return True
        pairs = (
            ((self.domain or "").removeprefix("www."), (other.domain or "").removeprefix("www.")),
            ((self.linkedin_url or "").lower(), (other.linkedin_url or "").lower()),
            (fold(self.name), fold(other.name)),
        )
        return next((mine == theirs for mine, theirs in pairs if mine and theirs), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchRow:
    """One row of `matched_businesses`: whom it echoes, its id as sent, its error in words."""

    raw: Any
    echo: MatchItem
    business_id: Any = None
    error: str | None = None

    @classmethod
    def of(cls, raw: object) -> Self | None:
        """The row; a null row is one that says nothing. `None` for what is no row at all."""
        if raw is None:
            return cls(raw=None, echo=MatchItem())
        if not isinstance(raw, Mapping):
            return None
        words = (blank_to_none(raw.get("error")), blank_to_none(raw.get("error_type")))
        error = ", ".join(clean_text(word) for word in words if word) or None
        return cls(raw=raw, echo=MatchItem.echoed(raw.get("input")), business_id=raw.get("business_id"), error=error)


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """`response_context` and `credit_usage`, as far as they are there and readable."""

    correlation_id: str | None = None
    request_status: str | None = None
    credits: float | None = None

    @classmethod
    def of(cls, body: Mapping[str, Any], *, secrets: Sequence[str] = ()) -> Self:
        context = _object(body.get("response_context"))
        status = context.get("request_status")
        return cls(
            correlation_id=_correlation_id(context.get("correlation_id"), secrets),
            request_status=status if isinstance(status, str) else None,
            credits=amount(_object(body.get("credit_usage")).get("total_credits")),
        )


def amount(value: object) -> float | None:
    """A finite number from 0 up, also when it is written as text; `None` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _correlation_id(value: object, secrets: Sequence[str]) -> str | None:
    return clean_text(blank_to_none(value) or "", secrets=secrets) or None


def complaint_of(body: bytes, *, secrets: Sequence[str] = ()) -> Complaint:
    """What an error's body says, whichever of the five known shapes it has; nothing when it has none of them."""
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError:
        parsed = None
    shown = _object(parsed)
    words = clean_text(_said(shown) or "", secrets=secrets)
    correlation_id = _object(shown.get("response_context")).get("correlation_id") or shown.get("correlation_id")
    return Complaint(
        text=words or None,
        correlation_id=_correlation_id(correlation_id, secrets),
        retry_after=amount(shown.get("retry_after")),
        items=tuple(sorted(set(_blamed(shown.get("detail"))))),
        is_about_credits=any(_CREDITS.search(text) for text in _strings(parsed, body)),
    )


def _said(body: Mapping[str, Any]) -> str | None:
    """The sentence for a person, in the order that covers every known shape."""
    error = body.get("error")
    candidates = (
        body.get("details"),
        _detail(body.get("detail")),
        body.get("message"),
        error.get("message") if isinstance(error, Mapping) else error,
    )
    return next((text for text in candidates if isinstance(text, str) and text.strip()), None)


def _detail(detail: object) -> str | None:
    if not isinstance(detail, list):
        return detail if isinstance(detail, str) else None
    return "; ".join(_complained(entry) for entry in detail if isinstance(entry, Mapping)) or None


def _complained(entry: Mapping[str, Any]) -> str:
    """One validation error as `none is not an allowed value (business_ids 7)`."""
    loc = entry.get("loc")
    where = " ".join(str(part)[:40] for part in loc if part != "body") if isinstance(loc, list) else ""
    message = blank_to_none(entry.get("msg")) or "refused"
    return f"{message} ({where})" if where else message


def _blamed(detail: object) -> Iterator[int]:
    """The places within the batch that a 422 names: `["body", "business_ids", 7]` names 7.

    A number that directly follows `body` is no place: it is where the text stopped being JSON.
    """
    for entry in detail if isinstance(detail, list) else []:
        loc = entry.get("loc") if isinstance(entry, Mapping) else None
        is_in_list = False
        for part in loc if isinstance(loc, list) else []:
            place = _place(part)
            if place is not None and is_in_list:
                yield place
                break
            is_in_list = is_in_list or (place is None and part != "body")


def _place(part: object) -> int | None:
    if isinstance(part, int) and not isinstance(part, bool) and part >= 0:
        return part
    return int(part) if isinstance(part, str) and part.isascii() and part.isdigit() and len(part) < 7 else None  # noqa: PLR2004


def _strings(parsed: object, body: bytes) -> Iterator[str]:
    """Every text in an error's body, however deep; the body itself, so that what isn't JSON counts too."""
    yield body.decode("utf-8", errors="replace")
    open_values = [parsed]
    while open_values:
        value = open_values.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            open_values.extend(value.values())
        elif isinstance(value, list):
            open_values.extend(value)
