from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from firmograph.core.fields import Field
from firmograph.core.outcomes import Outcome
from firmograph.exports.columnar import BATCH_ROWS, GROUP_BATCHES, write_parquet
from firmograph.exports.plan import unique_columns
from firmograph.exports.stream import stream

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.fixture(scope="session")
def export(make_plan):
    def run(rows, **given):
        data = b"".join(stream(make_plan(format="parquet", **given), rows))
        return parquet.read_table(pa.BufferReader(data))

    return run


def test_columns_have_types(export, make_row):
    table = export([make_row(["Acme", "01234"], outcome=Outcome.ENRICHED)], with_provenance=True)
    types = dict(zip(table.schema.names, table.schema.types, strict=True))
    assert types["Company"] == types["enriched_name"] == types["enriched_name_provider"] == pa.string()
    assert types["enriched_credits"] == pa.float64()
    assert types["enriched_founded_year"] == pa.int32()
    assert types["enriched_technologies"].value_type == pa.string()
    [row] = table.to_pylist()
    assert row["Site"] == "01234"
    assert (row["enriched_outcome"], row["enriched_reason"]) == ("enriched", None)
    assert (row["enriched_credits"], row["enriched_founded_year"]) == (1.0, 1999)
    assert row["enriched_technologies"] == ["Go", "SAP"]
    assert row["enriched_name_observed_at"] == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    assert (row["enriched_technologies_provider"], row["enriched_technologies_observed_at"]) == (None, None)


def test_times_of_another_offset_become_utc(export, make_row):
    row = make_row(["a", "b"], provenance={Field.NAME: ("open_facts", "2026-11-20T10:30:00+02:00")})
    [read] = export([row], with_provenance=True).to_pylist()
    assert read["enriched_name_observed_at"] == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(TEXT, max_size=4), max_size=5))
def test_any_cells_come_back_equal_and_missing_ones_are_null(export, make_row, cells):
    table = export([make_row(row) for row in cells], columns=("a", "a"), extra_columns=2)
    got = [[row[name] for name in ("a", "a_2", "extra_1", "extra_2")] for row in table.to_pylist()]
    assert got == [row + [None] * (4 - len(row)) for row in cells]


def test_names_are_unique_and_text_is_not_neutralised(export, make_plan, make_row):
    columns = ("Site", "", "Site", "enriched_name")
    table = export([make_row(["=1", "", "+2", "Old"], note="@x")], columns=columns, neutralise=True)
    assert table.schema.names == unique_columns(make_plan(columns=columns))
    [row] = table.to_pylist()
    assert (row["Site"], row["column_2"], row["Site_2"], row["enriched_note"]) == ("=1", "", "+2", "@x")
    assert row["enriched_name"] == "Acme"


def test_json_objects_are_text_and_half_pairs_do_not_break_the_file(export, make_row):
    rows = [make_row({"n": 12, "t": "a\ud800", "o": {"k": [1]}}, values={Field.TECHNOLOGIES: ["\udc00"]}), make_row({})]
    first, second = export(rows, columns=("n", "t", "o")).to_pylist()
    assert (first["n"], first["t"], first["o"]) == ("12", "a\ufffd", '{"k":[1]}')
    assert first["enriched_technologies"] == ["\ufffd"]
    assert (second["n"], second["t"], second["o"]) == (None, None, None)


def test_rows_are_written_in_groups(make_plan, make_row, tmp_path):
    path = tmp_path / "many.parquet"
    row, group = make_row(["a", "b"]), BATCH_ROWS * GROUP_BATCHES
    write_parquet(make_plan(format="parquet"), (row for _ in range(group + 7)), path)
    facts = parquet.ParquetFile(path).metadata
    assert [facts.row_group(place).num_rows for place in range(facts.num_row_groups)] == [group, 7]


def test_no_rows_is_a_schema(export, make_plan):
    table = export([])
    assert (table.num_rows, table.schema.names) == (0, unique_columns(make_plan()))
