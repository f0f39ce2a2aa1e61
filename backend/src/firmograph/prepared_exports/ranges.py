"""Which part of a file a request wants (RFC 9110, section 14), so that a download that broke off can go on."""

from __future__ import annotations

import re

_ONE_RANGE = re.compile(r"bytes=[ \t]*(\d*)-(\d*)[ \t]*", re.IGNORECASE | re.ASCII).fullmatch
_MOST_DIGITS = 18


class NoSuchRange(Exception):
    """The wanted part lies behind the file's end."""


def wanted_range(header: str | None, *, size: int) -> tuple[int, int] | None:
    """The first byte and the one after the last; `None` for the whole file.

    Several ranges, other units and what is no range get the whole file, as the RFC allows. Raises `NoSuchRange`.
    """
    found = _ONE_RANGE(header or "")
    if found is None:
        return None
    first, last = found.groups()
    if max(len(first), len(last)) > _MOST_DIGITS or not (first or last):
        return None
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None
    if start >= size or start >= end:
        raise NoSuchRange
    return start, end
