"""Looks at the beginning of a list: what it is, which columns it has, and which of them names the company."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from typing import Any

from firmograph.core.company import fold
from firmograph.errors import UnreadableInput, UserError
from firmograph.intake import delimited, json_lines, workbook
from firmograph.intake.columns import guess, has_header, profile
from firmograph.intake.dialect import Dialect, OpenSource, Told, called
from firmograph.intake.encoding import Encoding, detect_encoding, lines, read_sample, told_encoding
from firmograph.intake.sniff import sniff

__all__ = ["Detection", "Dialect", "OpenSource", "Told", "detect"]

_SAMPLE_ROWS = 500
_SHOWN_ROWS = 5
_TEXT_CONTROLS = frozenset(b"\t\n\r\x0b\x0c\x1a\x1b\x1c\x1d\x1e\x1f")
_CONTROLS = bytes(code for code in range(32) if code not in _TEXT_CONTROLS)
_BINARY_SHARE = 0.05
_SIGNATURES = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"\x1f\x8b": "compressed with gzip",
    b"BZh": "compressed with bzip2",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"\xfd7zXZ": "compressed with xz",
    b"SQLite format 3": "a SQLite database",
    b"PAR1": "a Parquet file",
    b"{\\rtf": "an RTF document",
}
_REMEDY = "Give a list as CSV, TSV, Excel (.xlsx), JSON Lines or one company a line."

_NOTHING_TOLD = Told()

Row = list[str] | dict[str, Any]


@dataclass(frozen=True, slots=True)
class Detection:
    """What a list is. `columns` are the headers exactly as in the file; the three columns count from 0.

    `column` is what the company is read from; `guesses` say in short why each column was taken. Plain JSON both ways.
    """

    dialect: Dialect
    columns: list[str]
    column: int | None
    name_column: int | None
    linkedin_column: int | None
    first_rows: list[Row]
    guesses: dict[str, str]
    file_name: str | None = None
    sheets: list[str] = field(default_factory=list)  # a workbook's, by name

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Detection:
        """From what `to_json` gave."""
        return cls(**{**value, "dialect": Dialect.from_json(value["dialect"])})


def detect(open_source: OpenSource, *, file_name: str | None, told: Told = _NOTHING_TOLD) -> Detection:
    """What the list is and which columns to read, guessed or as a person told.

    Reads the first megabyte (a workbook whole); `open_source` gives the bytes from their start each time. Raises
    `UnreadableInput` for what is no list, and when no column can tell the companies; `PayloadTooLarge` for a workbook
    over the limits; `UserError` for what can't be told of such a list.
    """
    dialect, rows, sheets = _read_beginning(open_source, file_name, told)
    columns, records = _columns(dialect, rows)
    profiles = [profile(header, _cells(columns, at, records)) for at, header in enumerate(columns)]
    guessed = guess(profiles)
    reasons = dict(guessed.reasons)
    site, name = guessed.column, guessed.name_column
    if told.column is not None:
        site, reasons["column"] = find_column(columns, told.column, file_name=file_name), "as asked"
        name = None if name == site and len(columns) > 1 else name
    if told.name_column is not None:
        name, reasons["name_column"] = find_column(columns, told.name_column, file_name=file_name), "as asked"
    if site is None and name is None:
        raise UnreadableInput(
            f"{called(file_name)}: no column holds company sites, e-mail addresses, LinkedIn company pages or names. "
            f"Say which to read with --column. Its columns are: {listed(columns)}."
        )
    return Detection(
        dialect=dialect,
        columns=columns,
        column=site,
        name_column=name,
        linkedin_column=guessed.linkedin_column,
        first_rows=list(records[:_SHOWN_ROWS]),
        guesses=reasons,
        file_name=file_name,
        sheets=sheets,
    )


def find_column(columns: Sequence[str], wanted: str, *, file_name: str | None) -> int:
    """The place of a column: by its exact header, then case and spacing aside, then as `#3`, counted from 1.

    Raises `UnreadableInput` that lists the columns.
    """
    for same in (str.__eq__, lambda header, text: fold(header) == fold(text)):
        for at, header in enumerate(columns):
            if same(header, wanted):
                return at
    number = wanted.strip().removeprefix("#")
    if wanted.strip().startswith("#") and number.isdecimal() and 1 <= int(number) <= len(columns):
        return int(number) - 1
    raise UnreadableInput(f"{called(file_name)} has no column {wanted!r}. Its columns are: {listed(columns)}.")


def listed(columns: Sequence[str]) -> str:
    """The columns with their numbers, for messages."""
    return ", ".join(f"#{at} {header!r}" for at, header in enumerate(columns, 1))


def _read_beginning(open_source: OpenSource, file_name: str | None, told: Told) -> tuple[Dialect, list[Row], list[str]]:
    """The dialect, the first rows with their header, and a workbook's sheets."""
    sample, is_whole = read_sample(open_source)
    if not sample.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise UnreadableInput(f"{called(file_name)} is empty. {_REMEDY}")
    if sample.startswith(workbook.SIGNATURES):
        _refuse_told(file_name, "an Excel workbook", encoding=told.encoding, delimiter=told.delimiter)
        sheet, sheets = workbook.read_book(open_source, file_name=file_name, sheet=told.sheet)
        rows: list[Row] = list(islice(workbook.sheet_rows(sheet), _SAMPLE_ROWS))
        return *_with_header(Dialect(format="xlsx", sheet=sheet.name), rows, told), sheets
    _refuse_told(file_name, "no Excel workbook", sheet=told.sheet)
    encoding = detect_encoding(sample) if told.encoding is None else told_encoding(told.encoding, sample)
    _refuse_others(sample, encoding, file_name)
    text = list(lines(io.BytesIO(sample), encoding, file_name=file_name))
    whole = text if is_whole or len(text) == 1 else text[:-1]
    start = next((at for at, line in enumerate(whole) if not line.isspace()), None)
    if start is None:
        raise UnreadableInput(f"{called(file_name)} holds only blank lines. {_REMEDY}")
    if told.delimiter is None and _is_json(whole[start], file_name):
        _refuse_told(file_name, "JSON Lines", has_header=told.has_header or None)
        dialect = Dialect(format="jsonl")
        rows = list(islice(json_lines.objects(whole, file_name=file_name), _SAMPLE_ROWS))
    else:
        _refuse_markup(whole[start], file_name)
        dialect = sniff(whole[start:], file_name=file_name, delimiter=told.delimiter)
        rows = _sample_rows(whole, dialect, file_name, is_whole=is_whole)
        dialect, rows = _with_header(dialect, rows, told)
    spoken = replace(dialect, encoding=encoding.name, has_bom=encoding.has_bom, is_encoding_given=encoding.is_given)
    return spoken, rows, []


