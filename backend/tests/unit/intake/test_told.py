"""What a person says of a list wins over the guess: encoding, delimiter, header, sheet."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
import xlsxwriter

from firmograph.errors import UnreadableInput, UserError

from .lists import List

Read = Callable[..., List]


def workbook(**sheets: list[list[str]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return target.getvalue()


def test_an_encoding_that_the_guess_has_wrong(read: Read) -> None:
    content = "site,name\nsap.com,Łódź\n".encode("cp1250")
    assert read(content).cells[0][1] != "Łódź"
    told = read(content, encoding="CP1250")
    assert told.cells[0][1] == "Łódź"
    assert (told.detection.dialect.encoding, told.detection.dialect.is_encoding_given) == ("cp1250", True)
    assert read("site,name\nsap.com,日本\n".encode("shift_jis"), encoding="shift_jis").cells[0][1] == "日本"


def test_a_told_encoding_is_read_as_it_says(read: Read) -> None:
    assert read("site,name\nsap.com,é\n", encoding="cp1252").cells[0][1] == "Ã©"
    assert read(b"site,name\nsap.com,\xe9\n", encoding="utf-8").cells[0][1] == "\ufffd"
    wide = read("site,name\nsap.com,é\n".encode("utf-16-le"), encoding="utf-16-le")
    assert wide.cells[0][1] == "é"
    marked = read("\ufeffsite,name\nsap.com,é\n", encoding="utf-8")
    assert marked.detection.columns == ["site", "name"]


def test_what_was_guessed_can_be_told_back(read: Read) -> None:
    mixed = "a,Hermès.com\n".encode("cp1252") + "b,Citroën\n".encode()
    guessed = read(mixed)
    again = read(mixed, encoding=guessed.detection.dialect.encoding, has_header=guessed.detection.dialect.has_header)
    assert again.detection.dialect == guessed.detection.dialect
    with pytest.raises(UserError, match="no encoding 'klingon'"):
        read("sap.com\n", encoding="klingon")


@pytest.mark.parametrize(
    ("told", "cells"), [(";", ["a,b", "sap.com"]), (",", ["a", "b;sap.com"]), ("none", ["a,b;sap.com"])]
)
def test_a_delimiter(read: Read, told: str, cells: list[str]) -> None:
    found = read("a,b;sap.com\n", file_name="x.csv", delimiter=told, has_header=False, column="#1")
    assert found.cells == [cells]


def test_a_tab_and_a_hint(read: Read) -> None:
    assert read("a\tsap.com\n", delimiter="tab", has_header=False).cells == [["a", "sap.com"]]
    assert read("sep=;\nname;site\nSAP;sap.com\n", delimiter=";").cells == [["SAP", "sap.com"]]
    assert read("sep=;\nname,site\nSAP,sap.com\n", delimiter=",").cells == [["SAP", "sap.com"]]
    with pytest.raises(UserError, match="can't delimit"):
        read("a;b\n", delimiter="ab")


def test_a_header_that_is_none_and_one_that_is(read: Read) -> None:
    assert read("website\nsap.com\n", has_header=False).cells == [["website"], ["sap.com"]]
    told = read("acme.com,x\nsap.com,y\n", has_header=True)
    assert (told.detection.columns, told.cells) == (["acme.com", "x"], [["sap.com", "y"]])


def test_a_sheet_by_its_name(read: Read) -> None:
    content = workbook(First=[["name", "site"], ["SAP", "sap.com"]], Second=[["site"], ["siemens.com"]], Empty=[])
    assert read(content, file_name="x.xlsx").keys == ["sap.com"]
    told = read(content, file_name="x.xlsx", sheet="Second")
    assert (told.keys, told.detection.sheets) == (["siemens.com"], ["First", "Second", "Empty"])
    with pytest.raises(UnreadableInput, match=r"no sheet 'Third'. Its sheets are: First, Second, Empty"):
        read(content, file_name="x.xlsx", sheet="Third")
    with pytest.raises(UnreadableInput, match="no cells on the sheet 'Empty'"):
        read(content, file_name="x.xlsx", sheet="Empty")


def test_what_a_list_does_not_have_can_not_be_told(read: Read) -> None:
    content = workbook(First=[["site"], ["sap.com"]])
    for told in ({"encoding": "utf-8"}, {"delimiter": ";"}):
        with pytest.raises(UserError, match="is an Excel workbook: leave out"):
            read(content, file_name="x.xlsx", **told)
    with pytest.raises(UserError, match="no Excel workbook: leave out sheet"):
        read("sap.com\n", sheet="First")
    with pytest.raises(UserError, match="JSON Lines: leave out has_header"):
        read('{"site": "sap.com"}\n', has_header=True)


def test_an_error_knows_its_line_and_column(read: Read) -> None:
    with pytest.raises(UnreadableInput) as caught:
        read('name,site\nSAP,sap.com\nx,"open\n')
    assert (caught.value.line, caught.value.column) == (3, 2)
    with pytest.raises(UnreadableInput) as caught:
        read('{"site": "sap.com"}\n{"site": }\n')
    assert (caught.value.line, caught.value.column) == (2, 10)
