"""A page of a run's records in any order under any filter, without reading the run: places first, then their rows.

Where few records pass, they are found by the filter, remembered for this version of the run, and sorted; where more
than `MOST_COUNTED` do, the order is walked along an index and the filter checked on the way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Select

from firmograph.errors import UserError
from firmograph.runs import record_walks
from firmograph.runs.record_filter import Condition, Part, RecordQuery, part_of, text_in_row
from firmograph.runs.record_order import Segment, segments
from firmograph.runs.record_walks import Key
from firmograph.runs.remembered import Remembered
from firmograph.runs.repository import decode_cursor, encode_cursor
from firmograph.runs.run import Run

MOST_COUNTED = 10_000
_BATCHES = (1_000, 5_000, 25_000, None)  # rows of the order looked at, until the page is full

_counts: Remembered[int] = Remembered(2_000)
_found: Remembered[list[int] | None] = Remembered(64)


@dataclass(frozen=True, slots=True)
class Count:
    """How many records pass; at least so many where it is not exact."""

    value: int
    is_exact: bool

    def to_json(self) -> dict[str, Any]:
        return {"value": self.value, "is_exact": self.is_exact}


class Pages:
    """The records of one query on a run, as it is at this version. Raises `UserError` for what can't be asked.

    Up to `most` records are few.
    """

    def __init__(self, connection: Connection, run: Run, query: RecordQuery, *, most: int = MOST_COUNTED) -> None:
        self._connection = connection
        self._run = run
        self._query = query
        self._most = most
        self._part = part_of(connection, run.id, query)
        self._segments = segments(query, self._part)
        self._passing = self._find_passing()

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
        if self._passing is not None:
            return Count(len(self._passing), is_exact=True)
        if self._query.text is None and self._part.is_everything:
            return Count(self._run.counts["records"], is_exact=True)
        if self._query.text is None and self._part == Part(None, ()):
            return Count(self._run.counts["rejected"], is_exact=True)
        return Count(self._most, is_exact=False)

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
        if self._passing is not None:
            return self._fetch(record_walks.known(run_id, segment, self._passing, after), limit)
        if self._query.text is None and not segment.is_free and self._is_small(number):
            return self._fetch(record_walks.few(run_id, segment, after, self._most), limit)
        return self._walk(segment, after, limit)

    def _is_small(self, number: int) -> bool:
        """Whether at most `most` records are in a segment."""
        part = self._segments[number].part
        key = (*self._asked(self._query.wanted), self._query.sort, number)
        return _counts.get(key, lambda: self._count(part)) <= self._most

    def _count(self, part: Part) -> int:
        """How many pass; above `most` only that they are more."""
        statements = record_walks.count_passing(self._run.id, part, self._most)
        return sum(int(self._connection.execute(each).scalar_one()) for each in statements)

    def _walk(self, segment: Segment, after: Key | None, limit: int) -> list[Key]:
        run_id, text = self._run.id, self._query.text
        is_like = None if text is None else self._is_like(text)
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

    def _find_passing(self) -> list[int] | None:
        """The positions of all records that pass; `None` where they are too many to remember."""
        query, part = self._query, self._part
        if part.is_nothing:
            return []
        of_filter = None
        if not part.is_everything:
            wanted = replace(query, text=None).wanted
            of_filter = _found.get(self._asked(wanted), self._by_filter)
        if query.text is None:
            return of_filter
        text = query.text
        return _found.get(self._asked(query.wanted), lambda: self._few(self._of_text(text, of_filter)))

    def _by_filter(self) -> list[int] | None:
        if self._part == Part(None, ()) and self._run.counts["rejected"] > self._most:
            return None
        if self._count(self._part) > self._most:
            return None
        return self._few(record_walks.all_passing(self._run.id, self._part, self._most))

    def _of_text(self, text: str, of_filter: list[int] | None) -> Select[Any]:
        """Records with the text among those that the filter lets pass, where they are few; else among all."""
        run_id, part = self._run.id, self._part
        if of_filter is not None:
            return record_walks.among(run_id, of_filter, self._is_like(text))
        if part.is_everything:
            return record_walks.scan(run_id, part, self._is_like(text, beside_target=False))
        everywhere = replace(RecordQuery(), text=text)
        with_text = _found.get(
            self._asked(everywhere.wanted),
            lambda: self._few(record_walks.scan(run_id, Part(), self._is_like(text, beside_target=False))),
        )
        if with_text is None:
            return record_walks.scan(run_id, part, self._is_like(text))
        return record_walks.among(run_id, with_text, part.joined())

    def _is_like(self, text: str, *, beside_target: bool = True) -> Condition:
        most = self._most + 1  # names; with so many, too many records pass anyway
        return text_in_row(self._connection, text, self._run.id, beside_target=beside_target, most_named=most)

    def _few(self, statement: Select[Any]) -> list[int] | None:
        found = self._fetch(statement, self._most + 1)
        return None if len(found) > self._most else [key[0] for key in found]

    def _asked(self, wanted: tuple[Any, ...]) -> tuple[Any, ...]:
        return (str(self._connection.engine.url), self._run.id, self._run.version, self._most, wanted)

    def _fetch(self, statement: Select[Any], limit: int) -> list[Key]:
        return [tuple(row) for row in self._connection.execute(statement.limit(limit))]
