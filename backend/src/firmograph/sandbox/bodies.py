"""Request bodies: read and checked as the provider's framework (pydantic v1) does, problems in its words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

Problem = dict[str, Any]
Place = tuple[str | int, ...]

MAX_ITEMS = 50
MAX_NAME = 256
ITEM_KEYS = ("name", "domain", "url", "linkedin_url")
ID_PATTERN = "^[a-f0-9]{32}$"

_NONE = ("none is not an allowed value", "type_error.none.not_allowed")
_MISSING = ("field required", "value_error.missing")
_NO_DICT = ("value is not a valid dict", "type_error.dict")
_NO_TEXT = ("str type expected", "type_error.str")

_ID = re.compile(r"[a-f0-9]{32}")
_SHARED_KEYS = frozenset({"request_context"})
_ENRICH_KEYS = _SHARED_KEYS | {"parameters"}


class UnreadableBody(ValueError):
    """The body is no text at all: the framework answers 400."""


@dataclass(slots=True)
class Question:
    """One request body, read. With `problems` it is refused; `entities` is its weight in the window either way."""

    key: str
    is_list: bool = True
    items: list[dict[str, str | None]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    entities: int = 1
    problems: list[Problem] = field(default_factory=list)

    def place_of(self, position: int) -> Place:
        """Where in the body the item at that position stands."""
        return (self.key, position) if self.is_list else (self.key,)


def problem(place: Place, message: str, kind: str, **context: Any) -> Problem:
    """One entry of a 422's `detail`; `ctx` only where the framework adds it."""
    entry: Problem = {"loc": ["body", *place], "msg": message, "type": kind}
    return entry | {"ctx": context} if context else entry


def read_match(body: bytes, content_type: str) -> Question:
    """The items of a match, each with all four keys. Raises `UnreadableBody`."""
    question = Question("businesses_to_match")
    values = _listed(question, _fields(question, body, content_type, _SHARED_KEYS))
    for position, value in enumerate(values):
        _read_item(question, position, value)
    return question


def read_bulk_enrich(body: bytes, content_type: str) -> Question:
    """The ids of a v1 bulk enrich: a list. Raises `UnreadableBody`."""
    question = Question("business_ids")
    _read_ids(question, _listed(question, _fields(question, body, content_type, _ENRICH_KEYS)))
    return question


def read_v2_enrich(body: bytes, content_type: str) -> Question:
    """The ids of a v2 enrich: a list, or one id as text. Raises `UnreadableBody`."""
    question = Question("business_ids")
    fields = _fields(question, body, content_type, _ENRICH_KEYS)
    question.is_list = not isinstance(fields.get(question.key), str)
    _read_ids(question, _listed(question, fields) if question.is_list else [fields[question.key]])
    return question


def read_single_enrich(body: bytes, content_type: str) -> Question:
    """The one id of a v1 single enrich. Raises `UnreadableBody`."""
    question = Question("business_id", is_list=False)
    fields = _fields(question, body, content_type, _ENRICH_KEYS)
    if question.key in fields:
        _read_ids(question, [fields[question.key]])
    return question


def _listed(question: Question, fields: Mapping[str, Any]) -> list[Any]:
    """The list of 1 to 50 under the question's key; empty when there is a problem, which is noted."""
    if question.key not in fields:
        return []
    values = fields[question.key]
    place = (question.key,)
    if values is None:
        question.problems.append(problem(place, *_NONE))
    elif not isinstance(values, list):
        question.problems.append(problem(place, "value is not a valid list", "type_error.list"))
    elif not values:
        words = "ensure this value has at least 1 items"
        question.problems.append(problem(place, words, "value_error.list.min_items", limit_value=1))
    elif len(values) > MAX_ITEMS:
        question.entities = MAX_ITEMS
        words = f"ensure this value has at most {MAX_ITEMS} items"
        question.problems.append(problem(place, words, "value_error.list.max_items", limit_value=MAX_ITEMS))
    else:
        question.entities = len(values)
        return values
    return []


def _fields(question: Question, body: bytes, content_type: str, others: frozenset[str]) -> Mapping[str, Any]:
    """The outer object; problems are noted for a missing key, keys that don't belong, and others of a wrong type."""
    value = _json(question, body, content_type)
    if question.problems:
        return {}
    if not isinstance(value, dict):
        question.problems.append(problem((), *_NO_DICT))
        return {}
    if question.key not in value:
        question.problems.append(problem((question.key,), *_MISSING))
    for name, other in value.items():
        if name in others:
            if other is not None and not isinstance(other, dict):
                question.problems.append(problem((name,), *_NO_DICT))
        elif name != question.key:
            question.problems.append(problem((name,), "extra fields not permitted", "value_error.extra"))
    return value


def _json(question: Question, body: bytes, content_type: str) -> Any:
    if not body:
        question.problems.append(problem((), *_MISSING))
        return None
    if content_type.partition(";")[0].strip().lower() != "application/json":
        return body  # the framework takes anything else as bytes, which is no object
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        try:
            body.decode()
        except UnicodeDecodeError:
            raise UnreadableBody from error
        note = problem((error.pos,), str(error), "value_error.jsondecode", msg=error.msg, pos=error.pos)
        question.problems.append(note)
        return None


def _read_item(question: Question, position: int, value: Any) -> None:
    if not isinstance(value, dict):
        question.problems.append(problem(question.place_of(position), *(_NONE if value is None else _NO_DICT)))
        return
    item: dict[str, str | None] = {}
    for key in ITEM_KEYS:
        text = value.get(key)
        if text is not None and not isinstance(text, str):
            if isinstance(text, int | float):
                text = str(text)
            else:
                question.problems.append(problem((*question.place_of(position), key), *_NO_TEXT))
                text = None
        item[key] = text
    if len(item["name"] or "") > MAX_NAME:
        place = (*question.place_of(position), "name")
        words = f"ensure this value has at most {MAX_NAME} characters"
        question.problems.append(problem(place, words, "value_error.any_str.max_length", limit_value=MAX_NAME))
    question.items.append(item)


def _read_ids(question: Question, values: Sequence[Any]) -> None:
    for position, value in enumerate(values):
        if isinstance(value, str) and _ID.fullmatch(value):
            question.ids.append(value)
            continue
        place = question.place_of(position)
        if value is None:
            question.problems.append(problem(place, *_NONE))
        elif not isinstance(value, str):
            question.problems.append(problem(place, *_NO_TEXT))
        else:
            words = f'string does not match regex "{ID_PATTERN}"'
            question.problems.append(problem(place, words, "value_error.str.regex", pattern=ID_PATTERN))
