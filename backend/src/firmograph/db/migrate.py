"""Schema migrations: Alembic only, one tree for both databases."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from firmograph.db.engine import Database
from firmograph.db.locks import try_lock
from firmograph.db.models import metadata
from firmograph.db.trouble import Trouble, trouble_of
from firmograph.errors import NotAllowedNow, UserError

LOCK_WAIT_S = 5.0  # whoever comes after us waits as long at most: a change of a table stops all work on it
TRIES = 12

_LOOK_S = 0.2
_PACKAGE = Path(__file__).resolve().parents[1]


def _script_location() -> Path:
    """The migrations beside the source in a checkout, or inside the installed package."""
    candidates = (_PACKAGE / "migrations", _PACKAGE.parents[1] / "migrations")
    for folder in candidates:
        if (folder / "env.py").is_file():
            return folder
    raise UserError(f"The migrations are missing from this installation (looked in {candidates[0]}). Reinstall.")


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_script_location()))
    config.set_main_option("path_separator", "os")
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def head() -> str | None:
    """The newest revision this code knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def current(database: Database) -> str | None:
    """The revision the database is at, `None` for an empty one."""
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(
    database: Database, revision: str = "head", *, lock_wait_s: float = LOCK_WAIT_S, tries: int = TRIES
) -> None:
    """Bring the schema to that revision. Costs one look when it is there already.

    Where several do it at once, one migrates and the others wait for it. A table that others hold is waited for
    `lock_wait_s` seconds, `tries` times. Raises `UserError` when the database was made by a newer Firmograph, and
    `NotAllowedNow` when a table stays held; each migration is in whole or not at all.
    """
    if revision == "head" and current(database) == head():
        return
    with schema_changer(database, lock_wait_s) as connection:
        at = MigrationContext.configure(connection).get_current_revision()
        if not database.is_sqlite:
            connection.rollback()  # each migration begins its own transaction
        _refuse_unknown(at)
        _patiently(connection, lambda: command.upgrade(_config(connection), revision), tries)


def downgrade(database: Database, revision: str) -> None:
    """Take the schema back to that revision (`base`: nothing left)."""
    with schema_changer(database) as connection:
        _patiently(connection, lambda: command.downgrade(_config(connection), revision), TRIES)


def _refuse_unknown(revision: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision is not None and revision not in known:
        raise UserError(
            f"The database is at revision {revision}, which this version of Firmograph does not know: it was made by a "
            "newer one. Upgrade Firmograph, or point FIRMOGRAPH_DATA_DIR at another folder."
        )


@contextmanager
def schema_changer(database: Database, lock_wait_s: float = LOCK_WAIT_S) -> Iterator[Connection]:
    """The one connection that changes the schema, for as long as the block lasts.

    On SQLite all of it is one transaction; on PostgreSQL each migration is, so that an index can be built beside the
    work that goes on.
    """
    with database.engine.connect() as connection:
        try:
            if database.is_sqlite:
                with _one_transaction(connection):
                    yield connection
            else:
                while not try_lock(connection, "schema"):
                    time.sleep(_LOOK_S)  # asked again and again: waiting inside a statement would stop an index's build
                connection.execute(_SET_TIMEOUTS, {"lock": f"{round(lock_wait_s * 1000)}ms"})
                connection.commit()
                yield connection
        finally:
            connection.invalidate()  # its settings and its lock go with it


@contextmanager
def _one_transaction(connection: Connection) -> Iterator[None]:
    # A table that is rebuilt is dropped on the way: with foreign keys on, its children's rows would go with it.
    raw = connection.connection.dbapi_connection
    if raw is None:
        raise RuntimeError("the connection is closed")
    raw.cursor().execute("PRAGMA foreign_keys=OFF")  # has no effect once a transaction is open
    with connection.begin():
        yield
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"the migration left rows without their parents: {broken[:5]}")


_SET_TIMEOUTS = text(
    "SELECT set_config('lock_timeout', :lock, false), set_config('statement_timeout', '0', false), "
    "set_config('idle_in_transaction_session_timeout', '0', false)"
)


def _patiently(connection: Connection, change: Callable[[], None], tries: int) -> None:
    """Change the schema; when a table is held by others, let them pass and try again from where it stopped."""
    for left in reversed(range(tries)):
        try:
            change()
        except OperationalError as error:
            if connection.invalidated or trouble_of(error) is not Trouble.BUSY:
                raise
            connection.rollback()
            if not left:
                raise NotAllowedNow(
                    "The database's schema can't be changed now: another transaction holds a table that it needs. "
                    "Nothing is half done. End long work on the database (`SELECT pid, query FROM pg_stat_activity` "
                    "shows it), then run `firmograph db upgrade` again."
                ) from error
            time.sleep(_LOOK_S)
        else:
            return


def differences(database: Database) -> list[object]:
    """What the models have that the migrated schema has not, and the reverse: empty when they agree."""
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": False})
        return list(compare_metadata(context, metadata))
