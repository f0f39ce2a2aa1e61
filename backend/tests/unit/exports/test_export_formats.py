from __future__ import annotations

from pathlib import Path

import pytest

from firmograph.errors import UserError
from firmograph.exports.formats import FORMATS, file_suffix, format_for_path, media_type


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("out.csv", "csv"),
        (Path("some dir/OUT.XLSX"), "xlsx"),
        ("a.b.tsv", "tsv"),
        ("a.ndjson", "jsonl"),
        ("a.jsonl", "jsonl"),
        ("a.pq", "parquet"),
        ("-", "jsonl"),
        ("out", "jsonl"),
        ("out.txt", "jsonl"),
        (".csv", "jsonl"),
    ],
)
def test_a_suffix_asks_for_its_format(path, expected):
    assert format_for_path(path, "jsonl") == expected


def test_every_format_has_a_media_type_and_a_suffix_that_asks_for_it():
    assert set(FORMATS) == {"csv", "tsv", "jsonl", "xlsx", "parquet"}
    for name in FORMATS:
        assert format_for_path(f"list{file_suffix(name)}", "none") == name
        assert "/" in media_type(name)


def test_an_unknown_format_is_refused_with_the_choices():
    with pytest.raises(UserError, match=r"'xls'.*csv, tsv, jsonl, xlsx, parquet"):
        media_type("xls")
