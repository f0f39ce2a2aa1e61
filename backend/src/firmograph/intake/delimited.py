"""Rows of CSV, TSV and plain lists, in a stream."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterable, Iterator

from firmograph.errors import UnreadableInput
from firmograph.intake.dialect import Dialect, called

# A list of one column is read with a delimiter that no text holds: its commas are text.
_NEVER = "\x1f"
# Follows the last line. Within a quote that never closed it becomes a part of that cell, else it is a row of its own.
_END = "\x1eend of list\x1e"


def is_hint(line: str) -> bool:
    """Whether the line is Excel's `sep=;`, which names the delimiter and is no row."""
    text = line.strip("\ufeff\r\n")
    return text[:4].lower() == "sep=" and len(text) == len("sep=;")


def rows(lines: Iterable[str], dialect: Dialect, *, file_name: str | None = None) -> Iterator[list[str]]:
    """The rows, blank lines left out, the header included. Raises `UnreadableInput` naming the line."""
    lines = iter(lines)
    skipped = 0
    while dialect.has_hint:
        skipped += 1
        if is_hint(next(lines, "sep=,")):
            break
    reader = csv.reader(
        itertools.chain(lines, (_END,)),
        delimiter=dialect.delimiter or _NEVER,
        quotechar='"',
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
    )
    before = 0
    try:
        for row in reader:
            if len(row) > 1 or (row and not row[0].isspace()):
                if row[-1].endswith(_END):
                    _check_end(row, before + skipped, file_name)
                    return
                yield row
            before = reader.line_num
    except csv.Error as error:
        raise UnreadableInput(
            f"{called(file_name)}, line {before + skipped + 1}: the row that begins here has a cell of more than "
            f'{csv.field_size_limit():,} characters, most likely because a quote (") opens and never closes. '
            "Close or remove it.",
            line=before + skipped + 1,
        ) from error


def _check_end(row: list[str], before: int, file_name: str | None) -> None:
    """Raise unless the list's end is a row of its own; `before` is how many lines precede the row."""
    if row == [_END]:
        return
    line = before + 1 + sum(cell.count("\n") or cell.count("\r") for cell in row[:-1])
    raise UnreadableInput(
        f'{called(file_name)}, line {line}, column {len(row)}: a quote (") opens here and never closes. '
        "Close or remove it.",
        line=line,
        column=len(row),
    )
