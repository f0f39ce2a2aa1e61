"""The SQL of companies: a page of them by keyset, facets, one of them, and what is stored beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, func, or_, select, tuple_

from firmograph.core.fields import BAND_FIELDS, BANDS, Field, band_at, band_named, band_ordinal
from firmograph.db.models import companies, lookups, runs, targets
from firmograph.errors import UserError
from firmograph.runs.repository import decode_cursor, encode_cursor

FACETS = (Field.INDUSTRY, Field.EMPLOYEE_RANGE, Field.REVENUE_RANGE, Field.COUNTRY_CODE)
# Each of these columns has an index with the domain behind it.
SORTS = (
    "domain",
    "updated_at",
    "name",
    "industry",
    "employee_range",
    "revenue_range",
    "country_code",
    "city",
    "founded_year",
)
_NEVER_ABSENT = frozenset({"domain", "updated_at"})
_MOST_FACET_VALUES = 200
_MOST_LOOKUPS = 500
_MOST_RUNS = 100
_SHOWN = [
    companies.c[name] for name in ("domain", "match_confidence", "is_sandbox", "sources", "created_at", "updated_at")
]
_FIELD_COLUMNS = [companies.c[field.value] for field in Field]


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


@dataclass(frozen=True, slots=True)
class _Place:
    """Behind which company a page begins."""

    is_absent: bool
    value: Any
    domain: str


def list_companies(connection: Connection, query: CompanyQuery) -> tuple[list[RowMapping], str | None]:
    """A page of companies, and the cursor of the next. Companies without the value sorted by come last.

    Raises `UserError` for a filter, sort or cursor we don't have.
    """
    if query.column not in SORTS:
        raise UserError(f"Companies can't be sorted by '{query.column}'. Known: {', '.join(SORTS)}.")
    base = select(*_SHOWN, *_FIELD_COLUMNS).where(*_filters(query))
    place = None if query.cursor is None else _place(query)
    found: list[RowMapping] = []
    # Two looks, each along the index, where one ordered by presence would sort the whole table.
    if place is None or not place.is_absent:
        found = _fetch(connection, _present(base, query, place), query.limit + 1)
    if query.column not in _NEVER_ABSENT and len(found) <= query.limit:
        after = place.domain if place is not None and place.is_absent else None
        found += _fetch(connection, _absent(base, query, after), query.limit + 1 - len(found))
    following = None
    if len(found) > query.limit:
        last = found[query.limit - 1]
        value = last[query.column]
        shown = value.isoformat() if isinstance(value, datetime) else value
        following = encode_cursor(query.sort, value is None, shown, last["domain"])
    return found[: query.limit], following


def _fetch(connection: Connection, statement: Select[Any], limit: int) -> list[RowMapping]:
    return list(connection.execute(statement.limit(limit)).mappings())


def _present(base: Select[Any], query: CompanyQuery, place: _Place | None) -> Select[Any]:
    column, domain = companies.c[query.column], companies.c.domain
    order = (domain,) if query.column == "domain" else (column, domain)
    statement = base.order_by(*(part.desc() if query.is_descending else part for part in order))
    if query.column not in _NEVER_ABSENT:
        statement = statement.where(column.is_not(None))
    if place is None:
        return statement
    if query.column == "domain":
        return statement.where(domain < place.domain if query.is_descending else domain > place.domain)
    here, there = tuple_(column, domain), tuple_(place.value, place.domain)
    return statement.where(here < there if query.is_descending else here > there)


def _absent(base: Select[Any], query: CompanyQuery, after: str | None) -> Select[Any]:
    domain = companies.c.domain
    statement = base.where(companies.c[query.column].is_(None))
    statement = statement.order_by(domain.desc() if query.is_descending else domain)
    if after is None:
        return statement
    return statement.where(domain < after if query.is_descending else domain > after)


def _place(query: CompanyQuery) -> _Place:
    """The cursor's place. Raises `UserError` for one that was made for another order, or not by us."""
    sort, is_absent, value, domain = decode_cursor(query.cursor or "", parts=4)
    kind = companies.c[query.column].type.python_type
    if query.column == "updated_at" and isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            value = None
    if sort != query.sort or not isinstance(domain, str) or not (is_absent or isinstance(value, kind)):
        raise UserError("That cursor belongs to another order: start again without it.")
    return _Place(bool(is_absent), value, domain)


