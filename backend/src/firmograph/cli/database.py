"""`firmograph db`: migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from firmograph.db.engine import Database

commands = typer.Typer(no_args_is_help=True, help="The database: upgrade, current.")


@commands.command()
def upgrade() -> None:
    """Bring the database's schema up to date."""
    from firmograph.cli.opening import opened_app
    from firmograph.db import migrate

    with opened_app() as app:
        typer.echo(f"{_place(app.database)} is at revision {migrate.current(app.database)}, the newest.")


@commands.command()
def current() -> None:
    """Show which revision the database's schema is at. Exit code 1 when it is not the newest."""
    from firmograph.cli.opening import unreachable
    from firmograph.config import load_settings
    from firmograph.db import migrate
    from firmograph.db.engine import Database, DatabaseFailure
    from firmograph.errors import UserError

    settings = load_settings()
    database = Database(settings.resolved_database_url)
    try:
        at = migrate.current(database)
    except DatabaseFailure as error:
        raise UserError(unreachable(settings, error)) from error
    finally:
        database.close()
    newest = migrate.head()
    typer.echo(f"{_place(database)} is at revision {at or 'none: it is empty'}; the newest is {newest}.")
    if at != newest:
        raise typer.Exit(1)


def _place(database: Database) -> str:
    """The database's address without its password."""
    return database.engine.url.render_as_string(hide_password=True)
