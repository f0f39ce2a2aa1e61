"""Rows of JSON Lines: one object a line, its types kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from firmograph.errors import UnreadableInput
from firmograph.intake.dialect import called


def objects(lines: Iterable[str], *, file_name: str | None) -> Iterator[dict[str, Any]]:
    """The objects, blank lines left out. Raises `UnreadableInput` naming the line, and the place within it."""
    for number, line in enumerate(lines, 1):
        if line.isspace():
            continue
        try:
            yield parse_object(line.rstrip())
        except (ValueError, RecursionError) as error:
            raise UnreadableInput(
                f"{called(file_name)}, line {number}{_place(error)}: not a JSON object ({_why(error)}). "
                "JSON Lines needs one complete object on each line.",
                line=number,
                column=error.colno if isinstance(error, json.JSONDecodeError) else None,
            ) from error


def parse_object(line: str) -> dict[str, Any]:
    """The object a line holds. Raises `ValueError` for anything else, and `RecursionError` for endless nesting."""
    value = json.loads(line, parse_constant=_refuse)
    if not isinstance(value, dict):
        raise ValueError(f"it is a {type(value).__name__}")  # noqa: TRY004
    if "\\u" in line:
        # Half of a surrogate pair can be escaped, and is no character that a file or a database could take.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def cell_text(value: Any) -> str | None:
    """A value as the text to read a company from: `None` for a missing or null one."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _place(error: Exception) -> str:
    return f", column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""


def _why(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, UnicodeEncodeError):
        return "it holds half of a surrogate pair"
    return error.msg if isinstance(error, json.JSONDecodeError) else str(error)
