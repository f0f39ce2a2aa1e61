"""Which part of a file is wanted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmograph.prepared_exports.ranges import NoSuchRange, wanted_range


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-", (0, 100)),
        ("bytes=0-0", (0, 1)),
        ("bytes=99-", (99, 100)),
        ("bytes=10-19", (10, 20)),
        ("bytes=10-1000", (10, 100)),
        ("Bytes= 10-19 ", (10, 20)),
        ("bytes=-1", (99, 100)),
        ("bytes=-1000", (0, 100)),
    ],
)
def test_one_part(header: str, part: tuple[int, int]) -> None:
    assert wanted_range(header, size=100) == part


@pytest.mark.parametrize(
    "header",
    [None, "", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=9-3", "rows=0-1", "bytes=0-1,5-6", "bytes=٣-٤"],
)
def test_anything_else_is_the_whole_file(header: str | None) -> None:
    assert wanted_range(header, size=100) is None


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_part_behind_the_end(header: str) -> None:
    with pytest.raises(NoSuchRange):
        wanted_range(header, size=100)


def test_an_empty_file_has_no_part() -> None:
    with pytest.raises(NoSuchRange):
        wanted_range("bytes=0-", size=0)


@given(st.text(alphabet="bytes=-, 0123456789"), st.integers(0, 10**9))
def test_a_part_lies_within_the_file(header: str, size: int) -> None:
    try:
        part = wanted_range(header, size=size)
    except NoSuchRange:
        return
    assert part is None or 0 <= part[0] < part[1] <= size
