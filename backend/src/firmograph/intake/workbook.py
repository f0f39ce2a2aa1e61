"""Rows of an Excel workbook: its first visible sheet that holds something, whole in memory."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from typing import TypeAlias

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    XmlError,
    ZipError,
)

from firmograph.errors import PayloadTooLarge, UnreadableInput
from firmograph.intake.dialect import OpenSource, called

MAX_BYTES = 64 << 20
MAX_UNPACKED_BYTES = 768 << 20
MAX_CELLS = 5_000_000

SIGNATURES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

_Value: TypeAlias = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
_UNREADABLE = (CalamineError, XmlError, ZipError, zipfile.BadZipFile)


def read_sheet(open_source: OpenSource, *, file_name: str | None, sheet: str | None = None) -> CalamineSheet:
    """The named sheet, or the first visible one with cells. Raises `UnreadableInput` and `PayloadTooLarge`."""
    return read_book(open_source, file_name=file_name, sheet=sheet)[0]


def read_book(
    open_source: OpenSource, *, file_name: str | None, sheet: str | None = None
) -> tuple[CalamineSheet, list[str]]:
    """`read_sheet`'s sheet, and the names of all sheets that can be read. Raises what `read_sheet` raises."""
    content = _read_whole(open_source, file_name)
    try:
        _check_unpacked(content, file_name)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [meta.name for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
        if sheet is not None and sheet not in names:
            raise UnreadableInput(f"{called(file_name)} has no sheet {sheet!r}. Its sheets are: {', '.join(names)}.")
        found = book.get_sheet_by_name(sheet) if sheet is not None else _first_filled(book)
    except PasswordError as error:
        raise UnreadableInput(f"{called(file_name)} is protected by a password: save a copy without one.") from error
    except _UNREADABLE as error:
        raise UnreadableInput(
            f"{called(file_name)} is no Excel workbook that can be read ({error}): save it as .xlsx or .csv."
        ) from error
    if found is None or not found.height:
        where = "on any visible sheet" if sheet is None else f"on the sheet {sheet!r}"
        raise UnreadableInput(f"{called(file_name)} has no cells {where}.")
    if found.height * found.width > MAX_CELLS:
        raise PayloadTooLarge(
            f"{called(file_name)}, sheet {found.name}: {found.height:,} rows of {found.width:,} columns are more than "
            f"{MAX_CELLS:,} cells. Save the sheet as CSV: that has no limit."
        )
    return found, names


def sheet_rows(sheet: CalamineSheet) -> Iterator[list[str]]:
    """The sheet's rows as texts, empty rows left out, from the first row that has a cell."""
    for row in sheet.iter_rows():
        texts = [value if isinstance(value, str) else _text(value) for value in row]
        if any(texts):
            yield texts


def _text(value: _Value) -> str:
    """A cell as Excel's CSV export would write it: whole numbers without a fraction, dates as ISO 8601."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime):
        is_day = value.time() == dt.time()
        return value.date().isoformat() if is_day else value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def _first_filled(book: CalamineWorkbook) -> CalamineSheet | None:
    for meta in book.sheets_metadata:
        if meta.visible == SheetVisibleEnum.Visible and meta.typ == SheetTypeEnum.WorkSheet:
            sheet = book.get_sheet_by_name(meta.name)
            if sheet.height:
                return sheet
    return None


def _read_whole(open_source: OpenSource, file_name: str | None) -> bytes:
    with open_source() as source:
        parts, size = [], 0
        while part := source.read(1 << 20):
            parts.append(part)
            size += len(part)
            if size > MAX_BYTES:
                raise PayloadTooLarge(_too_large(file_name, MAX_BYTES))
    return b"".join(parts)


def _check_unpacked(content: bytes, file_name: str | None) -> None:
    if not content.startswith(b"PK"):
        return
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED_BYTES:
            raise PayloadTooLarge(_too_large(file_name, MAX_UNPACKED_BYTES))


def _too_large(file_name: str | None, limit: int) -> str:
    return (
        f"{called(file_name)} is a workbook of more than {limit >> 20} MB, and a workbook has to be read whole. "
        "Save the sheet as CSV: that has no limit."
    )
