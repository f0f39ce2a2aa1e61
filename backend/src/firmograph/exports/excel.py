"""Exports as XLSX."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from firmograph.exports.cell_text import well_formed
from firmograph.exports.plan import NOTE_INDEX, ExportPlan, ExportRow, added_columns, export_columns
from firmograph.exports.rows import sheet_cells, sheet_header

# Excel's specifications and limits.
SHEET_ROWS = 1_048_576
CELL_UNITS = 32_767  # UTF-16 code units


def write_xlsx(plan: ExportPlan, rows: Iterable[ExportRow], path: Path, *, sheet_rows: int = SHEET_ROWS) -> None:
    """Write the workbook with one row in memory at a time; its sheets grow in files beside `path` until packed.

    Texts are cells of type text whatever they look like. A sheet has `sheet_rows` rows with its header, then the next
    begins. A text too long for Excel is cut, ends with an ellipsis, and `enriched_note` names its column.
    """
    header = sheet_header(plan, export_columns(plan))
    note = len(header) - len(added_columns(plan)) + NOTE_INDEX
    cells_of = sheet_cells(plan)
    options = {"constant_memory": True, "tmpdir": str(path.parent), "use_zip64": True}
    with Workbook(str(path), options) as workbook:
        sheet, at = _new_sheet(workbook, header), 1
        for row in rows:
            if at == sheet_rows:
                sheet, at = _new_sheet(workbook, header), 1
            _write_row(sheet, at, _fitting(cells_of(row), header, note))
            at += 1


class _PlainSheet(Worksheet):  # type: ignore[misc]  # the library has no types
    """A worksheet without rich text, for the base class takes a cell of `<r>…</r>` for its own markup."""

    def _xml_rich_inline_string(self, string: str, attributes: Any = ()) -> None:
        self._xml_inline_string(string, True, attributes)


def _new_sheet(workbook: Workbook, header: list[str]) -> Worksheet:
    number = len(workbook.worksheets()) + 1
    sheet = workbook.add_worksheet("enriched" if number == 1 else f"enriched {number}", _PlainSheet)
    sheet.freeze_panes(1, 0)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{SHEET_ROWS}"})  # else Excel flags each phone number
    _write_row(sheet, 0, [_cut(well_formed(name)) for name in header])
    return sheet


def _write_row(sheet: Worksheet, at: int, cells: list[Any]) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, str):
            if cell:
                sheet.write_string(at, column, cell)
        elif cell is not None:
            sheet.write_number(at, column, cell)


def _fitting(cells: list[Any], header: list[str], note: int) -> list[Any]:
    """The cells as a sheet can hold them, with a note about those that were cut."""
    fitting = [well_formed(cell) if isinstance(cell, str) else cell for cell in cells]
    too_long = [place for place, cell in enumerate(fitting) if isinstance(cell, str) and _is_too_long(cell)]
    if too_long:
        names = ", ".join(header[place][:100] or f"column {place + 1}" for place in too_long)
        notice = f"cut to Excel's {CELL_UNITS} characters: {names}"
        fitting[note] = f"{notice}; {fitting[note]}" if fitting[note] else notice  # first, so that no cut takes it
        for place in (*too_long, note):
            fitting[place] = _cut(fitting[place])
    return fitting


def _cut(text: str) -> str:
    if not _is_too_long(text):
        return text
    units = text.encode("utf-16-le")[: 2 * (CELL_UNITS - 1)]
    return units.decode("utf-16-le", "ignore") + "…"


def _is_too_long(text: str) -> bool:
    return len(text) > CELL_UNITS // 2 and len(text.encode("utf-16-le")) > 2 * CELL_UNITS
