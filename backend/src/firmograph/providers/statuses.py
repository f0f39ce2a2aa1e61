"""What an HTTP status means for the caller: the one place where statuses become the classes of `firmograph.errors`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import NoReturn

from firmograph.errors import AskAgain, NotEntitled, ProviderError, ProviderUnusable, QuestionRefused, RateLimited
from firmograph.providers.answer_text import clean_text
from firmograph.providers.base import RateFacts
from firmograph.providers.http import Answer, httpx

MAX_WAIT_SECONDS = 24 * 3600.0
# A reset further off than this is no sliding minute's end, and a number this small no moment in unix time.
_MAX_RESET_SECONDS = 3600.0
_FIRST_UNIX_SECONDS = 1e9

_TIMES_CURE = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY})
# What these mean hangs on their body: cut short, they say nothing that holds.
_BODY_DECIDES = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.UNPROCESSABLE_ENTITY})


@dataclass(frozen=True, kw_only=True, slots=True)
class Complaint:
    """What an error's body said, read by the provider's own wire module. `text` is safe to show.

    `items` are the places, within what was sent, that the provider blamed; `retry_after` is seconds.
    """

    text: str | None = None
    correlation_id: str | None = None
    retry_after: float | None = None
    items: tuple[int, ...] = ()
    is_about_credits: bool = False


def raise_for_status(answer: Answer, complaint: Complaint, *, who: str, now: datetime) -> None:
    """Do nothing for a success; raise the `ProviderError` that any other status means.

    `now` stands in where the answer has no `Date` to count its moments from.
    """
    if answer.is_success:
        return
    message = f"{who} answered {answer.status}: {complaint.text or answer.status_text}"
    is_limit = answer.status == HTTPStatus.TOO_MANY_REQUESTS
    wait = seconds_to_wait(answer.headers, complaint.retry_after, now=now, is_limit=is_limit)
    if answer.status < HTTPStatus.BAD_REQUEST:
        _raise_redirected(answer, who=who, correlation_id=complaint.correlation_id)
    if is_limit:
        raise RateLimited(message, after=wait, status=answer.status, correlation_id=complaint.correlation_id)
    if _is_passing(answer):
        raise AskAgain(message, after=wait, status=answer.status, correlation_id=complaint.correlation_id)
    raise _lasting(answer.status, message, complaint)


def _is_passing(answer: Answer) -> bool:
    is_unclear = not answer.is_whole and answer.status in _BODY_DECIDES
    return answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status in _TIMES_CURE or is_unclear


def _raise_redirected(answer: Answer, *, who: str, correlation_id: str | None) -> NoReturn:
    # Not followed, because the key would go along. Asked again rather than refused: it says that the address is wrong,
    # or a gateway is in the way, and nothing of the question; and it cost nothing.
    text = f"{who} answered {answer.status}: it points elsewhere"
    if host := _location_host(answer.headers):
        text += f", to {host}"
    raise AskAgain(
        f"{text}. Redirects are not followed, so that the key goes nowhere else: check the provider's base URL.",
        status=answer.status,
        correlation_id=correlation_id,
    )


def _location_host(headers: httpx.Headers) -> str:
    try:
        url = httpx.URL(headers.get("location", ""))
    except httpx.InvalidURL:
        return ""
    return clean_text(f"{url.scheme}://{url.host}") if url.host else ""


def _lasting(status: int, message: str, complaint: Complaint) -> ProviderError:
    correlation_id = complaint.correlation_id
    if status == HTTPStatus.UNAUTHORIZED:
        return ProviderUnusable(message, reason="key_refused", status=status, correlation_id=correlation_id)
    if status == HTTPStatus.PAYMENT_REQUIRED or (status == HTTPStatus.FORBIDDEN and complaint.is_about_credits):
        return ProviderUnusable(message, reason="credits_used_up", status=status, correlation_id=correlation_id)
    if status == HTTPStatus.FORBIDDEN:
        return NotEntitled(message, status=status, correlation_id=correlation_id)
    return QuestionRefused(message, items=complaint.items, status=status, correlation_id=correlation_id)


def seconds_to_wait(headers: httpx.Headers, from_body: float | None, *, now: datetime, is_limit: bool) -> float | None:
    """How long the provider asked us to wait; `None` where it did not say, or not readably.

    `Retry-After` (seconds or a date) comes first, then the body's figure, then, for a rate limit, the window's reset.
    """
    moment = _date(headers.get("date", "")) or now
    after = _retry_after(headers.get("retry-after", ""), moment)
    if after is None:
        after = from_body if from_body is not None and math.isfinite(from_body) and from_body >= 0 else None
    if after is None and is_limit:
        reset = rate_facts(headers).reset_at
        until = reset - moment.timestamp() if reset is not None else 0.0
        after = until if 0 < until <= _MAX_RESET_SECONDS else None
    return None if after is None else min(after, MAX_WAIT_SECONDS)


def _retry_after(text: str, moment: datetime) -> float | None:
    seconds = _number(text)
    if seconds is not None:
        return seconds
    date = _date(text)
    return None if date is None else max((date - moment).total_seconds(), 0.0)


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date


def rate_facts(headers: Mapping[str, str]) -> RateFacts:
    """What the `X-RateLimit-…` headers say of the key's window; garbage is `None`."""
    limit = _number(headers.get("x-ratelimit-limit", ""))
    remaining = _number(headers.get("x-ratelimit-remaining", ""))
    reset = _number(headers.get("x-ratelimit-reset", ""))
    return RateFacts(
        limit=None if limit is None else int(limit),
        remaining=None if remaining is None else int(remaining),
        reset_at=reset if reset is not None and reset >= _FIRST_UNIX_SECONDS else None,
    )


def _number(text: str) -> float | None:
    """A finite number from 0 up, written in digits."""
    plain = text.strip()
    if not plain.isascii() or not plain.replace(".", "", 1).isdigit():
        return None
    number = float(plain)
    return number if math.isfinite(number) else None
