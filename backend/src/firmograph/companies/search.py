"""Companies by filters and text: which pass, how many, and how many have each value, without reading them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, literal, or_, select, union

from firmograph.core.fields import BAND_FIELDS, Field, band_at
from firmograph.db.models import companies
from firmograph.runs.charts import merge_spellings
from firmograph.runs.record_filter import contains, spellings, stored_value

FACETS = (Field.INDUSTRY, Field.EMPLOYEE_RANGE, Field.REVENUE_RANGE, Field.COUNTRY_CODE)
MOST_COUNTED = 10_000
_MOST_FACET_VALUES = 200
_COLUMNS = [companies.c[field.value] for field in FACETS]


@dataclass(frozen=True, kw_only=True, slots=True)
class CompanyQuery:
    """Which companies, and in what order. `sort` is one of `SORTS`, with `-` in front for the reverse."""

    text: str | None = None
    facets: Mapping[Field, tuple[str, ...]]
    sort: str = "domain"
    cursor: str | None = None
    limit: int = 100

    @property
    def column(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def is_descending(self) -> bool:
        return self.sort.startswith("-")

    @property
    def is_everything(self) -> bool:
        return self.text is None and not any(self.facets.values())


@dataclass(frozen=True, slots=True)
class Facets:
    """By field, values with how many companies have them; `among` how many were looked at, `None` for all there are.

    Where it is not exact, more pass than were looked at.
    """

    counts: dict[Field, list[tuple[str, int]]]
    among: int | None
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Passing:
    """How many companies pass, at least so many where it is not exact; and the conditions that a page of them needs."""

    count: int
    is_exact: bool
    conditions: tuple[ColumnElement[bool], ...]


def find_passing(connection: Connection, query: CompanyQuery, most: int = MOST_COUNTED) -> Passing:
    """What passes: few (up to `most`) are found by themselves and then sorted, many are met on the way in the order."""
    conditions = _filters(connection, query)
    found = _passing(connection, query, conditions).subquery()
    count = int(connection.execute(select(func.count()).select_from(found)).scalar_one())
    is_exact = count <= most
    if query.is_everything:
        return Passing(min(count, most), is_exact, ())
    if is_exact:
        return Passing(count, is_exact, (companies.c.domain.in_(select(found.c.domain)),))
    # As a case, the conditions keep their indexes out of the search.
    passes = case((and_(*conditions, *_text(connection, query)), literal(1)), else_=literal(0))
    return Passing(most, is_exact, (passes == literal(1),))


def count_facets(connection: Connection, query: CompanyQuery) -> Facets:
    """How many companies have each value, under the query's filters: bands in their order, others by count.

    Without a filter all are counted, along the indexes; with one, at most `MOST_COUNTED` of those that pass.
    """
    if query.is_everything:
        counts = {field: _counted(connection, field) for field in FACETS}
        return Facets(counts, None, is_exact=True)
    passing = _passing(connection, query, _filters(connection, query)).subquery()
    statement = select(*_COLUMNS).where(companies.c.domain.in_(select(passing.c.domain)))
    rows = connection.execute(statement.limit(MOST_COUNTED + 1)).all()
    is_exact = len(rows) <= MOST_COUNTED
    rows = rows[:MOST_COUNTED]
    counts = {field: _in_order(field, _tally(row[at] for row in rows)) for at, field in enumerate(FACETS)}
    return Facets(counts, len(rows), is_exact=is_exact)


def _tally(values: Any) -> list[tuple[Any, int]]:
    found: dict[Any, int] = {}
    for value in values:
        if value is not None:
            found[value] = found.get(value, 0) + 1
    return list(found.items())


def _counted(connection: Connection, field: Field) -> list[tuple[str, int]]:
    column = companies.c[field.value]
    statement = select(column, func.count()).where(column.is_not(None)).group_by(column)
    return _in_order(field, [(row[0], row[1]) for row in connection.execute(statement)])


def _in_order(field: Field, counted: Sequence[tuple[Any, int]]) -> list[tuple[str, int]]:
    if field in BAND_FIELDS:
        return [(band_at(field, place), count) for place, count in sorted(counted)]
    return merge_spellings(counted)[:_MOST_FACET_VALUES]


def _passing(connection: Connection, query: CompanyQuery, conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """The keys of those that pass, one more than are counted at most."""
    statement = select(companies.c.domain).where(*conditions)
    if query.text is not None:
        is_like = contains(connection, query.text)
        if conditions:
            statement = statement.where(or_(is_like(companies.c.domain), is_like(companies.c.name)))
        else:
            # Each along its own index, which holds the key as well.
            named = statement.where(companies.c.name.is_not(None), is_like(companies.c.name))
            sides = [each.limit(MOST_COUNTED + 1) for each in (statement.where(is_like(companies.c.domain)), named)]
            found = union(*(select(side.subquery()) for side in sides)).subquery()
            statement = select(found.c.domain)
    return statement.limit(MOST_COUNTED + 1)


def _text(connection: Connection, query: CompanyQuery) -> list[ColumnElement[bool]]:
    if query.text is None:
        return []
    is_like: Callable[[Any], ColumnElement[bool]] = contains(connection, query.text)
    return [or_(is_like(companies.c.domain), is_like(companies.c.name))]


def _filters(connection: Connection, query: CompanyQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for field, values in query.facets.items():
        column = companies.c[field.value]
        if values and field is Field.INDUSTRY:
            conditions.append(column.in_(spellings(connection, column, values)))
        elif values:
            conditions.append(column.in_([stored_value(field, value) for value in values]))
    return conditions
