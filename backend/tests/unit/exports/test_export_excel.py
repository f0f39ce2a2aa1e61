from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from firmograph.core.fields import Field
from firmograph.core.outcomes import Outcome
from firmograph.errors import UserError
from firmograph.exports.excel import CELL_UNITS, write_xlsx
from firmograph.exports.plan import export_columns
from firmograph.exports.stream import stream

# The two last code points of the basic plane are no characters and XML cannot hold them.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=20)


def sheets(data):
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def only_sheet(data):
    [table] = sheets(data).values()
    return table


@pytest.fixture(scope="session")
def export(make_plan):
    def run(rows, **given):
        return b"".join(stream(make_plan(format="xlsx", **given), rows))

    return run


def test_texts_are_texts_and_numbers_are_numbers(export, make_plan, make_row):
    header, row = only_sheet(export([make_row(["Acme", "01234"], outcome=Outcome.ENRICHED)]))
    assert header == export_columns(make_plan())
    got = dict(zip(header, row, strict=True))
    assert (got["Company"], got["Site"]) == ("Acme", "01234")
    assert (got["enriched_credits"], got["enriched_founded_year"]) == (1.0, 1999)
    assert isinstance(got["enriched_credits"], float)
    assert (got["enriched_outcome"], got["enriched_technologies"]) == ("enriched", "Go; SAP")
    assert got["enriched_reason"] == ""


def test_no_cell_is_a_formula_or_a_link(export, make_row):
    data = export([make_row(["=1+1", "https://acme.com"], values={Field.NAME: "=HYPERLINK(1)"}, note="+x")])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml
    assert "hyperlink" not in xml.lower().replace("hyperlink(1)", "")
    header, row = only_sheet(data)
    got = dict(zip(header, row, strict=True))
    assert (got["Company"], got["Site"]) == ("=1+1", "https://acme.com")
    assert (got["enriched_name"], got["enriched_note"]) == ("'=HYPERLINK(1)", "'+x")


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(TEXT, min_size=2, max_size=2), min_size=1, max_size=8))
def test_any_text_comes_back_equal(export, make_row, table):
    rows = only_sheet(export([make_row(cells) for cells in table]))
    assert [row[:2] for row in rows[1:]] == table


@pytest.mark.parametrize(
    "text",
    ["a\r\nb\rc\nd", "\x00\x07\x1b", "_x0041_", "<r>&</r>", "<r>\r_x000D_</r>", " both ", "\t", "]]>", "{=1}", "😀"],
)
def test_text_that_xml_or_the_format_takes_for_something_else_comes_back_equal(export, make_row, text):
    assert only_sheet(export([make_row([text, "end"])]))[1][:2] == [text, "end"]


def test_half_a_surrogate_pair_does_not_break_the_file(export, make_row):
    assert only_sheet(export([make_row(["a\ud800", "b"])]))[1][0] == "a\ufffd"


def test_neutralise_covers_the_users_cells_too(export, make_row):
    header, row = only_sheet(export([make_row(["+49", "b"])], columns=("@a", "b"), neutralise=True))
    assert (header[0], row[0]) == ("'@a", "'+49")


def test_a_full_sheet_goes_on_in_the_next_with_the_header_again(make_plan, make_row, tmp_path):
    path = tmp_path / "full.xlsx"
    plan = make_plan(format="xlsx")
    write_xlsx(plan, [make_row([str(number), "x"]) for number in range(7)], path, sheet_rows=4)
    found = sheets(path.read_bytes())
    assert list(found) == ["enriched", "enriched 2", "enriched 3"]
    assert {tuple(table[0]) for table in found.values()} == {tuple(export_columns(plan))}
    assert [row[0] for table in found.values() for row in table[1:]] == [str(number) for number in range(7)]
    assert [len(table) for table in found.values()] == [4, 4, 2]


def test_a_sheet_that_is_just_full_opens_no_other(make_plan, make_row, tmp_path):
    path = tmp_path / "full.xlsx"
    write_xlsx(make_plan(format="xlsx"), [make_row(["a", "x"])] * 3, path, sheet_rows=4)
    assert list(sheets(path.read_bytes())) == ["enriched"]


@pytest.mark.parametrize(("letter", "units"), [("x", 1), ("😀", 2)])
def test_a_text_too_long_for_excel_is_cut_and_the_note_says_so(export, make_row, letter, units):
    long, fits = letter * (CELL_UNITS + 1), "y" * CELL_UNITS
    rows = [make_row([long, fits], note="from an e-mail", values={Field.NAME: long}), make_row(["short", fits])]
    header, cut, whole = only_sheet(export(rows))
    got = dict(zip(header, cut, strict=True))
    assert got["Company"] == letter * ((CELL_UNITS - 1) // units) + "…"
    assert got["Site"] == fits
    assert got["enriched_note"] == "cut to Excel's 32767 characters: Company, enriched_name; from an e-mail"
    assert dict(zip(header, whole, strict=True))["enriched_note"] == ""


def test_more_columns_than_excel_has_is_refused_before_the_first_chunk(make_plan):
    plan = make_plan(format="xlsx", columns=("a",) * 16_375)
    with pytest.raises(UserError, match=r"16385 columns.*16384.*csv"):
        stream(plan, [])


def test_no_rows_is_a_header(export, make_plan):
    assert only_sheet(export([])) == [export_columns(make_plan())]
