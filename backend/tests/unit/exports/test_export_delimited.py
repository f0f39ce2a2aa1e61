from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmograph.core.fields import Field
from firmograph.core.outcomes import Outcome
from firmograph.exports.plan import export_columns
from firmograph.exports.stream import stream

TEXT = st.text(st.sampled_from("ab é,;\t\"'\r\n=+\x00😀|")) | st.text(st.characters(exclude_categories=["Cs"]))


def read(chunks, delimiter=","):
    text = b"".join(chunks).decode("utf-8")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


def test_a_row_comes_back_with_its_result_beside_it(make_plan, make_row):
    header, row = read(stream(make_plan(), [make_row(["Acme, Inc", "HTTPS://Acme.com/"])]))
    assert dict(zip(header, row, strict=True)) == {
        "Company": "Acme, Inc",
        "Site": "HTTPS://Acme.com/",
        "enriched_domain": "acme.com",
        "enriched_outcome": "enriched",
        "enriched_reason": "",
        "enriched_match": "high",
        "enriched_sources": "open_facts explorium(sandbox)",
        "enriched_credits": "1.0",
        "enriched_note": "",
        "enriched_name": "Acme",
        "enriched_founded_year": "1999",
        "enriched_technologies": "Go; SAP",
    }


def test_absent_is_empty_and_no_rows_is_a_header(make_plan, make_row):
    miss = make_row(
        ["x", "N/A"], domain=None, outcome=Outcome.REJECTED, match=None, sources=None, credits=None, values={}
    )
    assert read(stream(make_plan(), [miss]))[1] == ["x", "N/A", "", "rejected", "", "", "", "", "", "", "", ""]
    assert read(stream(make_plan(), [])) == [export_columns(make_plan())]
    nothing_in_it = make_row(["x", "y"], values={Field.NAME: "", Field.TECHNOLOGIES: []})
    assert read(stream(make_plan(), [nothing_in_it]))[1][-3:] == ["", "", ""]


@settings(max_examples=100)
@given(
    st.lists(TEXT, min_size=1, max_size=4),
    st.lists(st.lists(TEXT, max_size=6), max_size=5),
    st.sampled_from(",;\t|"),
)
def test_any_cells_come_back_equal_in_their_columns(make_plan, make_row, columns, table, delimiter):
    columns = [f"c{name}" for name in columns]
    extra = max([0, *(len(cells) - len(columns) for cells in table)])
    plan = make_plan(columns=tuple(columns), extra_columns=extra, delimiter=delimiter)
    header, *rows = read(stream(plan, [make_row(cells) for cells in table]), delimiter)
    assert header == export_columns(plan)
    assert len(rows) == len(table)
    for cells, row in zip(table, rows, strict=True):
        assert row[: len(columns) + extra] == cells + [""] * (len(columns) + extra - len(cells))
        assert row[header.index("enriched_domain")] == "acme.com"


def test_rows_end_with_crlf_and_multi_line_cells_are_exact(make_plan, make_row):
    cells = ["one\r\ntwo\nthree\rfour", ' "quoted" ']
    data = b"".join(stream(make_plan(), [make_row(cells)]))
    assert read([data])[1][:2] == cells
    assert data.endswith(b"\r\n")
    assert b'"one\r\ntwo\nthree\rfour"," ""quoted"" ",acme.com,' in data


def test_the_inputs_bom_and_delimiter_are_kept(make_plan, make_row):
    data = b"".join(stream(make_plan(with_bom=True, delimiter=";"), [make_row(["a,b", "c;d"])]))
    assert data.startswith(b"\xef\xbb\xbfCompany;Site;")
    assert b'\r\na,b;"c;d";acme.com;' in data


def test_tsv_has_tabs_whatever_the_input_had(make_plan, make_row):
    data = b"".join(stream(make_plan(format="tsv", delimiter=";"), [make_row(["a;b", "c"])]))
    assert data.startswith(b"Company\tSite\tenriched_domain\t")
    assert b"\r\na;b\tc\tacme.com\t" in data


