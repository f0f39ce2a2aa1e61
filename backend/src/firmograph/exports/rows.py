"""A record's original cells and its added values, each in the order of the export's columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import compress
from typing import Any

from firmograph.core.fields import FieldValue
from firmograph.exports.cell_text import json_of, neutral, text_of
from firmograph.exports.plan import ExportPlan, ExportRow, is_ours, kept_columns

Value = FieldValue | float | None  # of an added cell
_NOBODY = (None, None)  # the provenance of an absent value


class OriginalCells:
    """Brings original cells into the export's columns: replaced ones dropped, surplus ones last."""

    def __init__(self, plan: ExportPlan) -> None:
        self._width = len(plan.columns)
        self._known = frozenset(plan.columns)
        self._names = kept_columns(plan)
        self._mask = [not is_ours(name) for name in plan.columns]
        self._extra = plan.extra_columns
        self._is_plain = all(self._mask) and not self._extra

    def aligned(self, cells: list[Any] | dict[str, Any]) -> list[Any]:
        """One cell for each kept and each extra column, missing ones `None`; those of an object as text.

        All keys without a column go as one JSON object into the first extra column. Raises `ValueError` when the plan
        has fewer extra columns than the row needs, rather than lose a cell.
        """
        if isinstance(cells, dict):
            kept, surplus = self._by_name(cells)
        elif self._is_plain and len(cells) == self._width:
            return cells
        else:
            kept, surplus = self.split([*cells, *[None] * (self._width - len(cells))])
        return [*kept, *surplus, *[None] * (self._extra - len(surplus))]

    def split(self, cells: list[Any]) -> tuple[list[Any], list[Any]]:
        """A list's cells of kept columns, as many as it has of them, and its surplus cells. Raises like `aligned`."""
        return list(compress(cells, self._mask)), self._fitting(cells[self._width :])

    def _by_name(self, cells: dict[str, Any]) -> tuple[list[Any], list[Any]]:
        rest = {key: value for key, value in cells.items() if key not in self._known and not is_ours(key)}
        surplus = [json_of(rest).decode()] if rest else []
        return [text_of(cells.get(name)) for name in self._names], self._fitting(surplus)

    def _fitting(self, surplus: list[Any]) -> list[Any]:
        if len(surplus) > self._extra:
            raise ValueError(f"{len(surplus)} extra columns are needed and the plan has {self._extra}: use surplus_of")
        return surplus


def added_values(plan: ExportPlan) -> Callable[[ExportRow], list[Value]]:
    """A function that gives a row's added values, as many as `added_columns(plan)`, typed and as they are."""
    fields = plan.fields

    def plain(row: ExportRow) -> list[Value]:
        # unpacked, because attributes of a named tuple are slow and this runs once a row
        _, domain, outcome, reason, match, sources, spent, note, values, _ = row
        return [domain, outcome, reason, match, sources, spent, note, *map(values.get, fields)]

    def with_provenance(row: ExportRow) -> list[Value]:
        _, domain, outcome, reason, match, sources, spent, note, values, provenance = row
        added: list[Value] = [domain, outcome, reason, match, sources, spent, note]
        for field in fields:
            added += (values.get(field), *provenance.get(field, _NOBODY))
        return added

    return with_provenance if plan.with_provenance else plain


def sheet_cells(plan: ExportPlan) -> Callable[[ExportRow], list[Any]]:
    """A function that gives a row's cells for CSV, TSV and XLSX: texts that never run as a formula, or numbers."""
    aligned, added = OriginalCells(plan).aligned, added_values(plan)

    def as_submitted(row: ExportRow) -> list[Any]:
        return aligned(row.cells) + _shown_all(added(row))

    def neutralised(row: ExportRow) -> list[Any]:
        return [neutral(cell) if cell else cell for cell in aligned(row.cells)] + _shown_all(added(row))

    return neutralised if plan.neutralise else as_submitted


def sheet_header(plan: ExportPlan, names: Iterable[str]) -> list[str]:
    """The header row for CSV, TSV and XLSX; header names are the user's own cells."""
    return [neutral(name) for name in names] if plan.neutralise else list(names)


def _shown_all(values: list[Value]) -> list[Any]:
    # Most texts begin with a letter or a digit and need no closer look: that is a good part of an export's time.
    return [
        value if value is None or (value.__class__ is str and value[:1].isalnum()) else _shown(value)
        for value in values
    ]


def _shown(value: Value) -> str | float | None:
    if isinstance(value, list):
        value = "; ".join(value)
    return neutral(value) if isinstance(value, str) else value
