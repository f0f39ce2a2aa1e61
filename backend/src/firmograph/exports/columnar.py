"""Exports as Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from firmograph.core.fields import INTEGER_FIELDS, LIST_FIELDS, Field
from firmograph.exports.cell_text import text_of, well_formed
from firmograph.exports.plan import BASE_COLUMNS, ExportPlan, ExportRow, unique_columns
from firmograph.exports.rows import OriginalCells, added_values

BATCH_ROWS = 1_000  # a row's Python objects take many times Arrow's room, so a group is gathered batch by batch
GROUP_BATCHES = 20
_TIME = pa.timestamp("us", tz="UTC")


def write_parquet(plan: ExportPlan, rows: Iterable[ExportRow], path: Path) -> None:
    """Write the file, one row group of up to 20,000 rows in memory at a time.

    Original cells are texts, missing ones null; `enriched_credits` is a double, `enriched_founded_year` an int32, the
    list fields are lists of texts, times of observation are timestamps in UTC.
    """
    names, added_types = unique_columns(plan), _added_types(plan)
    types = [pa.string()] * (len(names) - len(added_types)) + added_types
    schema = pa.schema(list(zip(names, types, strict=True)))
    batches = _batches(plan, rows, schema)
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while group := list(islice(batches, GROUP_BATCHES)):
            writer.write_table(pa.Table.from_batches(group), row_group_size=GROUP_BATCHES * BATCH_ROWS)


def _batches(plan: ExportPlan, rows: Iterable[ExportRow], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    aligned, added = OriginalCells(plan).aligned, added_values(plan)
    pending = iter(rows)
    while lines := [aligned(row.cells) + added(row) for row in islice(pending, BATCH_ROWS)]:
        columns = zip(*lines, strict=True)
        arrays = [_array(column, kind) for column, kind in zip(columns, schema.types, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _array(column: tuple[Any, ...], kind: pa.DataType) -> pa.Array:
    if kind == _TIME:
        return pa.array([text and _moment(text) for text in column], kind)
    try:
        return pa.array(column, kind)
    except (UnicodeEncodeError, pa.ArrowTypeError):
        return pa.array([_mended(value) for value in column], kind)


def _mended(value: Any) -> Any:
    if isinstance(value, list):
        return [well_formed(item) for item in value]
    text = text_of(value)
    return None if text is None else well_formed(text)


@lru_cache(maxsize=4096)  # the companies of one batch were observed at one moment
def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _added_types(plan: ExportPlan) -> list[pa.DataType]:
    types = [pa.float64() if name == "enriched_credits" else pa.string() for name in BASE_COLUMNS]
    for field in plan.fields:
        types.append(_type_of(field))
        if plan.with_provenance:
            types += [pa.string(), _TIME]
    return types


def _type_of(field: Field) -> pa.DataType:
    if field in LIST_FIELDS:
        return pa.list_(pa.string())
    return pa.int32() if field in INTEGER_FIELDS else pa.string()
