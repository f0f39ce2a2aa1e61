"""Reads a list to its end: one record a row, with its verdict, in a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from typing import Any

from firmograph.core.company import CompanyKey, fold
from firmograph.core.outcomes import Rejection
from firmograph.errors import UnreadableInput
from firmograph.intake import delimited, json_lines, workbook
from firmograph.intake.addresses import clean
from firmograph.intake.detect import Detection, listed
from firmograph.intake.dialect import Dialect, OpenSource, called
from firmograph.intake.encoding import Encoding, lines
from firmograph.intake.linkedin import slug_of
from firmograph.intake.placeholders import is_placeholder
from firmograph.intake.verdict import ReadRecord, Verdict, read_cell

_LONGEST_NAME = 256  # characters of a name that are sent: the limit of the Explorium contract

BY_LINKEDIN = "by its LinkedIn company page"
BY_NAME = "by its name only"

Row = list[str] | dict[str, Any]


def read_records(
    open_source: OpenSource, detection: Detection, *, allow_name_only: bool = False
) -> Iterator[ReadRecord]:
    """The list's records in their order; memory doesn't grow with the list (a workbook's sheet is held whole).

    Blank lines and the header are no records. A row without a usable site counts by its LinkedIn company page, and
    with `allow_name_only` by its name. Raises `UnreadableInput` naming the place, after the records before it.
    """
    if detection.column is None and detection.linkedin_column is None and not allow_name_only:
        raise UnreadableInput(
            f"{called(detection.file_name)}: no column holds company sites, e-mail addresses or LinkedIn pages, only "
            f"names ({_name_of(detection)!r}). Its columns are: {listed(detection.columns)}. Say which to read "
            "with --column, or allow names alone with --allow-name-only."
        )
    if detection.dialect.format == "jsonl":
        yield from _records(_objects(open_source, detection), detection, _key_getter, allow_name_only)
    else:
        yield from _records(_rows(open_source, detection), detection, _index_getter, allow_name_only)


def _name_of(detection: Detection) -> str | None:
    return None if detection.name_column is None else detection.columns[detection.name_column]


def _rows(open_source: OpenSource, detection: Detection) -> Iterator[list[str]]:
    dialect = detection.dialect
    skip = int(dialect.has_header)
    if dialect.format == "xlsx":
        sheet = workbook.read_sheet(open_source, file_name=detection.file_name, sheet=dialect.sheet)
        yield from islice(workbook.sheet_rows(sheet), skip, None)
        return
    encoding = _encoding(dialect)
    with closing(open_source()) as source:
        text = lines(source, encoding, file_name=detection.file_name)
        yield from islice(delimited.rows(text, dialect, file_name=detection.file_name), skip, None)


def _objects(open_source: OpenSource, detection: Detection) -> Iterator[dict[str, Any]]:
    dialect = detection.dialect
    encoding = _encoding(dialect)
    with closing(open_source()) as source:
        yield from json_lines.objects(
            lines(source, encoding, file_name=detection.file_name), file_name=detection.file_name
        )


def _encoding(dialect: Dialect) -> Encoding:
    return Encoding(dialect.encoding or "utf-8", has_bom=dialect.has_bom, is_given=dialect.is_encoding_given)


def _index_getter(_: Detection, at: int | None) -> Callable[[list[str]], str | None]:
    if at is None:
        return lambda _row: None
    return lambda row: row[at] if at < len(row) else None


def _key_getter(detection: Detection, at: int | None) -> Callable[[dict[str, Any]], str | None]:
    if at is None:
        return lambda _row: None
    key = detection.columns[at]
    return lambda row: json_lines.cell_text(row.get(key))


def _records(
    rows: Iterator[Any],
    detection: Detection,
    getter: Callable[[Detection, int | None], Callable[[Any], str | None]],
    allow_name_only: bool,
) -> Iterator[ReadRecord]:
    site_of = getter(detection, detection.column)
    # A name's column that is also the company's tells a name only where it holds no site.
    is_shared = detection.name_column is not None and detection.name_column == detection.column
    name_of = getter(detection, detection.name_column)
    page_of = getter(detection, detection.linkedin_column)
    has_page = detection.linkedin_column is not None
    for position, row in enumerate(rows, 1):
        text = site_of(row)
        verdict = read_cell(text)
        name = None if is_shared else _name(name_of(row))
        page = read_cell(page_of(row)).linkedin_url if has_page else None
        domain = verdict.domain
        if domain is not None:
            company = CompanyKey(key=domain, domain=domain, name=name, linkedin_url=page)
            yield ReadRecord(position, row, text, company, None, verdict.note)
            continue
        if page is not None:
            company = CompanyKey(key=f"linkedin:{slug_of(page)}", name=name, linkedin_url=page)
            yield ReadRecord(position, row, text, company, None, BY_LINKEDIN)
            continue
        if allow_name_only and (alone := _lone_name(verdict, text if is_shared else name, is_shared=is_shared)):
            company = CompanyKey(key=f"name:{fold(alone)}", name=alone)
            yield ReadRecord(position, row, text, company, None, BY_NAME)
            continue
        yield ReadRecord(position, row, text, None, verdict.rejection, verdict.note)


def _lone_name(verdict: Verdict, name: str | None, *, is_shared: bool) -> str | None:
    """The name to ask by where there is nothing better: the site's cell says nothing, or is itself the name."""
    if is_shared:
        is_name = verdict.rejection is Rejection.NOT_A_DOMAIN and verdict.note is None
        return _name(name) if is_name else None
    return name if verdict.rejection in {Rejection.EMPTY, Rejection.PLACEHOLDER} else None


def _name(text: str | None) -> str | None:
    """A name as it is sent: outer blanks and control characters off, cut to the limit; `None` for a placeholder."""
    if not text:
        return None
    plain = text.strip() if text.isprintable() else clean(text)
    # A lone letter is a placeholder among sites, but X is a company.
    if not plain or (is_placeholder(plain) and not (len(plain) == 1 and plain.isalpha())):
        return None
    return plain[:_LONGEST_NAME].rstrip()
