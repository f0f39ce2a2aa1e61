"""The one place where a provider's ways of saying nothing become `None`."""

from __future__ import annotations

import math

# "na" is not among them: it is a ticker, a country code and a chemical element.
_NOTHING = frozenset({"n/a", "n.a.", "#n/a", "none", "null", "nan", "undefined", "unknown", "not available"})
LONGEST_NOTHING = max(map(len, _NOTHING))
# What a value of only these says is nothing: "-", "--", a dash, an ellipsis.
_STROKES = " -–—_.…/?"


def blank_to_none(value: object) -> str | None:
    """The value as stripped text, or `None` where it says nothing: blank, a stroke, `N/A`, `null`, `unknown`, `nan`.

    A number becomes its digits; `True`, `False`, a list or an object is no text and becomes `None`. Never raises.
    """
    if isinstance(value, str):
        text = value.strip()
        if len(text) > LONGEST_NOTHING and text[0].isalnum():  # most are, and then there is nothing to look for
            return text
        return text if text.strip(_STROKES) and text.casefold() not in _NOTHING else None
    if isinstance(value, float):
        return _digits(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _digits(number: float) -> str | None:
    if not math.isfinite(number):
        return None
    return str(int(number)) if number.is_integer() else str(number)
