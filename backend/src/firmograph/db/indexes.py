"""Indexes for migrations: built beside the work that goes on, on tables of any size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from alembic import op
from sqlalchemy import text


def create_index(name: str, table: str, columns: Sequence[Any], **options: Any) -> None:
    """Create an index without stopping writers. On PostgreSQL what the migration did before is committed by it."""
    if op.get_bind().dialect.name != "postgresql":
        op.create_index(name, table, columns, **options)
        return
    with op.get_context().autocommit_block():
        _drop_leftover(name)
        op.create_index(name, table, columns, postgresql_concurrently=True, if_not_exists=True, **options)


def drop_index(name: str, table: str) -> None:
    """The reverse, as gently."""
    if op.get_bind().dialect.name != "postgresql":
        op.drop_index(name, table_name=table)
        return
    with op.get_context().autocommit_block():
        op.drop_index(name, table_name=table, postgresql_concurrently=True, if_exists=True)


def _drop_leftover(name: str) -> None:
    """A build that was interrupted leaves an index that is kept up to date, and never used."""
    query = text("SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(:name) AND NOT indisvalid")
    if op.get_bind().execute(query, {"name": f'"{name}"'}).first() is not None:
        op.drop_index(name, postgresql_concurrently=True, if_exists=True)
