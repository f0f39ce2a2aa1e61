from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import tempfile

import pyarrow as pa
import pytest
from pyarrow import parquet
from python_calamine import CalamineWorkbook

from firmograph.errors import UserError
from firmograph.exports.formats import FORMATS
from firmograph.exports.stream import stream


def sites(name, data):
    """The `Site` column as the format's own reader sees it."""
    match name:
        case "csv" | "tsv":
            text = io.StringIO(data.decode(), newline="")
            return [row["Site"] for row in csv.DictReader(text, delimiter="," if name == "csv" else "\t")]
        case "jsonl":
            return [json.loads(line)["Site"] for line in data.splitlines()]
        case "xlsx":
            sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
            return [row[1] for row in sheet[1:]]
    return parquet.read_table(pa.BufferReader(data))["Site"].to_pylist()


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_every_row_in_order(make_plan, make_row, name):
    expected = [f"https://www.acme{number}.com/?utm=1" for number in range(300)]
    rows = (make_row(["Acme", site]) for site in expected)
    assert sites(name, b"".join(stream(make_plan(format=name), rows))) == expected


@pytest.mark.parametrize("name", ["xlsx", "parquet"])
def test_the_temporary_file_is_gone_at_the_end(make_plan, make_row, temporary, name):
    chunks = stream(make_plan(format=name), [make_row(["a", "b"])])
    next(chunks)
    assert list(temporary.iterdir())
    assert list(chunks) == []
    assert not list(temporary.iterdir())


@pytest.mark.parametrize("name", ["xlsx", "parquet"])
def test_the_temporary_file_is_gone_when_nobody_reads_on(make_plan, make_row, temporary, name):
    chunks = stream(make_plan(format=name), [make_row(["a", "b"])])
    next(chunks)
    chunks.close()
    assert not list(temporary.iterdir())


@pytest.mark.parametrize("name", ["xlsx", "parquet"])
def test_the_temporary_file_is_gone_when_reading_the_rows_fails(make_plan, make_row, temporary, name):
    def rows():
        yield make_row(["a", "b"])
        raise ConnectionError("the database went away")

    with pytest.raises(ConnectionError, match="went away"):
        list(stream(make_plan(format=name), rows()))
    assert not list(temporary.iterdir())


def test_an_unknown_format_is_refused_before_any_row_is_read(make_plan):
    def rows():
        pytest.fail("a row was read")
        yield

    with pytest.raises(UserError, match="'docx'"):
        stream(make_plan(format="docx"), rows())


def test_heavy_libraries_are_not_imported_with_the_room():
    code = "import sys, firmograph.exports.stream; print({'pyarrow', 'xlsxwriter'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
