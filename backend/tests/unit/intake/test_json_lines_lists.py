"""JSON Lines: types kept, broken lines placed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from firmograph.errors import UnreadableInput

from .lists import List

Read = Callable[..., List]


def test_types_and_missing_keys_stay(read: Read) -> None:
    found = read(
        '{"name":"A","website":"a.com","n":1.0,"big":12345678901234567890123}\n\n{"name":"B","tags":[1,null]}\r\n'
    )
    assert found.cells == [
        {"name": "A", "website": "a.com", "n": 1.0, "big": 12345678901234567890123},
        {"name": "B", "tags": [1, None]},
    ]
    assert found.detection.columns == ["name", "website", "n", "big", "tags"]
    assert found.keys == ["a.com", None]


def test_company_may_stand_in_an_object_or_array(read: Read) -> None:
    found = read(
        '{"website":"a.com"}\n{"website":{"url":"https://b.com"}}\n{"website":["c.com"]}\n{"website":null}\n', "x.jsonl"
    )
    assert found.keys == ["a.com", "b.com", "c.com", None]
    assert found.records[3].input is None


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"name": "B",', "line 2, column 14: not a JSON object"),
        ('["x"]', r"line 2: not a JSON object \(it is a list\)"),
        ('{"a": NaN}', "NaN is no JSON value"),
        ('{"a": "\\ud800"}', "half of a surrogate pair"),
        ('{"a": ' + "[" * 100_000, "line 2: not a JSON object"),
    ],
)
def test_broken_line_is_placed(read: Read, line: str, why: str) -> None:
    with pytest.raises(UnreadableInput, match=why):
        read('{"website":"a.com"}\n' + line + "\n", "x.jsonl")


def test_array_of_objects_gets_a_hint(read: Read) -> None:
    with pytest.raises(UnreadableInput, match="JSON array"):
        read('[{"website":"a.com"}]', "x.json")