def test_added_cells_never_run_and_the_users_own_are_untouched(make_plan, make_row):
    values = {Field.NAME: "=HYPERLINK(1)", Field.TECHNOLOGIES: ["@x", "y"], Field.FOUNDED_YEAR: -44}
    row = make_row(["+49 30 12", "=1+1"], values=values, note="\tnoticed", credits=-0.5)
    header, cells = read(stream(make_plan(), [row]))
    got = dict(zip(header, cells, strict=True))
    assert (got["Company"], got["Site"]) == ("+49 30 12", "=1+1")
    assert (got["enriched_name"], got["enriched_technologies"]) == ("'=HYPERLINK(1)", "'@x; y")
    assert got["enriched_note"] == "'\tnoticed"
    assert (got["enriched_founded_year"], got["enriched_credits"]) == ("-44", "-0.5")


def test_neutralise_covers_the_users_cells_header_and_surplus(make_plan, make_row):
    plan = make_plan(columns=("=a", "b"), extra_columns=2, neutralise=True)
    header, row = read(stream(plan, [make_row(["+49 30 12", "plain", "-x"])]))
    assert header[:4] == ["'=a", "b", "extra_1", "extra_2"]
    assert row[:4] == ["'+49 30 12", "plain", "'-x", ""]


def test_replaced_columns_are_dropped_with_their_cells(make_plan, make_row):
    plan = make_plan(columns=("enriched_name", "Site", "enriched_domain", "Owner"), extra_columns=1)
    header, long, short = read(
        stream(plan, [make_row(["Old", "a.com", "old.com", "Bo", "more"]), make_row(["Old", "b.com"])])
    )
    assert header[:4] == ["Site", "Owner", "extra_1", "enriched_domain"]
    assert long[:4] == ["a.com", "Bo", "more", "acme.com"]
    assert short[:4] == ["b.com", "", "", "acme.com"]
    assert header.count("enriched_name") == header.count("enriched_domain") == 1


def test_json_objects_become_columns_and_no_key_is_lost(make_plan, make_row):
    plan = make_plan(columns=("site", "size", "tags"), extra_columns=1)
    full = make_row({"size": 12, "site": "a.com", "tags": ["x", {"y": None}], "later": "k", "enriched_name": "old"})
    bare = make_row({"site": None})
    header, first, second = read(stream(plan, [full, bare]))
    assert header[:5] == ["site", "size", "tags", "extra_1", "enriched_domain"]
    assert first[:5] == ["a.com", "12", '["x",{"y":null}]', '{"later":"k"}', "acme.com"]
    assert second[:5] == ["", "", "", "", "acme.com"]


@pytest.mark.parametrize("cells", [["a", "b", "c", "d"], {"unknown": 1}])
def test_a_plan_too_narrow_for_a_row_is_an_error_and_no_cell_is_lost(make_plan, make_row, cells):
    plan = make_plan(extra_columns=1 if isinstance(cells, list) else 0)
    with pytest.raises(ValueError, match="surplus_of"):
        list(stream(plan, [make_row(cells)]))


def test_provenance_columns_hold_source_and_time(make_plan, make_row):
    header, row = read(stream(make_plan(with_provenance=True), [make_row(["a", "b"])]))
    got = dict(zip(header, row, strict=True))
    assert got["enriched_name_provider"] == "open_facts"
    assert got["enriched_name_observed_at"] == "2026-11-20T08:30:00+00:00"
    assert got["enriched_founded_year"] == "1999"
    assert got["enriched_founded_year_provider"] == got["enriched_founded_year_observed_at"] == ""


def test_half_a_surrogate_pair_does_not_break_the_file(make_plan, make_row):
    rows = [make_row(["a\ud800", "b"]), make_row(["\ud83d\ude00", "c"])]
    _, first, second = read(stream(make_plan(), rows))
    assert (first[0], second[0]) == ("a\ufffd", "😀")


def test_chunks_come_while_rows_are_still_being_read(make_plan, make_row):
    taken = []

    def rows():
        for number in range(5_000):
            taken.append(number)
            yield make_row([f"Company {number}", "x" * 50])

    chunks = stream(make_plan(), rows())
    first = next(chunks)
    assert 60_000 < len(first) < 70_000
    assert len(taken) < 1_000
    table = read([first, *chunks])
    assert [row[0] for row in table[1:]] == [f"Company {number}" for number in range(5_000)]
