"""Exports as JSON Lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from firmograph.exports.cell_text import json_of
from firmograph.exports.plan import ExportPlan, ExportRow, added_columns, extra_names, is_ours, unique_columns
from firmograph.exports.rows import OriginalCells, added_values

CHUNK = 64 * 1024  # bytes


def stream_json_lines(plan: ExportPlan, rows: Iterable[ExportRow]) -> Iterator[bytes]:
    """The file in chunks, an object a line: the original cells, then the added ones, absent values null.

    An object's cells keep their types. A list's cells are named by the header, made unique; a missing cell's key is
    missing and an empty cell is an empty text.
    """
    added_names, added, original = added_columns(plan), added_values(plan), _original_object(plan)
    chunk = bytearray()
    for row in rows:
        line = original(row.cells)
        line.update(zip(added_names, added(row), strict=True))
        chunk += json_of(line) + b"\n"
        if len(chunk) >= CHUNK:
            yield bytes(chunk)
            chunk.clear()
    if chunk:
        yield bytes(chunk)


def _original_object(plan: ExportPlan) -> Callable[[list[Any] | dict[str, Any]], dict[str, Any]]:
    split, names, extra = OriginalCells(plan).split, unique_columns(plan), extra_names(plan)

    def original(cells: list[Any] | dict[str, Any]) -> dict[str, Any]:
        if isinstance(cells, dict):
            return {key: value for key, value in cells.items() if not is_ours(key)}
        kept, surplus = split(cells)
        # The names of the kept columns come first, and a row has as many cells as those or fewer.
        return {**dict(zip(names, kept, strict=False)), **dict(zip(extra, surplus, strict=False))}

    return original
