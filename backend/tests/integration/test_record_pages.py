"""Pages of a run's records against the same records in memory: every order and filter, whether few pass or many."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert, select

from firmograph.app import App, open_app
from firmograph.config import load_settings
from firmograph.core.fields import BAND_FIELDS, BANDS, Field, band_at
from firmograph.core.outcomes import Outcome, Reason, Rejection
from firmograph.db.models import records, runs, targets
from firmograph.errors import UserError
from firmograph.runs import repository
from firmograph.runs.record_order import SORTS
from firmograph.runs.record_pages import MOST_COUNTED, Pages
from firmograph.runs.records_repository import RecordQuery, list_records, page_of

from .conftest import fresh_database

RUN = "0193f0a0-0000-7000-8000-000000000001"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
COUNT = 120
ENDS = [
    (Outcome.ENRICHED, None),
    (Outcome.NO_MATCH, Reason.NOT_FOUND),
    (Outcome.NO_MATCH, Reason.LOW_CONFIDENCE),
    (Outcome.FAILED, Reason.TIMEOUT),
    (Outcome.SKIPPED, Reason.CANCELLED),
    (None, None),
]


def value_of(rnd: random.Random, field: Field) -> Any:
    if rnd.random() < 0.25:
        return None
    if field in BAND_FIELDS:
        return rnd.randrange(len(BANDS[field]))
    if field is Field.FOUNDED_YEAR:
        return rnd.choice([1850, 1990, 2001])
    if field is Field.COUNTRY_CODE:
        return rnd.choice(["DE", "US", "FR"])
    if field is Field.INDUSTRY:
        return rnd.choice(["software", "Software", "Steel, pipes"])
    return f"{field.value} {rnd.randrange(8)}"


def fill(app: App) -> None:
    """A run of duplicates, rejections, and targets that ended in every way."""
    rnd = random.Random(7)
    rows: list[dict[str, Any]] = []
    found: list[dict[str, Any]] = []
    for position in range(1, COUNT + 1):
        row = {"run_id": RUN, "position": position, "cells": [f"Firm {position % 9}", 'say "hi"\\'], "input": "x"}
        row |= {"domain": None, "rejection": None, "note": None, "is_duplicate": False}
        kind = rnd.random()
        if kind < 0.2:
            row["rejection"] = rnd.choice([Rejection.EMPTY, Rejection.FREEMAIL]).value
        elif kind < 0.4 and found:
            row |= {"domain": rnd.choice(found)["domain"], "is_duplicate": True}
        else:
            row["domain"] = f"{rnd.choice('abc')}{position * 37 % 211}.com"
            found.append(target(rnd, row["domain"], position))
        rows.append(row)
    counts = {
        "records": COUNT,
        "rejected": sum(row["rejection"] is not None for row in rows),
        "accepted": sum(row["rejection"] is None for row in rows),
        "targets": len(found),
    }
    with app.database.write() as connection:
        connection.execute(insert(runs).values(**run_values(), **counts))
        connection.execute(insert(records), rows)
        connection.execute(insert(targets), found)


def run_values() -> dict[str, Any]:
    plain: dict[str, Any] = {"waterfall": ["open_facts"], "fields": ["name"], "source": {}, "switched_off": {}}
    return {"id": RUN, "name": "list", "state": "paused", "asked_since": NOW, "created_at": NOW, "version": 9, **plain}


def target(rnd: random.Random, domain: str, position: int) -> dict[str, Any]:
    outcome, reason = rnd.choice([ENDS[0], ENDS[0], *ENDS])
    values = {field.value: value_of(rnd, field) if outcome is Outcome.ENRICHED else None for field in Field}
    values |= {"technologies": None, "social_urls": None}
    return {
        "run_id": RUN,
        "domain": domain,
        "position": position,
        "asked_domain": domain,
        "state": "open" if outcome is None else "done",
        "outcome": outcome and outcome.value,
        "reason": reason and reason.value,
        "verb": "match",
        "history": [],
        "version": rnd.randrange(9),
        "match_confidence": rnd.choice(["high", "low", None]),
        **values,
    }


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A database of each kind with the run in it, which no test changes."""
    folder = tmp_path_factory.mktemp("filled")
    with ExitStack() as stack:
        url = None
        if request.param == "postgresql":
            url = stack.enter_context(fresh_database(request.getfixturevalue("postgres_server")))
        app = open_app(load_settings(read_dotenv=False, data_dir=folder, database_url=url))
        stack.callback(app.database.close)
        fill(app)
        yield app


