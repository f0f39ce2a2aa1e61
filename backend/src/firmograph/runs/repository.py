"""The SQL of runs: made, found, listed, counted, and moved from state to state."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, and_, exists, func, insert, or_, select, tuple_, update

from firmograph.core.outcomes import ALLOWED, RunState
from firmograph.db.models import IS_LEASED, IS_OPEN, records, runs, targets
from firmograph.errors import NotAllowedNow, NotFound, UserError
from firmograph.runs.run import COUNTED, Run, run_from_row

_FEWEST_PREFIX_CHARACTERS = 4
_FEWEST_PARTS = 2


def insert_run(connection: Connection, values: Mapping[str, Any]) -> None:
    connection.execute(insert(runs).values(**values))


def find_run(connection: Connection, run_id: str) -> Run | None:
    row = connection.execute(select(runs).where(runs.c.id == run_id)).one_or_none()
    return None if row is None else run_from_row(row)


def get_run(connection: Connection, run_id: str) -> Run:
    """Raises `NotFound`."""
    run = find_run(connection, run_id)
    if run is None:
        raise NotFound(f"There is no run {run_id}. `firmograph runs list` shows those there are.")
    return run


def get_by_prefix(connection: Connection, prefix: str) -> Run:
    """The one run whose id starts or ends like that. Raises `NotFound`, or `UserError` when several do."""
    if len(prefix) < _FEWEST_PREFIX_CHARACTERS:
        raise UserError(f"'{prefix}' is too short for a run id: give at least {_FEWEST_PREFIX_CHARACTERS} characters.")
    escaped = prefix.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    for pattern in (f"{escaped}%", f"%{escaped}"):  # ids begin with the time: the end tells young runs apart
        found = connection.execute(
            select(runs).where(runs.c.id.like(pattern, escape="\\")).order_by(runs.c.id).limit(6)
        ).all()
        if len(found) > 1:
            listed = ", ".join(row.id for row in found[:5])
            raise UserError(f"'{prefix}' fits several runs: {listed}. Give more of the id, from its start or its end.")
        if found:
            return run_from_row(found[0])
    raise NotFound(f"There is no run '{prefix}'. `firmograph runs list` shows those there are.")


def find_by_idempotency_key(connection: Connection, key: str) -> Run | None:
    row = connection.execute(select(runs).where(runs.c.idempotency_key == key)).one_or_none()
    return None if row is None else run_from_row(row)


def list_runs(
    connection: Connection,
    *,
    cursor: str | None,
    limit: int,
    text: str | None = None,
    states: Sequence[str] = (),
) -> tuple[list[Run], str | None]:
    """Runs, newest first, and the cursor of the next page, if there is one. `text` is looked for in their names.

    Raises `UserError` for a state that there is not.
    """
    query = select(runs).order_by(runs.c.created_at.desc(), runs.c.id.desc()).limit(limit + 1)
    known = [state.value for state in RunState]
    for name in states:
        if name not in known:
            raise UserError(f"There is no state '{name}'. Known: {', '.join(known)}.")
    if states:
        query = query.where(runs.c.state.in_(states))
    if text is not None:
        pattern = text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
        query = query.where(runs.c.name.ilike(f"%{pattern}%", escape="!"))
    if cursor is not None:
        moment, run_id = decode_cursor(cursor, parts=2)
        query = query.where(tuple_(runs.c.created_at, runs.c.id) < (_moment(moment), run_id))
    found = [run_from_row(row) for row in connection.execute(query)]
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = encode_cursor(last.created_at.isoformat(), last.id)
    return found[:limit], following


def find_runs(connection: Connection, ids: Iterable[str]) -> list[Run]:
    """Those of the runs that there are, in no order."""
    return [run_from_row(row) for row in connection.execute(select(runs).where(runs.c.id.in_(list(ids))))]


def list_in_states(connection: Connection, states: Iterable[RunState]) -> list[Run]:
    """Runs in those states, oldest first."""
    query = select(runs).where(runs.c.state.in_([state.value for state in states])).order_by(runs.c.created_at)
    return [run_from_row(row) for row in connection.execute(query)]


def change(connection: Connection, run_id: str, **values: Any) -> None:
    """Set columns of a run; its version grows."""
    connection.execute(update(runs).where(runs.c.id == run_id).values(version=runs.c.version + 1, **values))


def add(connection: Connection, run_id: str, **amounts: float) -> int:
    """Add to counters of a run in one statement, never by read-modify-write; returns the run's new version."""
    # The unary plus makes a number of a truth value, which PostgreSQL does not add.
    changes = {name: runs.c[name] + (+amount) for name, amount in amounts.items() if amount}
    statement = update(runs).where(runs.c.id == run_id).values(version=runs.c.version + 1, **changes)
    return int(connection.execute(statement.returning(runs.c.version)).scalar_one())


