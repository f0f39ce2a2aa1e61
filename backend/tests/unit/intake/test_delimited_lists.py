"""CSV, TSV and plain lists: delimiters, quotes, line ends, ragged rows, and where they break."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmograph.errors import UnreadableInput
from firmograph.intake.delimited import rows
from firmograph.intake.detect import detect
from firmograph.intake.dialect import Dialect
from firmograph.intake.read import read_records

from .lists import List, Trickle, opener

Read = Callable[..., List]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found(read: Read, delimiter: str) -> None:
    content = "name;website;note\nAcme, Inc;acme.com;a\nGlobex, Ltd;globex.com;b, c\n"
    table = io.StringIO()
    csv.writer(table, delimiter=delimiter).writerows(csv.reader(io.StringIO(content), delimiter=";"))
    found = read(table.getvalue())
    assert found.detection.dialect.delimiter == delimiter
    assert found.keys == ["acme.com", "globex.com"]
    assert found.cells[0] == ["Acme, Inc", "acme.com", "a"]


def test_excel_hint_is_no_row(read: Read) -> None:
    found = read("sep=;\r\nName;Web\r\nA;a.com\r\n")
    assert (found.detection.columns, found.cells) == (["Name", "Web"], [["A", "a.com"]])


def test_cells_come_back_as_they_were(read: Read) -> None:
    found = read('name,name,,website ,\n"A\r\nB",b,  c  ,acme.com\n"say ""x""",,,www.b.com,5,6\nshort\n,,,,\n')
    assert found.detection.columns == ["name", "name", "", "website ", ""]
    assert found.cells == [
        ["A\r\nB", "b", "  c  ", "acme.com"],
        ['say "x"', "", "", "www.b.com", "5", "6"],
        ["short"],
        ["", "", "", "", ""],
    ]
    assert [record.position for record in found.records] == [1, 2, 3, 4]


def test_blank_lines_are_no_rows(read: Read) -> None:
    found = read("\n\nname,website\n\n  \nA,a.com\r\n\r\n\nB,b.com\n\n")
    assert found.cells == [["A", "a.com"], ["B", "b.com"]]
    assert [record.position for record in found.records] == [1, 2]


def test_line_ends_may_be_of_any_kind(read: Read) -> None:
    assert read(b"company,website\rA,a.com\rB,b.com\r").keys == ["a.com", "b.com"]
    assert read(b"company,website\r\nA,a.com\nB,b.com\rC,c.com").keys == ["a.com", "b.com", "c.com"]


def test_nul_characters_stay_in_the_cells(read: Read) -> None:
    found = read(b"name,website\nA\x00,a.com\n")
    assert found.cells == [["A\x00", "a.com"]]
    assert found.records[0].company is not None
    assert found.records[0].company.name == "A"


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ('name,website\nA,a.com\n"B,b.com\nC,c.com\n', "line 3, column 1"),
        ('name,website\nA,a.com\n"x\ny","B,b.com\nC,c.com\n', "line 4, column 2"),
        ('name,website\n"B,b.com\n' + "C,c.com\n" * 30_000, "line 2:"),
    ],
)
def test_quote_that_never_closes_is_placed(read: Read, content: str, place: str) -> None:
    with pytest.raises(UnreadableInput, match=f"^bad.csv, {place}.* never closes"):
        read(content, "bad.csv")


def test_open_quote_beyond_the_sample_is_placed_when_reading(read: Read) -> None:
    lines = 20_000
    note = "n" * 60
    with pytest.raises(UnreadableInput, match=rf"line {lines + 2}, column 1: a quote"):
        read("name,website,note\n" + f"Acme,acme.com,{note}\n" * lines + '"B,b.com\n')


def test_quotes_are_text_in_a_tsv_that_does_not_pair_them(read: Read) -> None:
    found = read('name\twebsite\n"Best" Co\ta.com\n5" pipes\tb.com\n"x\tc.com\n', "x.tsv")
    assert found.cells == [['"Best" Co', "a.com"], ['5" pipes', "b.com"], ['"x', "c.com"]]


def test_plain_list(read: Read) -> None:
    found = read("acme.com\nhttps://globex.com/x\n\nN/A\n", None)
    assert found.detection.columns == ["company"]
    assert found.detection.dialect.format == "list"
    assert found.keys == ["acme.com", "globex.com", None]


def test_plain_list_under_a_header(read: Read) -> None:
    found = read("Domain\nacme.com\nglobex.com\n")
    assert (found.detection.columns, found.keys) == (["Domain"], ["acme.com", "globex.com"])


@pytest.mark.parametrize(
    "content", ["Acme, Inc.\nFoo, Ltd.\nBar, LLC\n", "Acme, Inc.\nFoo\nBar Co\nBaz\n", "Acme, Inc."]
)
def test_commas_of_names_do_not_tear_a_list_apart(read: Read, content: str) -> None:
    assert read(content).cells == [[line] for line in content.splitlines()]


def test_quoted_cells_of_one_column(read: Read) -> None:
    assert read('company\n"Acme,\nInc."\nx.com\n""\n').cells == [["Acme,\nInc."], ["x.com"], [""]]


def test_source_may_trickle(read: Read) -> None:
    from firmograph.intake.detect import detect
    from firmograph.intake.read import read_records

    content = "name,website\r\nMüller,mueller.de\r\n".encode()
    source = lambda: Trickle(content)  # noqa: E731
    detection = detect(source, file_name=None)
    assert [record.cells for record in read_records(source, detection)] == [["Müller", "mueller.de"]]
    assert opener(content)().read() == content


_cells = st.text(st.sampled_from('ab,;"\n\r é'), max_size=6)


@given(st.lists(st.lists(_cells, min_size=2, max_size=4), min_size=1, max_size=5), st.sampled_from(",;\t|"))
@settings(max_examples=100, deadline=None)
def test_rows_are_those_that_were_written(table: list[list[str]], delimiter: str) -> None:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(table)
    dialect = Dialect(format="csv", delimiter=delimiter, quote='"')
    assert list(rows(io.StringIO(written.getvalue(), newline=""), dialect)) == table


def test_a_short_ragged_list_is_still_a_table() -> None:
    text = (
        'Company Name,Website,Website,\r\nSAP,sap.com,x,y,z,zz\r\nSiemens\r\n"multi\r\nline",https://siemens.com,,\r\n'
    )
    found = detect(lambda: io.BytesIO(text.encode()), file_name="ragged.csv")
    assert (found.dialect.delimiter, found.columns) == (",", ["Company Name", "Website", "Website", ""])
    read = list(read_records(lambda: io.BytesIO(text.encode()), found))
    assert [row.cells for row in read] == [
        ["SAP", "sap.com", "x", "y", "z", "zz"],
        ["Siemens"],
        ["multi\r\nline", "https://siemens.com", "", ""],
    ]
    assert [row.company.key if row.company else row.rejection for row in read] == ["sap.com", "empty", "siemens.com"]
