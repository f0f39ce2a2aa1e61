"""Alembic's door: runs the migrations on the connection that the project hands in, or on DATABASE_URL."""

from alembic import context
from sqlalchemy import Connection

from firmograph.config import load_settings
from firmograph.db.engine import Database
from firmograph.db.migrate import schema_changer
from firmograph.db.models import metadata
from firmograph.db.types import UtcDateTime


def _plain_types(kind: str, item: object, _context: object) -> str | bool:
    """Migrations know only SQLAlchemy's own types: they outlive this package's."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        render_item=_plain_types,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


handed_in = context.config.attributes.get("connection")
if handed_in is not None:
    _run(handed_in)
else:
    with schema_changer(Database(load_settings().resolved_database_url)) as opened:
        _run(opened)