@pytest.fixture(params=[0, MOST_COUNTED], ids=["many", "few"])
def most(request: pytest.FixtureRequest) -> int:
    """With 0 whatever passes is many."""
    return int(request.param)


def all_rows(app: App) -> list[dict[str, Any]]:
    """Every record with its target's columns, as the database has them."""
    joined = records.outerjoin(targets, (targets.c.run_id == records.c.run_id) & (targets.c.domain == records.c.domain))
    first = targets.c.position.label("first")
    others = [column for column in targets.c if column.name not in {"run_id", "domain", "position"}]
    with app.database.read() as connection:
        statement = select(records, first, *others).select_from(joined).order_by(records.c.position)
        return [dict(row) for row in connection.execute(statement).mappings()]


def paged(app: App, query: RecordQuery, most: int, limit: int = 25) -> tuple[list[int], Any]:
    """All positions, page by page, and the count that the first page told."""
    positions: list[int] = []
    count = None
    with app.database.read() as connection:
        run = repository.get_run(connection, RUN)
        for _ in range(COUNT):
            pages = Pages(connection, run, replace(query, limit=limit), most=most)
            found, following = page_of(connection, RUN, pages)
            count = count or pages.count()
            positions += [record["position"] for record in found]
            if following is None:
                return positions, count
            assert len(found) == limit
            query = replace(query, cursor=following)
    raise AssertionError("the list has no end")


def shown(row: dict[str, Any], name: str) -> Any:
    if name == "outcome":
        return "rejected" if row["rejection"] else row["outcome"] or "pending"
    if name == "reason":
        return row["rejection"] or row["reason"]
    return row[name]


@pytest.mark.parametrize("sort", SORTS)
def test_every_order_holds_every_record_once(filled: App, most: int, sort: str) -> None:
    rows = {row["position"]: row for row in all_rows(filled)}
    for is_descending in (False, True):
        positions, count = paged(filled, RecordQuery(sort=f"-{sort}" if is_descending else sort), most)
        assert sorted(positions) == list(range(1, COUNT + 1))
        assert (count.value, count.is_exact) == (COUNT, True)
        values = [shown(rows[position], sort) for position in positions]
        present = [value for value in values if value is not None]
        assert values == present + [None] * (len(values) - len(present))
        assert present == sorted(present, reverse=is_descending)


QUERIES: list[tuple[RecordQuery, Any]] = [
    (RecordQuery(outcome=("failed",)), lambda row: shown(row, "outcome") == "failed"),
    (RecordQuery(outcome=("rejected",)), lambda row: row["rejection"]),
    (RecordQuery(outcome=("pending", "rejected")), lambda row: shown(row, "outcome") in {"pending", "rejected"}),
    (RecordQuery(outcome=("enriched", "pending")), lambda row: shown(row, "outcome") in {"enriched", "pending"}),
    (RecordQuery(reason=("timeout", "freemail")), lambda row: shown(row, "reason") in {"timeout", "freemail"}),
    (RecordQuery(reason=("low_confidence",)), lambda row: shown(row, "reason") == "low_confidence"),
    (RecordQuery(outcome=("enriched",), reason=("timeout",)), lambda row: False),
    (RecordQuery(match=("high",)), lambda row: row["match_confidence"] == "high"),
    (RecordQuery(match=("low", "none")), lambda row: row["match_confidence"] in {"low", None}),
    (RecordQuery(fields={Field.COUNTRY_CODE: ("de", "FR")}), lambda row: row["country_code"] in {"DE", "FR"}),
    (RecordQuery(fields={Field.INDUSTRY: ("SOFTWARE",)}), lambda row: (row["industry"] or "").lower() == "software"),
    (RecordQuery(fields={Field.INDUSTRY: ("Steel, pipes",)}), lambda row: row["industry"] == "Steel, pipes"),
    (RecordQuery(fields={Field.FOUNDED_YEAR: ("1850",)}), lambda row: row["founded_year"] == 1850),
    (RecordQuery(fields={Field.CITY: ("city 3",)}), lambda row: row["city"] == "city 3"),
    (
        RecordQuery(fields={Field.EMPLOYEE_RANGE: ("1-10", "11-50")}),
        lambda row: row["employee_range"] in {0, 1},
    ),
    (RecordQuery(filled=("industry", "city")), lambda row: row["industry"] and row["city"]),
    (RecordQuery(empty=("industry",)), lambda row: row["industry"] is None),
    (
        RecordQuery(empty=("industry",), outcome=("enriched",)),
        lambda row: row["outcome"] and shown(row, "outcome") == "enriched" and row["industry"] is None,
    ),
    (RecordQuery(changed_after=4), lambda row: row["version"] is not None and row["version"] > 4),
    (RecordQuery(text="firm 3"), lambda row: row["cells"][0] == "Firm 3"),
    (RecordQuery(text='"HI"\\'), lambda row: True),
    (RecordQuery(text="NAME 5"), lambda row: row["name"] == "name 5"),
    (RecordQuery(text="b3"), lambda row: "b3" in (row["domain"] or "")),
    (RecordQuery(text="nowhere at all"), lambda row: False),
    (RecordQuery(text="%"), lambda row: False),
    (
        RecordQuery(text="firm 3", outcome=("enriched",)),
        lambda row: row["cells"][0] == "Firm 3" and shown(row, "outcome") == "enriched",
    ),
]


