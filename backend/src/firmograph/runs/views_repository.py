"""The SQL of saved views: a page's filters, order and columns under a name, for everybody who uses this server."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, or_, select, update

from firmograph.db.ids import new_id
from firmograph.db.models import views
from firmograph.errors import NotAllowedNow, NotFound

_MOST = 500


def list_views(connection: Connection, *, scope: str | None = None, run_id: str | None = None) -> list[RowMapping]:
    """Views by name; with `run_id` those of that run, and those for every run."""
    query = select(views).order_by(views.c.name, views.c.id).limit(_MOST)
    if scope is not None:
        query = query.where(views.c.scope == scope)
    if run_id is not None:
        query = query.where(or_(views.c.run_id == run_id, views.c.run_id.is_(None)))
    return list(connection.execute(query).mappings())


def get_view(connection: Connection, view_id: str) -> RowMapping:
    """Raises `NotFound`."""
    row = connection.execute(select(views).where(views.c.id == view_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no view {view_id}: somebody may have deleted it.")
    return row


def insert_view(connection: Connection, values: Mapping[str, Any], *, now: datetime) -> str:
    """A new view; returns its id. Raises `NotAllowedNow` when there are too many."""
    if len(connection.execute(select(views.c.id).limit(_MOST)).all()) == _MOST:
        raise NotAllowedNow(f"There are {_MOST} views already: delete one first.")
    view_id = new_id(now)
    connection.execute(insert(views).values(id=view_id, created_at=now, updated_at=now, **values))
    return view_id


def change_view(connection: Connection, view_id: str, values: Mapping[str, Any], *, now: datetime) -> None:
    """Raises `NotFound`."""
    get_view(connection, view_id)
    connection.execute(update(views).where(views.c.id == view_id).values(updated_at=now, **values))


def delete_view(connection: Connection, view_id: str) -> None:
    """Raises `NotFound`."""
    get_view(connection, view_id)
    connection.execute(delete(views).where(views.c.id == view_id))
