"""Tells from the first lines of a text how its rows are delimited."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

from firmograph.errors import UserError
from firmograph.intake.delimited import is_hint
from firmograph.intake.dialect import Dialect
from firmograph.intake.headers import is_header
from firmograph.intake.verdict import read_cell

_DELIMITERS = ",;\t|"
_LINES = 200
_CONSISTENT = 0.6
_CONSISTENT_BELOW_A_HEADER = 0.3  # known header names are evidence enough for rows as ragged as real ones get
_MOST = 0.5
_TAB_NAMES = frozenset({".tsv", ".tab"})


def sniff(lines: Sequence[str], *, file_name: str | None, delimiter: str | None = None) -> Dialect:
    """The dialect of the text but for its encoding and header; a delimiter that is told is not guessed.

    Raises `UserError` for one that can't be.
    """
    told = None if delimiter is None else _told_delimiter(delimiter)
    has_hint = is_hint(lines[0])
    if has_hint and told in {None, lines[0].strip("\ufeff\r\n")[-1]}:
        return Dialect(format="csv", delimiter=lines[0].strip("\ufeff\r\n")[-1], quote='"', has_hint=True)
    sample = [line for line in lines[has_hint:_LINES] if not line.isspace()]
    found = _dialect(sample, _delimiter(sample, file_name) if told is None else told)
    return replace(found, has_hint=has_hint)


def _told_delimiter(told: str) -> str:
    """As one character, or nothing for a list of one column."""
    named = {"tab": "\t", "\\t": "\t", "none": ""}.get(told.lower(), told)
    if len(named) > 1 or named in {'"', "\n", "\r", "\0"}:
        raise UserError(f"'{told}' can't delimit cells: give one character, such as ; or ,, or tab, or none.")
    return named


def _dialect(sample: Sequence[str], delimiter: str | None) -> Dialect:
    if not delimiter:
        return Dialect(format="list", quote='"' if _is_quoted_list(sample) else None)
    if delimiter == "\t":
        quoted = _consistency(_parsed(sample, "\t")) >= _consistency([line.split("\t") for line in sample])
        return Dialect(format="tsv", delimiter="\t", quote='"' if quoted else None)
    return Dialect(format="csv", delimiter=delimiter, quote='"')


def _delimiter(sample: Sequence[str], file_name: str | None) -> str | None:
    if file_name and PurePath(file_name).suffix.lower() in _TAB_NAMES and "\t" in sample[0]:
        return "\t"
    found: list[tuple[float, int, str]] = []
    for delimiter in _DELIMITERS:
        rows = _parsed(sample, delimiter)
        consistency = _consistency(rows)
        has_header = bool(rows) and any(is_header(cell) for cell in rows[0])
        needed = _CONSISTENT_BELOW_A_HEADER if has_header else _CONSISTENT
        if consistency >= needed and (delimiter == "\t" or not _is_prose(rows)):
            found.append((consistency, len(rows[0]), delimiter))
    return max(found)[2] if found else None


def _parsed(sample: Sequence[str], delimiter: str) -> list[list[str]]:
    """The rows but for a last one that an open quote, or the sample's end, may have made of several lines."""
    rows: list[list[str]] = []
    reader = csv.reader(sample, delimiter=delimiter)
    before = lines = 0
    try:
        for row in reader:
            rows.append(row)
            before, lines = reader.line_num, reader.line_num - before
    except csv.Error:
        lines = 1
    if lines > 1 and len(rows) > 1 and (len(sample) == _LINES or _ends_inside_quotes(sample, delimiter)):
        rows.pop()
    return [row for row in rows if row]


def _ends_inside_quotes(sample: Sequence[str], delimiter: str) -> bool:
    try:
        for _ in csv.reader(sample, delimiter=delimiter, strict=True):
            pass
    except csv.Error:
        return True
    return False


def _consistency(rows: Sequence[list[str]]) -> float:
    """How many rows are as wide as the first, from 0 to 1; a ragged row of several cells counts half."""
    if not rows or len(rows[0]) == 1:
        return 0.0
    width = len(rows[0])
    return sum(1.0 if len(row) == width else 0.5 if len(row) > 1 else 0.0 for row in rows) / len(rows)


def _is_prose(rows: Sequence[list[str]]) -> bool:
    """Whether the "delimiter" is punctuation (`Acme, Inc.`): a blank follows each, and no column holds sites."""
    later = [cell for row in rows for cell in row[1:] if cell]
    if not later or not all(cell[0] == " " for cell in later):
        return False
    if any(is_header(cell) for cell in rows[0]):
        return False
    width = max(len(row) for row in rows)
    columns = ([row[at] for row in rows if at < len(row)] for at in range(width))
    return not any(sum(read_cell(cell).domain is not None for cell in cells) >= _MOST * len(rows) for cells in columns)


def _is_quoted_list(sample: Sequence[str]) -> bool:
    """Whether quotes enclose cells (which may span lines) and are not a part of names (`"Acme" Inc`)."""
    quoted = [line.strip() for line in sample if line.lstrip().startswith('"')]
    if not quoted:
        return False
    try:
        rows = list(csv.reader(sample, delimiter="\x1f", strict=True))
    except csv.Error:
        return False
    return any(row for row in rows)
