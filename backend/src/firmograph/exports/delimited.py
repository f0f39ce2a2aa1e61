"""Exports as CSV and TSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from firmograph.exports.cell_text import well_formed
from firmograph.exports.plan import ExportPlan, ExportRow, export_columns
from firmograph.exports.rows import sheet_cells, sheet_header

CHUNK = 64 * 1024  # characters


def stream_delimited(plan: ExportPlan, rows: Iterable[ExportRow]) -> Iterator[bytes]:
    """The file in chunks: UTF-8, minimal quoting, CRLF between rows.

    CRLF is what RFC 4180 and spreadsheets write, and it makes Python 3.11's writer quote a cell with a lone CR too.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter="\t" if plan.format == "tsv" else plan.delimiter, lineterminator="\r\n")
    if plan.with_bom:
        buffer.write("\ufeff")
    writer.writerow(sheet_header(plan, export_columns(plan)))
    cells_of = sheet_cells(plan)
    for row in rows:
        writer.writerow(cells_of(row))
        if buffer.tell() >= CHUNK:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    try:
        return text.encode()
    except UnicodeEncodeError:
        return well_formed(text).encode()
