"""A page of a run's records in any order under any filter, without reading the run: places first, then their rows.

Where few records pass, they are found by the filter and sorted; where many do, the order is walked and the filter
checked on the way. Which it is, a count that stops at `MOST_COUNTED` tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select

from firmograph.errors import UserError
from firmograph.runs import record_walks
from firmograph.runs.record_filter import Part, RecordQuery, part_of, text_in_row
from firmograph.runs.record_order import Segment, segments
from firmograph.runs.record_walks import Key
from firmograph.runs.remembered import Remembered
from firmograph.runs.repository import decode_cursor, encode_cursor
from firmograph.runs.run import Run

MOST_COUNTED = 10_000
_BATCHES = (1_000, 16_000, None)  # rows of the order looked at, until the page is full

_counts: Remembered[int] = Remembered(2_000)
_found: Remembered[list[int] | None] = Remembered(50)


@dataclass(frozen=True, slots=True)
class Count:
    """How many records pass; at least so many where it is not exact."""

    value: int
    is_exact: bool

    def to_json(self) -> dict[str, Any]:
        return {"value": self.value, "is_exact": self.is_exact}


class Pages:
    """The records of one query on a run, as it is at this version. Raises `UserError` for what can't be asked."""

    def __init__(self, connection: Connection, run: Run, query: RecordQuery) -> None:
        self._connection = connection
        self._run = run
        self._query = query
        self._part = part_of(connection, run.id, query)
        self._segments = segments(query.sort, self._part)
        self._with_text = None if query.text is None else self._remember_text(query.text)

    def page(self) -> tuple[list[int], str | None]:
        """Positions in order, and the cursor of the next page."""
        query = self._query
        first, after = self._start()
        found: list[tuple[int, Key]] = []
        for number in range(first, len(self._segments)):
            keys = self._next_keys(number, after if number == first else None, query.limit + 1 - len(found))
            found += [(number, key) for key in keys]
            if len(found) > query.limit:
                break
        shown = found[: query.limit]
        following = None
        if len(found) > query.limit:
            number, key = shown[-1]
            following = encode_cursor(query.sort, number, *key)
        return [key[-1] for _, key in shown], following

    def count(self) -> Count:
        """How many records pass in all."""
        counts = self._run.counts
        if self._query.text is not None:
            found = self._with_text
            return Count(MOST_COUNTED, is_exact=False) if found is None else Count(len(found), is_exact=True)
        if self._part.is_everything:
            return Count(counts["records"], is_exact=True)
        if self._part == Part(None, ()):
            return Count(counts["rejected"], is_exact=True)
        passing = self._count(self._part)
        return Count(min(passing, MOST_COUNTED), is_exact=passing <= MOST_COUNTED)

    def _start(self) -> tuple[int, Key | None]:
        query = self._query
        if query.from_position is not None:
            if query.sort.removeprefix("-") != "position" or query.cursor is not None:
                raise UserError("from_position goes with an order by position, and without a cursor.")
            return 0, (query.from_position + (1 if query.sort.startswith("-") else -1),)
        if query.cursor is None:
            return 0, None
        sort, number, *place = decode_cursor(query.cursor)
        if sort != query.sort or not isinstance(number, int) or not 0 <= number < len(self._segments):
            raise UserError("That cursor belongs to another order: start again without it.")
        return number, self._segments[number].check_place(place)

    def _next_keys(self, number: int, after: Key | None, limit: int) -> list[Key]:
        """Keys of one segment behind a place, at most `limit`."""
        run_id, segment = self._run.id, self._segments[number]
        if segment.part.is_nothing:
            return []
        if self._with_text is not None:
            return self._fetch(record_walks.known(run_id, segment, self._with_text, after), limit)
        if not self._query.text and not segment.is_free and self._count(segment.part, number) <= MOST_COUNTED:
            return self._fetch(record_walks.few(run_id, segment, after, MOST_COUNTED), limit)
        return self._walk(segment, after, limit)

    def _walk(self, segment: Segment, after: Key | None, limit: int) -> list[Key]:
        run_id, text = self._run.id, self._query.text
        is_like = None if text is None else text_in_row(self._connection, text, run_id, beside_target=True)
        if not segment.is_along_records and is_like is None:
            # A target has at least one record, and the place's own may have more: two beyond the limit fill the page.
            return self._fetch(record_walks.along_field(run_id, segment, after, limit + 2, None), limit)
        along = record_walks.along_records if segment.is_along_records else record_walks.along_field
        keys: list[Key] = []
        for most in _BATCHES:
            keys = self._fetch(along(run_id, segment, after, most, is_like), limit)
            if len(keys) == limit or (segment.is_free and is_like is None):
                break
        return keys

    def _count(self, part: Part, number: int | None = None) -> int:
        """How many records pass, of one segment or of all; above `MOST_COUNTED` it is only known that they are more."""

        def count() -> int:
            statements = record_walks.counts(self._run.id, part, MOST_COUNTED)
            return sum(int(self._connection.execute(each).scalar_one()) for each in statements)

        return _counts.get((*self._asked(), None if number is None else (self._query.sort, number)), count)

    def _remember_text(self, text: str) -> list[int] | None:
        """The positions of all records that pass and have the text; `None` where they are too many to remember."""
        part, run_id = self._part, self._run.id

        def find() -> list[int] | None:
            if part.is_nothing:
                return []
            is_few = not part.is_everything and self._count(part) <= MOST_COUNTED
            is_like = text_in_row(self._connection, text, run_id, beside_target=not part.is_everything)
            statement = record_walks.with_text(run_id, part, is_like, MOST_COUNTED if is_few else None)
            found = self._fetch(statement, MOST_COUNTED + 1)
            return None if len(found) > MOST_COUNTED else [key[0] for key in found]

        return _found.get(self._asked(), find)

    def _asked(self) -> tuple[Any, ...]:
        return (str(self._connection.engine.url), self._run.id, self._run.version, self._query.wanted)

    def _fetch(self, statement: Select[Any], limit: int) -> list[Key]:
        return [tuple(row) for row in self._connection.execute(statement.limit(limit))]
