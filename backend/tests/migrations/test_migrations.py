"""The schema goes up, comes down, and is what the models say, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, text

from firmograph.db import migrate
from firmograph.db.engine import Database
from firmograph.db.models import metadata
from firmograph.errors import UserError


def test_up_and_down_and_up_again(database_url: str) -> None:
    database = Database(database_url)
    assert migrate.current(database) is None
    migrate.upgrade(database)
    assert migrate.current(database) == migrate.head()
    assert migrate.differences(database) == []
    assert set(metadata.tables) <= set(inspect(database.engine).get_table_names())
    migrate.upgrade(database)
    migrate.downgrade(database, "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(database)
    assert migrate.differences(database) == []
    database.close()


def test_a_database_of_a_newer_version_is_refused(database_url: str) -> None:
    database = Database(database_url)
    migrate.upgrade(database)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from_the_future'"))
    with pytest.raises(UserError, match="newer"):
        migrate.upgrade(database)
    database.close()
