"""The SQL of companies: a page of them by keyset, one of them, and what is stored beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, select, tuple_

from firmograph.companies.search import MOST_COUNTED, CompanyQuery, Passing, find_passing
from firmograph.core.fields import Field
from firmograph.db.models import companies, lookups, runs, targets
from firmograph.errors import NotFound, UserError
from firmograph.runs.repository import decode_cursor, encode_cursor

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
_MOST_LOOKUPS = 500
_MOST_RUNS = 100
_SHOWN = [
    companies.c[name] for name in ("domain", "match_confidence", "is_sandbox", "sources", "created_at", "updated_at")
]
_FIELD_COLUMNS = [companies.c[field.value] for field in Field]


@dataclass(frozen=True, slots=True)
class _Place:
    """Behind which company a page begins."""

    is_absent: bool
    value: Any
    domain: str


def list_companies(
    connection: Connection, query: CompanyQuery, *, most: int = MOST_COUNTED
) -> tuple[list[RowMapping], str | None, Passing]:
    """A page of companies, the cursor of the next, and how many pass. Companies without the value sorted by come last.

    Raises `UserError` for a filter, sort or cursor we don't have.
    """
    if query.column not in SORTS:
        raise UserError(f"Companies can't be sorted by '{query.column}'. Known: {', '.join(SORTS)}.")
    passing = find_passing(connection, query, most)
    base = select(*_SHOWN, *_FIELD_COLUMNS).where(*passing.conditions)
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
    return found[: query.limit], following, passing


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


def get_lookup(connection: Connection, lookup_id: str) -> RowMapping:
    """Raises `NotFound`."""
    row = connection.execute(select(lookups).where(lookups.c.id == lookup_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no lookup {lookup_id}.")
    return row


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
