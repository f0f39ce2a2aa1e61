"""Excel workbooks: which sheet, cells as text, limits."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import xlsxwriter

from firmograph.errors import PayloadTooLarge, UnreadableInput
from firmograph.intake import workbook

from .lists import List

Read = Callable[..., List]


def _book(sheets: dict[str, Sequence[Sequence[Any]]], *, hidden: str | None = None, at: int = 0) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, table in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(table):
                for column, cell in enumerate(cells):
                    if cell is not None:
                        sheet.write(row + at, column + at, cell)
            if name == hidden:
                sheet.hide()
    return content.getvalue()


_TABLE = [
    ["Company", "Website", "N", "When"],
    ["Acme", "acme.com", 12, dt.date(2024, 1, 2)],
    [],
    ["B", "b.com", 1.5, True],
]


def test_cells_are_texts_and_empty_rows_are_none(read: Read) -> None:
    found = read(_book({"Sheet": _TABLE}, at=2), "list.xlsx")
    assert found.detection.dialect.format == "xlsx"
    assert found.detection.columns == ["Company", "Website", "N", "When"]
    assert found.cells == [["Acme", "acme.com", "12", "2024-01-02"], ["B", "b.com", "1.5", "TRUE"]]
    assert found.keys == ["acme.com", "b.com"]


def test_first_visible_sheet_with_cells_is_read(read: Read) -> None:
    found = read(_book({"Empty": [], "Old": [["x"], ["old.com"]], "New": [["Domain"], ["new.com"]]}, hidden="Old"))
    assert (found.detection.dialect.sheet, found.keys) == ("New", ["new.com"])


def test_workbook_without_cells_is_refused(read: Read) -> None:
    with pytest.raises(UnreadableInput, match="no cells"):
        read(_book({"Empty": []}))


def test_zip_that_is_no_workbook_is_refused(read: Read) -> None:
    with pytest.raises(UnreadableInput, match=r"a\.xlsx is no Excel workbook"):
        read(b"PK\x03\x04junk", "a.xlsx")


@pytest.mark.parametrize("limit", ["MAX_BYTES", "MAX_CELLS", "MAX_UNPACKED_BYTES"])
def test_limits_are_told(read: Read, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(workbook, limit, 10)
    with pytest.raises(PayloadTooLarge, match="more than"):
        read(_book({"Sheet": _TABLE}))
