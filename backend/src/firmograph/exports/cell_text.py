"""What a cell's text must not do: run as a formula, or be no valid Unicode."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

# What programs skip, strip or show as nothing before they look whether a cell is a formula.
_SKIPPED = (
    r"\s\x00-\x1f\x7f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    r"\"`\xb4\xab\xbb\u2018-\u201f\u2039\u203a\uff02\uff07'"
)
# ASCII, full-width and small forms, and the true minus sign.
_SIGNS = r"=+\-@＝＋－＠﹦﹢﹣﹫−"
# A cell that begins with an apostrophe is already text, so that a second export adds no second apostrophe.
_DANGEROUS = re.compile(rf"(?!')(?:[\t\r\n]|[{_SKIPPED}]*+[{_SIGNS}])").match
_SURROGATE = re.compile("[\ud800-\udfff]").search


def neutral(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet could take it for a formula, else unchanged."""
    return f"'{text}" if _DANGEROUS(text) else text


def well_formed(text: str) -> str:
    """The text with halves of surrogate pairs, which JSON can hold and UTF-8 cannot, joined or replaced by U+FFFD."""
    if text.isascii() or _SURROGATE(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def text_of(cell: Any) -> str | None:
    """An original cell as text: itself, or its JSON where a JSON line held another type; `None` stays `None`."""
    if cell is None or isinstance(cell, str):
        return cell
    return json_of(cell).decode()


def json_of(value: Any) -> bytes:
    """Compact JSON in UTF-8."""
    try:
        return orjson.dumps(value)
    except TypeError:
        # orjson refuses integers over 64 bits, half surrogate pairs and deep nesting, all of which JSON allows.
        return json.dumps(value, separators=(",", ":")).encode()
