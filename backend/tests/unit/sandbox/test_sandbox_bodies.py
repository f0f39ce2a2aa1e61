"""Request bodies are refused in the framework's words, with the place of every problem."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from firmograph.sandbox.bodies import (
    Question,
    UnreadableBody,
    read_bulk_enrich,
    read_match,
    read_single_enrich,
    read_v2_enrich,
)

ID = "8adce3ca1cef0c986b22310e369a0793"
Reader = Callable[[bytes, str], Question]


def read(reader: Reader, body: Any, content_type: str = "application/json") -> Question:
    return reader(body if isinstance(body, bytes) else json.dumps(body).encode(), content_type)


def test_an_item_is_read_with_all_four_keys() -> None:
    question = read(read_match, {"businesses_to_match": [{"domain": "a.de", "website": "b.de"}, {}]})
    assert question.items == [
        {"name": None, "domain": "a.de", "url": None, "linkedin_url": None},
        {"name": None, "domain": None, "url": None, "linkedin_url": None},
    ]
    assert (question.entities, question.problems) == (2, [])


def test_numbers_are_taken_for_text() -> None:
    assert read(read_match, {"businesses_to_match": [{"name": 4711}]}).items[0]["name"] == "4711"


def test_v2_takes_one_id_as_text_and_v1_does_not() -> None:
    assert read(read_v2_enrich, {"business_ids": ID}).ids == [ID]
    assert read(read_v2_enrich, {"business_ids": [ID, ID]}).ids == [ID, ID]
    refused = read(read_bulk_enrich, {"business_ids": ID})
    assert refused.problems == [
        {"loc": ["body", "business_ids"], "msg": "value is not a valid list", "type": "type_error.list"}
    ]


def test_v1_single_takes_one_id() -> None:
    assert read(read_single_enrich, {"business_id": ID, "parameters": {}, "request_context": None}).ids == [ID]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "type_error.none.not_allowed"),
        (ID.upper(), "value_error.str.regex"),
        (ID + "00000000", "value_error.str.regex"),
        (ID + "\n", "value_error.str.regex"),
        ("", "value_error.str.regex"),
        (["x"], "type_error.str"),
    ],
)
@pytest.mark.parametrize("reader", [read_bulk_enrich, read_v2_enrich])
def test_a_bad_id_is_named_by_its_index(reader: Reader, value: Any, kind: str) -> None:
    question = read(reader, {"business_ids": [ID, ID, value, ID]})
    assert [(entry["loc"], entry["type"]) for entry in question.problems] == [(["body", "business_ids", 2], kind)]
    assert question.entities == 4


@pytest.mark.parametrize(
    ("body", "loc", "kind"),
    [
        ({}, ["body", "businesses_to_match"], "value_error.missing"),
        ({"businesses_to_match": None}, ["body", "businesses_to_match"], "type_error.none.not_allowed"),
        ({"businesses_to_match": {}}, ["body", "businesses_to_match"], "type_error.list"),
        ({"businesses_to_match": []}, ["body", "businesses_to_match"], "value_error.list.min_items"),
        ({"businesses_to_match": [{}] * 51}, ["body", "businesses_to_match"], "value_error.list.max_items"),
        ({"businesses_to_match": [{}], "size": 5}, ["body", "size"], "value_error.extra"),
        ({"businesses_to_match": [{}], "parameters": {}}, ["body", "parameters"], "value_error.extra"),
        ({"businesses_to_match": [{}], "request_context": "x"}, ["body", "request_context"], "type_error.dict"),
        ({"businesses_to_match": [{}, 5]}, ["body", "businesses_to_match", 1], "type_error.dict"),
        ({"businesses_to_match": [None]}, ["body", "businesses_to_match", 0], "type_error.none.not_allowed"),
        ({"businesses_to_match": [{"url": []}]}, ["body", "businesses_to_match", 0, "url"], "type_error.str"),
        (
            {"businesses_to_match": [{"name": "x" * 257}]},
            ["body", "businesses_to_match", 0, "name"],
            "value_error.any_str.max_length",
        ),
        ([], ["body"], "type_error.dict"),
        (b"", ["body"], "value_error.missing"),
        (b'{"businesses_to_match": [', ["body", 25], "value_error.jsondecode"),
    ],
)
def test_a_bad_match_body_names_the_place(body: Any, loc: list[Any], kind: str) -> None:
    problems = read(read_match, body).problems
    assert [(entry["loc"], entry["type"]) for entry in problems] == [(loc, kind)]


def test_the_size_problem_carries_its_limit() -> None:
    (entry,) = read(read_bulk_enrich, {"business_ids": [ID] * 51}).problems
    assert entry["ctx"] == {"limit_value": 50}


def test_a_body_that_is_not_declared_as_json_is_no_object() -> None:
    (entry,) = read(read_match, {"businesses_to_match": [{}]}, "text/plain").problems
    assert entry["type"] == "type_error.dict"


def test_bytes_that_are_no_text_are_unreadable() -> None:
    with pytest.raises(UnreadableBody):
        read(read_match, b"\xff\xfe{}")
