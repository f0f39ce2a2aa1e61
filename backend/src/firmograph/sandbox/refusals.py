"""Refusals: the error bodies of contract section 5.3, each where it belongs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from firmograph.sandbox.bodies import Problem

JSON = "application/json"
PAGE = "text/html; charset=utf-8"
GATEWAY_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
NO_CREDITS = "You have insufficient credits to perform this operation. Please purchase additional credits."


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """An answer ready to go out. `delivered` are the keys of the companies it answers, when it is well-formed."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    delivered: Sequence[str] | None = None


def general(status: int, details: str, correlation_id: str) -> Reply:
    """The general shape: 400, 401, 403, 500, 503."""
    return Reply(status=status, body=orjson.dumps({"details": details, "correlation_id": correlation_id}))


def enveloped(status: int, code: str, message: str, context: Mapping[str, Any]) -> Reply:
    """The shape of the credits pages, with a `response_context`."""
    body = {"response_context": context, "error": {"code": code, "message": message}}
    return Reply(status=status, body=orjson.dumps(body))


def unprocessable(problems: Sequence[Problem]) -> Reply:
    """422, as the framework words it."""
    return Reply(status=422, body=orjson.dumps({"detail": problems}))


def too_many(after: int, *, is_coded: bool, has_header: bool) -> Reply:
    """429 in either body, with or without `Retry-After`."""
    if is_coded:
        body: dict[str, Any] = {
            "code": 429,
            "message": "Rate limit exceeded. Please retry after the specified time.",
            "retry_after": after,
        }
    else:
        body = {
            "error": "rate_limit_exceeded",
            "message": f"API rate limit exceeded. Please retry after {after} seconds.",
            "retry_after": after,
        }
    headers = {"Retry-After": str(after)} if has_header else {}
    return Reply(status=429, body=orjson.dumps(body), headers=headers)


def gateway_page(status: int) -> Reply:
    """What a gateway in front of the provider says: a page."""
    return Reply(status=status, body=GATEWAY_PAGE, content_type=PAGE)


def framework(status: int, detail: str) -> Reply:
    """The framework's own words for a path or a method it does not have: `detail` as text."""
    return Reply(status=status, body=orjson.dumps({"detail": detail}))