def reserve(connection: Connection, run_id: str, amount: float, *, only_running: bool = False) -> bool:
    """Promise credits to calls if the budget covers them beside all that is spent, promised, or perhaps charged; with
    `only_running`, only while the run is running."""
    taken = runs.c.credits_spent + runs.c.credits_reserved + runs.c.credits_uncertain
    statement = (
        update(runs)
        .where(runs.c.id == run_id, or_(runs.c.budget.is_(None), taken + amount <= runs.c.budget + 1e-9))
        .values(credits_reserved=runs.c.credits_reserved + amount)
    )
    if only_running:
        statement = statement.where(runs.c.state == RunState.RUNNING.value)
    return connection.execute(statement).rowcount == 1


def move(
    connection: Connection,
    run_id: str,
    state: RunState,
    *,
    reason: str | None = None,
    detail: str | None = None,
    **values: Any,
) -> None:
    """Put a run into a state. Raises `NotAllowedNow` when its present state does not lead there."""
    sources = [source.value for source, following in ALLOWED.items() if state in following]
    statement = (
        update(runs)
        .where(runs.c.id == run_id, runs.c.state.in_(sources))
        .values(state=state.value, reason=reason, detail=detail, version=runs.c.version + 1, **values)
    )
    if connection.execute(statement).rowcount == 0:
        run = get_run(connection, run_id)
        raise NotAllowedNow(f"Run {run_id} is {run.state.value}: it can't become {state.value} from there.")


def has_unfinished_targets(connection: Connection, run_id: str) -> bool:
    query = select(or_(*(exists().where(targets.c.run_id == run_id, state) for state in (IS_OPEN, IS_LEASED))))
    return bool(connection.execute(query).scalar())


def recount(connection: Connection, run_id: str) -> dict[str, int]:
    """What the counters should say, counted from the rows: for `doctor` and the tests, never on a page's path."""
    accepted = and_(records.c.run_id == run_id, records.c.rejection.is_(None))
    query = select(
        select(func.count()).select_from(records).where(records.c.run_id == run_id).scalar_subquery().label("records"),
        select(func.count()).select_from(records).where(accepted).scalar_subquery().label("accepted"),
        select(func.count())
        .select_from(records)
        .where(records.c.run_id == run_id, records.c.is_duplicate)
        .scalar_subquery()
        .label("duplicates"),
        select(func.count()).select_from(targets).where(targets.c.run_id == run_id).scalar_subquery().label("targets"),
    )
    counted = dict(connection.execute(query).one()._mapping)  # noqa: SLF001
    counted["rejected"] = counted["records"] - counted["accepted"]
    by_outcome = connection.execute(
        select(targets.c.outcome, func.count().label("count"))
        .where(targets.c.run_id == run_id, targets.c.outcome.is_not(None))
        .group_by(targets.c.outcome)
    )
    outcomes = {row["outcome"]: row["count"] for row in by_outcome.mappings().all()}
    return {name: int(counted.get(name, outcomes.get(name, 0))) for name in COUNTED}


def encode_cursor(*parts: Any) -> str:
    """An opaque place in a list, for URLs."""
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def decode_cursor(cursor: str, *, parts: int | None = None) -> list[Any]:
    """The parts of a cursor, two at least if it is not said how many. Raises `UserError` for one we did not make."""
    try:
        decoded = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        decoded = None
    found = decoded if isinstance(decoded, list) else []
    if not found or len(found) < (parts or _FEWEST_PARTS) or len(found) != (parts or len(found)):
        raise UserError("That cursor is not one of ours: start again without it.")
    return found


def _moment(text: Any) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise UserError("That cursor is not one of ours: start again without it.") from None
