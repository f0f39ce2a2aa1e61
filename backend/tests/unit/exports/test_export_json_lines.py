from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmograph.exports.plan import added_columns, is_ours
from firmograph.exports.stream import stream

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def read(chunks):
    data = b"".join(chunks)
    assert not data or data.endswith(b"\n")
    return [json.loads(line) for line in data.decode().split("\n")[:-1]]


def test_added_cells_keep_their_types_and_absent_is_null(make_plan, make_row):
    [line] = read(stream(make_plan(format="jsonl"), [make_row({"site": "acme.com", "n": 1})]))
    assert line == {
        "site": "acme.com",
        "n": 1,
        "enriched_domain": "acme.com",
        "enriched_outcome": "enriched",
        "enriched_reason": None,
        "enriched_match": "high",
        "enriched_sources": "open_facts explorium(sandbox)",
        "enriched_credits": 1.0,
        "enriched_note": None,
        "enriched_name": "Acme",
        "enriched_founded_year": 1999,
        "enriched_technologies": ["Go", "SAP"],
    }


@settings(max_examples=100)
@given(st.lists(st.dictionaries(st.text(), JSON, max_size=4), max_size=4))
def test_any_object_comes_back_equal_in_order_before_the_added_keys(make_plan, make_row, objects):
    plan = make_plan(format="jsonl", columns=())
    lines = read(stream(plan, [make_row(cells) for cells in objects]))
    for cells, line in zip(objects, lines, strict=True):
        kept = {key: value for key, value in cells.items() if not is_ours(key)}
        assert list(line) == [*kept, *added_columns(plan)]
        assert {key: line[key] for key in kept} == kept


def test_a_replaced_key_is_dropped_and_written_anew(make_plan, make_row):
    row = make_row({"enriched_name": "Old", "enriched_city_provider": "x", "enriched_by": "me"})
    [line] = read(stream(make_plan(format="jsonl"), [row]))
    assert line["enriched_name"] == "Acme"
    assert "enriched_city_provider" not in line
    assert line["enriched_by"] == "me"


def test_list_cells_are_named_missing_ones_stay_missing_and_surplus_is_extra(make_plan, make_row):
    plan = make_plan(format="jsonl", columns=("Site", "", "Site", "enriched_name"), extra_columns=2)
    rows = [make_row(["a.com", "", "b.com", "Old", "more"]), make_row(["a.com"]), make_row([])]
    full, short, empty = (
        {key: value for key, value in line.items() if not is_ours(key)} for line in read(stream(plan, rows))
    )
    assert full == {"Site": "a.com", "column_2": "", "Site_2": "b.com", "extra_1": "more"}
    assert short == {"Site": "a.com"}
    assert empty == {}


def test_text_that_looks_like_a_formula_is_left_as_it_is(make_plan, make_row):
    plan = make_plan(format="jsonl", neutralise=True, with_bom=True)
    [line] = read(stream(plan, [make_row(["=1+1", "+49"], note="=x")]))
    assert (line["Company"], line["Site"], line["enriched_note"]) == ("=1+1", "+49", "=x")


def test_surplus_beyond_the_plan_is_an_error(make_plan, make_row):
    with pytest.raises(ValueError, match="surplus_of"):
        list(stream(make_plan(format="jsonl"), [make_row(["a", "b", "c"])]))


def test_no_rows_is_no_line_and_many_rows_are_chunks(make_plan, make_row):
    plan = make_plan(format="jsonl")
    assert list(stream(plan, [])) == []
    chunks = list(stream(plan, (make_row([str(number), "x"]) for number in range(2_000))))
    assert len(chunks) > 3
    assert max(map(len, chunks)) < 70_000
    assert [line["Company"] for line in read(chunks)] == [str(number) for number in range(2_000)]
