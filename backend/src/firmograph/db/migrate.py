"""Schema migrations: Alembic only, one tree for both databases."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from firmograph.db.engine import Database
from firmograph.db.models import metadata
from firmograph.errors import UserError

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


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema to that revision. Costs one look when it is there already.

    Raises `UserError` when the database was made by a newer Firmograph.
    """
    at = current(database)
    if revision == "head" and at == head():
        return
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if at is not None and at not in known:
        raise UserError(
            f"The database is at revision {at}, which this version of Firmograph does not know: it was made by a newer "
            "one. Upgrade Firmograph, or point FIRMOGRAPH_DATA_DIR at another folder."
        )
    with database.write() as connection:
        command.upgrade(_config(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    """Take the schema back to that revision (`base`: nothing left)."""
    with database.write() as connection:
        command.downgrade(_config(connection), revision)


def differences(database: Database) -> list[object]:
    """What the models have that the migrated schema has not, and the reverse: empty when they agree."""
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": False})
        return list(compare_metadata(context, metadata))
