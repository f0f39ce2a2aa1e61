"""A provider's words made safe to show: no markup, no control characters, no secret, no more than a sentence or two."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable

MAX_TEXT = 200

_BLOCK = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<!--.*?(?:-->|$)|</?[a-zA-Z!?][^<>]*(?:>|$)", re.DOTALL)


def clean_text(text: str, *, secrets: Iterable[str] = (), limit: int = MAX_TEXT) -> str:
    """The text in one line, without markup, control characters and `secrets`, cut after a sentence or a word."""
    hidden = [secret for secret in secrets if secret]
    plain = _without(text[: 50 * limit], hidden)
    plain = html.unescape(_TAG.sub(" ", _BLOCK.sub(" ", plain)))
    # Entities may have hidden markup or a secret, so both are looked for again.
    plain = _TAG.sub(" ", _BLOCK.sub(" ", plain))
    plain = "".join(_visible(char) for char in plain)
    return _cut(_without(" ".join(plain.split()), hidden), limit)


def _visible(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cc" or category in {"Zl", "Zp"}:
        return " "
    return "" if category.startswith("C") else char


def _without(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = re.sub(re.escape(secret), "[key]", text, flags=re.IGNORECASE)
    return text


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    sentence_end = max(text.rfind(mark, 0, limit) for mark in (". ", "! ", "? "))
    if sentence_end >= limit // 4:
        return text[: sentence_end + 1]
    return text[: limit - 1].rsplit(" ", 1)[0] + "…"
