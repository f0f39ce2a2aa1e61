from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmograph.exports.cell_text import json_of, neutral, text_of, well_formed

RISKY = st.text(st.sampled_from("=+-@'\"“ \t\r\n\xa0\u200b\ufeff＝＋－＠aé1,;|"), max_size=8)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "=cmd|' /C calc'!A0",
        "+49 30 1234",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\ttext",
        "\rtext",
        "\ntext",
        "  =1",
        "\xa0\u200b=1",
        "\ufeff=1",
        '"=1+1"',
        '" =1"',
        "“=1",
        " '=1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "\u3000＝1",
        "\x00=1",
    ],
)
def test_what_may_run_gets_an_apostrophe_and_nothing_else(text):
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", " ", "Acme", "a=1", "3-2", '"Acme"', "'=1", "'", "l'eau", "(=1)", "1", "日本＝", "—", ". =", "#=1"]
)
def test_what_cannot_run_is_left_alone(text):
    assert neutral(text) == text


@settings(max_examples=200)
@given(RISKY | st.text())
def test_neutral_text_never_runs_and_neutralising_twice_is_once(text):
    safe = neutral(text)
    assert safe in (text, f"'{text}")
    assert neutral(safe) == safe
    bare = safe.strip(' \t\r\n\xa0\u200b\ufeff\u3000"“')
    assert not unicodedata.normalize("NFKC", bare[:1]).startswith(("=", "+", "-", "@"))
    assert not safe.startswith(("\t", "\r", "\n"))


def test_half_pairs_are_joined_or_replaced_and_the_rest_is_untouched():
    assert well_formed("\ud83d\ude00 a") == "😀 a"
    assert well_formed("a\ud800b") == "a\ufffdb"
    assert well_formed("naïve 😀") == "naïve 😀"


@settings(max_examples=100)
@given(st.text(st.characters()))
def test_well_formed_text_always_encodes(text):
    assert well_formed(text).encode().decode() == well_formed(text)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, None),
        ("", ""),
        ("é", "é"),
        (1, "1"),
        (2.5, "2.5"),
        (True, "true"),
        ({"url": "é", "n": None}, '{"url":"é","n":null}'),
        (["a", 1], '["a",1]'),
        (2**80, str(2**80)),
    ],
)
def test_an_original_cell_as_text(cell, text):
    assert text_of(cell) == text


@pytest.mark.parametrize("value", [{"a": 2**70, "b": "é"}, ["\ud800"], {"\udc00": 1}, [1.5, None, True]])
def test_json_that_the_fast_writer_refuses_comes_back_equal(value):
    assert json.loads(json_of(value)) == value


def test_deeply_nested_json_comes_back_equal():
    value = []
    for _ in range(400):
        value = [value]
    assert json.loads(json_of(value)) == value
