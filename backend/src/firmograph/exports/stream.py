"""An export as a stream of bytes, whatever its format."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from firmograph.exports.delimited import stream_delimited
from firmograph.exports.formats import check_columns, file_suffix
from firmograph.exports.json_lines import stream_json_lines
from firmograph.exports.plan import ExportPlan, ExportRow, export_columns

CHUNK = 64 * 1024  # bytes

_Write = Callable[[ExportPlan, Iterable[ExportRow], Path], None]


def stream(plan: ExportPlan, rows: Iterable[ExportRow]) -> Iterator[bytes]:
    """The whole file in chunks of about 64 kB; memory does not grow with the rows.

    CSV, TSV and JSON Lines come while rows are read. XLSX and Parquet are first written to a temporary file, which is
    gone when the iterator ends or is closed. Raises `UserError`, before any row is read, for a format that is none,
    and for more columns than the format holds.
    """
    check_columns(plan.format, len(export_columns(plan)))  # now, for an HTTP answer can't be refused once begun
    match plan.format:
        case "csv" | "tsv":
            return stream_delimited(plan, rows)
        case "jsonl":
            return stream_json_lines(plan, rows)
    return _stream_file(plan, rows)


def _stream_file(plan: ExportPlan, rows: Iterable[ExportRow]) -> Iterator[bytes]:
    with tempfile.TemporaryDirectory(prefix="firmograph-export-") as folder:
        path = Path(folder) / f"export{file_suffix(plan.format)}"
        _writer(plan.format)(plan, rows, path)
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk


def _writer(format: str) -> _Write:  # noqa: A002
    # Each brings a library that takes long to import and that most commands never need.
    if format == "xlsx":
        from firmograph.exports.excel import write_xlsx  # noqa: PLC0415

        return write_xlsx
    from firmograph.exports.columnar import write_parquet  # noqa: PLC0415

    return write_parquet