@pytest.mark.parametrize(("query", "passes"), QUERIES, ids=range(len(QUERIES)))
def test_every_filter_in_several_orders(filled: App, most: int, query: RecordQuery, passes: Any) -> None:
    wanted = [row["position"] for row in all_rows(filled) if passes(row)]
    for sort in ("position", "-position", "domain", "outcome", "-reason", "name", "-employee_range", "city"):
        positions, count = paged(filled, replace(query, sort=sort), most)
        assert sorted(positions) == wanted, sort
        assert count.value == len(wanted) if count.is_exact else count.value <= len(wanted)
        if sort == "position":
            assert positions == wanted
        if sort == "-position":
            assert positions == wanted[::-1]
    if most:
        assert count.is_exact


def test_a_page_can_begin_anywhere(filled: App, most: int) -> None:
    with filled.database.read() as connection:
        run = repository.get_run(connection, RUN)

        def at(position: int, **query: Any) -> list[int]:
            wanted = RecordQuery(from_position=position, limit=3, **query)
            return Pages(connection, run, wanted, most=most).page()[0]

        assert at(50) == [50, 51, 52]
        assert at(50, sort="-position") == [50, 49, 48]
        assert at(0) == [1, 2, 3]
        assert at(COUNT + 1) == []
        enriched = [row["position"] for row in all_rows(filled) if shown(row, "outcome") == "enriched"]
        assert at(50, outcome=("enriched",)) == [position for position in enriched if position >= 50][:3]
        for query in ({"sort": "name"}, {"cursor": "x"}):
            with pytest.raises(UserError, match="from_position"):
                at(1, **query)


def test_what_can_not_be_asked(filled: App) -> None:
    with filled.database.read() as connection:
        for query in (
            RecordQuery(sort="technologies"),
            RecordQuery(sort="shoe_size"),
            RecordQuery(outcome=("done",)),
            RecordQuery(match=("perfect",)),
            RecordQuery(filled=("shoe_size",)),
            RecordQuery(fields={Field.EMPLOYEE_RANGE: ("7",)}),
            RecordQuery(fields={Field.FOUNDED_YEAR: ("long ago",)}),
            RecordQuery(cursor="x"),
            RecordQuery(cursor=repository.encode_cursor("position", 0, "seven")),
            RecordQuery(cursor=repository.encode_cursor("position", 5, 1)),
            RecordQuery(cursor=repository.encode_cursor("name", 0, 1)),
            RecordQuery(sort="founded_year", cursor=repository.encode_cursor("founded_year", 0, "x", 1, 1)),
            RecordQuery(sort="founded_year", cursor=repository.encode_cursor("founded_year", 0, True, 1, 1)),
        ):
            with pytest.raises(UserError):
                list_records(connection, RUN, query)


def test_bands_are_shown_by_name(filled: App) -> None:
    with filled.database.read() as connection:
        found, _ = list_records(connection, RUN, RecordQuery(sort="employee_range", limit=1))
    assert found[0]["values"]["employee_range"] == band_at(Field.EMPLOYEE_RANGE, 0)