def count_facets(connection: Connection, query: CompanyQuery) -> dict[Field, list[tuple[str, int]]]:
    """How many companies have each value, under the query's filters: bands in their order, others by count."""
    return {field: _facet(connection, field, query) for field in FACETS}


def _facet(connection: Connection, field: Field, query: CompanyQuery) -> list[tuple[str, int]]:
    column = companies.c[field.value]
    count = func.count()
    order = (column,) if field in BAND_FIELDS else (count.desc(), column)
    statement = (
        select(column.label("value"), count.label("count"))
        .where(column.is_not(None), *_filters(query))
        .group_by(column)
        .order_by(*order)
        .limit(_MOST_FACET_VALUES)
    )
    rows = connection.execute(statement).mappings()
    return [(band_at(field, row["value"]) if field in BAND_FIELDS else row["value"], row["count"]) for row in rows]


def _filters(query: CompanyQuery) -> list[Any]:
    conditions: list[Any] = [
        companies.c[field.value].in_([_stored(field, value) for value in values])
        for field, values in query.facets.items()
        if values
    ]
    if query.text:
        escaped = query.text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
        pattern = f"%{escaped}%"
        searched = (companies.c.domain, companies.c.name)
        conditions.append(or_(*(column.ilike(pattern, escape="!") for column in searched)))
    return conditions


def _stored(field: Field, value: str) -> str | int:
    if field is Field.COUNTRY_CODE:
        return value.upper()
    if field not in BAND_FIELDS:
        return value
    if band_named(field, value) is None:
        raise UserError(f"There is no {field} '{value}'. Known: {', '.join(band.name for band in BANDS[field])}.")
    return band_ordinal(field, value)


def find_company(connection: Connection, domain: str, *, to_change: bool = False) -> RowMapping | None:
    """The whole row; `to_change` keeps others from changing it until the unit of work ends."""
    statement = select(companies).where(companies.c.domain == domain)
    if to_change:
        statement = statement.with_for_update()
    return connection.execute(statement).mappings().one_or_none()


def list_lookups(connection: Connection, domain: str) -> list[RowMapping]:
    """What was answered about a company, newest first."""
    statement = (
        select(lookups)
        .where(lookups.c.domain == domain)
        .order_by(lookups.c.fetched_at.desc(), lookups.c.id.desc())
        .limit(_MOST_LOOKUPS)
    )
    return list(connection.execute(statement).mappings())


def has_lookups(connection: Connection, domain: str) -> bool:
    return connection.execute(select(lookups.c.id).where(lookups.c.domain == domain).limit(1)).first() is not None


def list_runs_with(connection: Connection, domain: str) -> list[RowMapping]:
    """The newest runs with this company among their targets, and how it ended in each.

    The join goes from runs, newest first, to one target each: targets have no index on the domain alone.
    """
    statement = (
        select(
            runs.c.id,
            runs.c.name,
            runs.c.state,
            runs.c.created_at,
            runs.c.waterfall,
            runs.c.accept_low,
            targets.c.position,
            targets.c.outcome,
            targets.c.reason,
            targets.c.match_confidence,
            targets.c.match_reasons,
            targets.c.credits,
        )
        .select_from(runs.join(targets, and_(targets.c.run_id == runs.c.id, targets.c.domain == domain)))
        .order_by(runs.c.created_at.desc(), runs.c.id.desc())
        .limit(_MOST_RUNS)
    )
    return list(connection.execute(statement).mappings())
