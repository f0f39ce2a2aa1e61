"""Where the enriched file goes, and that it appears whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmograph.cli.output import check_output, choose_output, write_chunks
from firmograph.errors import UserError


@pytest.mark.parametrize(
    ("source", "wanted", "file_format", "own", "name", "chosen"),
    [
        ("a.csv", None, None, "csv", "a.enriched.csv", "csv"),
        ("a.CSV", None, None, "csv", "a.enriched.CSV", "csv"),
        ("a.ndjson", None, None, "jsonl", "a.enriched.ndjson", "jsonl"),
        ("a.txt", None, None, "csv", "a.enriched.csv", "csv"),
        ("a", None, None, "xlsx", "a.enriched.xlsx", "xlsx"),
        ("a.csv", None, "parquet", "csv", "a.enriched.parquet", "parquet"),
        ("a.csv", "b.xlsx", None, "csv", "b.xlsx", "xlsx"),
        ("a.csv", "b.txt", None, "jsonl", "b.txt", "jsonl"),
        ("a.csv", "b.csv", "jsonl", "csv", "b.csv", "jsonl"),
        ("-", "b.parquet", None, "csv", "b.parquet", "parquet"),
    ],
)
def test_path_and_format(
    source: str, wanted: str | None, file_format: str | None, own: str, name: str, chosen: str
) -> None:
    path, found = choose_output(source, wanted, file_format=file_format, own_format=own)
    assert (Path(path).name, found) == (name, chosen)
    assert Path(path).is_absolute()


def test_standard_input_goes_to_standard_output() -> None:
    assert choose_output("-", None, file_format=None, own_format="tsv") == ("-", "tsv")
    assert choose_output("a.csv", "-", file_format="xlsx", own_format="csv") == ("-", "xlsx")


def test_the_input_is_never_the_output(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x")
    (tmp_path / "same.csv").symlink_to(tmp_path / "a.csv")
    with pytest.raises(UserError, match="the input itself"):
        check_output(str(tmp_path / "same.csv"), "csv", source=str(tmp_path / "a.csv"))


def test_trying_an_output_leaves_nothing(tmp_path: Path) -> None:
    check_output(str(tmp_path / "a.csv"), "csv")
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_breaks_off_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_text("old")

    def chunks() -> Iterator[bytes]:
        yield b"new"
        raise RuntimeError("the disk is gone")

    with pytest.raises(RuntimeError):
        write_chunks(chunks(), str(target), again="")
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert target.read_text() == "old"


def test_a_folder_that_went_away_says_how_to_write_the_file_again(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="runs export R -o FILE"):
        write_chunks(iter([b"x"]), str(tmp_path / "gone" / "a.csv"), again="firmograph runs export R -o FILE")


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        check_output(str(pipe), "csv")
        write_chunks(iter([b"a,", b"b\n"]), str(pipe), again="")
        assert os.read(reading, 100) == b"a,b\n"
        assert pipe.is_fifo()
    finally:
        os.close(reading)