def _refuse_told(file_name: str | None, kind: str, **told: object) -> None:
    for name, value in told.items():
        if value is not None:
            raise UserError(f"{called(file_name)} is {kind}: leave out {name}, which it does not have.")


def _with_header(dialect: Dialect, rows: list[Row], told: Told) -> tuple[Dialect, list[Row]]:
    texts = [row for row in rows if isinstance(row, list)]
    guessed = bool(texts) and has_header(texts)
    return replace(dialect, has_header=guessed if told.has_header is None else told.has_header), rows


def _sample_rows(text: Iterable[str], dialect: Dialect, file_name: str | None, *, is_whole: bool) -> list[Row]:
    rows: list[Row] = []
    try:
        for row in islice(delimited.rows(text, dialect, file_name=file_name), _SAMPLE_ROWS):
            rows.append(row)  # noqa: PERF402  # the rows before an error are needed
    except UnreadableInput:
        # The sample may end within a quoted cell: reading the whole list will tell.
        if is_whole or len(rows) <= 1:
            raise
    if not rows:
        raise UnreadableInput(f"{called(file_name)} holds no rows. {_REMEDY}")
    return rows


def _refuse_others(sample: bytes, encoding: Encoding, file_name: str | None) -> None:
    for signature, kind in _SIGNATURES.items():
        if sample.startswith(signature):
            raise UnreadableInput(f"{called(file_name)} is {kind}, not a list. {_REMEDY}")
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if not encoding.is_wide and controls > _BINARY_SHARE * len(sample):
        raise UnreadableInput(f"{called(file_name)} is a binary file, not a list. {_REMEDY}")


def _refuse_markup(line: str, file_name: str | None) -> None:
    start = line.lstrip("\ufeff \t").lower()
    if start.startswith(("<!doctype", "<html", "<?xml", "<table")):
        raise UnreadableInput(f"{called(file_name)} is a web page or XML, not a list. {_REMEDY}")


def _is_json(line: str, file_name: str | None) -> bool:
    """Whether the list is JSON Lines. Raises `UnreadableInput` for other JSON, and for a broken first line."""
    start = line.lstrip()
    name = (file_name or "").lower()
    if start.startswith("{"):
        try:
            json_lines.parse_object(line)
        except (ValueError, RecursionError):
            return name.endswith((".jsonl", ".ndjson", ".json")) or start.startswith('{"')
        return True
    if name.endswith((".jsonl", ".ndjson")):
        return True
    if start.startswith(("[{", "[\n", "[\r")) or (name.endswith(".json") and start.startswith("[")):
        raise UnreadableInput(
            f"{called(file_name)} is one JSON array. Write one object a line instead (JSON Lines): jq -c '.[]'."
        )
    return False


def _columns(dialect: Dialect, rows: list[Row]) -> tuple[list[str], list[Row]]:
    """The headers, and the rows below them."""
    if dialect.format == "jsonl":
        return list(dict.fromkeys(key for row in rows if isinstance(row, dict) for key in row)), rows
    if dialect.has_header:
        return [str(header) for header in rows[0]], rows[1:]
    width = max(len(row) for row in rows)
    return ["company"] if width == 1 else [f"column_{at}" for at in range(1, width + 1)], rows


def _cells(columns: Sequence[str], at: int, records: Sequence[Row]) -> list[str | None]:
    header = columns[at]
    return [
        json_lines.cell_text(row.get(header)) if isinstance(row, dict) else row[at] if at < len(row) else None
        for row in records
    ]
