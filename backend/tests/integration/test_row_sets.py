"""Rows in sets: what goes in comes out, on both databases, whatever stands in a text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import select

from firmograph.app import App
from firmograph.db.ids import new_ids
from firmograph.db.models import asks, companies, lookups
from firmograph.db.row_sets import among, claim_rows, delete_rows, insert_new_rows, insert_rows, update_rows

NOW = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)
TEXTS = [
    "plain",
    "",
    "two\nlines\r\nand\ta tab",
    'quoted "twice" and \\ and \\n and \\u0041',
    "{braces}, commas, NULL, null",
    "\x01\x08\x0c\x1f\x7f control",
    "Köln 株式会社 🏭 \u2028",
    None,
]
NAMES = ("domain", "description", "employee_range", "is_sandbox", "evidence", "technologies", "created_at")


def _rows() -> list[tuple[Any, ...]]:
    return [
        (
            f"firm-{number}.com",
            text,
            number if number % 2 else None,
            bool(number % 2),
            orjson.dumps({"said": text, "n": [1, 2.5, None, True]}).decode(),
            orjson.dumps([text]).decode() if text is not None else None,
            NOW + timedelta(microseconds=number),
        )
        for number, text in enumerate(TEXTS)
    ]


def _stored(app: App) -> dict[str, dict[str, Any]]:
    with app.database.read() as connection:
        return {row["domain"]: dict(row) for row in connection.execute(select(companies)).mappings()}


def test_what_goes_in_comes_out(app: App) -> None:
    shared = {"overrides": "{}", "updated_at": NOW, "sources": 'a "source"'}
    with app.database.write() as connection:
        insert_rows(connection, companies, NAMES, _rows(), shared)
    found = _stored(app)
    for number, text in enumerate(TEXTS):
        row = found[f"firm-{number}.com"]
        assert row["description"] == text
        assert row["evidence"] == {"said": text, "n": [1, 2.5, None, True]}
        assert row["technologies"] == (None if text is None else [text])
        assert (row["employee_range"], row["is_sandbox"]) == (number if number % 2 else None, bool(number % 2))
        assert row["created_at"] == NOW + timedelta(microseconds=number)
        assert (row["overrides"], row["updated_at"], row["sources"]) == ({}, NOW, 'a "source"')


def test_only_what_is_meant_is_changed(app: App) -> None:
    with app.database.write() as connection:
        insert_rows(connection, companies, NAMES, _rows(), {"overrides": "{}", "updated_at": NOW, "sources": "one"})
        changed = [(f"firm-{number}.com", text) for number, text in enumerate(reversed(TEXTS))][:3]
        update_rows(
            connection,
            companies,
            ("domain", "description"),
            changed,
            {"updated_at": NOW + timedelta(days=1), "industry": None},
            key=("domain",),
            where={"sources": "one"},
        )
        keys = [(key,) for key, _ in changed]
        update_rows(connection, companies, ("domain",), keys, {"city": "x"}, key=("domain",), where={"sources": "two"})
    found = _stored(app)
    assert [found[key]["description"] for key, _ in changed] == [text for _, text in changed]
    assert {row["updated_at"] for key, row in found.items() if key not in dict(changed)} == {NOW}
    assert {row["city"] for row in found.values()} == {None}
    with app.database.write() as connection:
        delete_rows(
            connection, companies, ("domain", "sources"), [("firm-0.com", "one"), ("firm-1.com", "two")], where={}
        )
        chosen = connection.execute(
            select(companies.c.domain).where(among(connection, companies.c.domain, ["firm-0.com", "firm-1.com", "x"]))
        )
        assert set(chosen.scalars()) == {"firm-1.com"}


def test_new_rows_say_which_were_new(app: App) -> None:
    rows = [(*row, "{}", NOW) for row in _rows()]
    names = (*NAMES, "overrides", "updated_at")
    with app.database.write() as connection:
        assert len(insert_new_rows(connection, companies, names, rows[:3], key="domain")) == 3
        assert insert_new_rows(connection, companies, names, rows[2:5], key="domain") == {"firm-3.com", "firm-4.com"}


def test_a_claimed_row_is_free_again_when_its_time_is_over(app: App) -> None:
    names = ("id", "request_key", "call_id", "lease_token")
    shared = {"provider": "p", "host": "h", "verb": "match", "run_id": "r", "opened_at": NOW}

    def claim(keys: list[str], call: str, now: datetime) -> set[str]:
        with app.database.write() as connection:
            return claim_rows(
                connection,
                asks,
                names,
                [(new_id, key, call, call) for new_id, key in zip(new_ids(now, len(keys)), keys, strict=True)],
                {**shared, "lease_until": now + timedelta(seconds=60)},
                key=("provider", "host", "verb", "request_key"),
                replaced=("call_id", "lease_token", "lease_until"),
                free_at=("lease_until", now),
                returning="request_key",
            )

    assert claim(["a", "b"], "one", NOW) == {"a", "b"}
    assert claim(["b", "c"], "two", NOW) == {"c"}
    assert claim(["a", "b", "c"], "three", NOW + timedelta(seconds=61)) == {"a", "b", "c"}


def test_ids_are_of_their_moment() -> None:
    ids = new_ids(NOW, 200)
    assert len(set(ids)) == 200
    for text in ids:
        parsed = UUID(text)
        assert (str(parsed), parsed.version) == (text, 7)
        assert parsed.int >> 80 == int(NOW.timestamp() * 1000)
    assert max(ids) < min(new_ids(NOW + timedelta(milliseconds=1), 5))


def test_a_row_that_can_not_be_written_raises_what_everybody_knows(app: App) -> None:
    """The errors of raw statements are SQLAlchemy's, so that whoever waits for a database recognises them."""
    from sqlalchemy.exc import IntegrityError

    with pytest.raises(IntegrityError), app.database.write() as connection:
        insert_rows(connection, lookups, ("id", "provider"), [("one", "p")])
