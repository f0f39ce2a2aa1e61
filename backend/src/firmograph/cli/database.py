"""`firmograph db`: migrations, and the move to another database."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firmograph.errors import NotAllowedNow, UserError

if TYPE_CHECKING:
    from firmograph.config import Settings
    from firmograph.db.copy import Progress
    from firmograph.db.engine import Database

commands = typer.Typer(no_args_is_help=True, help="The database: upgrade, current, copy.")


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
    from firmograph.config import load_settings
    from firmograph.db import migrate

    with _opened(load_settings().resolved_database_url) as database:
        at = migrate.current(database)
    newest = migrate.head()
    typer.echo(f"{_place(database)} is at revision {at or 'none: it is empty'}; the newest is {newest}.")
    if at != newest:
        raise typer.Exit(1)


@commands.command("copy")
def copy_everything(
    to: Annotated[str, typer.Option("--to", help="The address to copy to: postgresql://… or sqlite:///….")],
    source: Annotated[
        str | None, typer.Option("--from", help="The address to copy from; by default the present database.")
    ] = None,
) -> None:
    """Copy everything into an empty database, and compare it there. The source stays as it is."""
    from firmograph.config import load_settings
    from firmograph.db import migrate
    from firmograph.db.copy import copy_database

    settings = load_settings()
    here = settings.resolved_database_url if source is None else _address(source, "--from")
    there = _address(to, "--to")
    if here == there:
        raise UserError("--to is the database that is copied from. Give the address of an empty one.")
    if here.startswith("sqlite") and not Path(here.removeprefix("sqlite:///")).exists():
        raise UserError(f"There is no database at {here.removeprefix('sqlite:///')}.")
    with _opened(here) as database, _opened(there) as target:
        with _held(database, settings), _held(target, settings):
            migrate.upgrade(database)
            _refuse_workers(database)
            with _progress() as progress:
                copied = copy_database(database, target, progress=progress)
        rows = sum(copied.values())
        typer.echo(f"Copied {rows:,} rows in {len(copied)} tables to {_place(target)}; each table compared equal.")
        typer.echo("The source is as it was. Set DATABASE_URL to the new address to work there.")


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    """Raises `UserError` when it can't be used."""
    from firmograph.db.engine import Database, DatabaseFailure
    from firmograph.db.trouble import ADVICE, Trouble, first_line, trouble_of

    database = Database(url)
    try:
        yield database
    except DatabaseFailure as error:
        advice = ADVICE[trouble_of(error) or Trouble.DAMAGED]
        raise UserError(f"A database can't be used: {first_line(error)}. {advice}") from error
    finally:
        database.close()


@contextmanager
def _held(database: Database, settings: Settings) -> Iterator[None]:
    """Nobody drains meanwhile. Raises `NotAllowedNow` when somebody does."""
    from firmograph.jobs.drainer_lock import make_lock

    is_present = database.url == settings.resolved_database_url
    folder = (
        settings.data_dir if is_present or not database.is_sqlite else Path(database.engine.url.database or "").parent
    )
    lock = make_lock(database, folder)
    if not lock.try_acquire(command="db copy"):
        holder = lock.holder()
        raise NotAllowedNow(
            f"Process {holder.get('pid', '?')} ({holder.get('command', 'an unnamed command')}) works on "
            f"{_place(database)}. Stop it first."
        )
    try:
        yield
    finally:
        lock.release()


def _refuse_workers(database: Database) -> None:
    from firmograph.clock import SystemClock
    from firmograph.jobs.presence import list_workers

    if database.is_sqlite:
        return  # its one worker would hold the lock
    with database.read() as connection:
        alive = [worker.id for worker in list_workers(connection, now=SystemClock().now()) if worker.is_alive]
    if alive:
        raise NotAllowedNow(
            f"Workers are at work on {_place(database)}: {', '.join(alive)}. Stop them first; one that was killed "
            "counts for another half minute."
        )


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar a table where there is a terminal, else nothing."""
    if not sys.stderr.isatty():
        yield lambda _table, _done, _total: None
        return
    from rich.progress import Progress as Bars

    from firmograph.cli.terminal import console

    with Bars(console=console(err=True), transient=True) as bars:
        tasks = {}

        def show(table: str, done: int, total: int) -> None:
            if table not in tasks:
                tasks[table] = bars.add_task(table, total=total)
            bars.update(tasks[table], completed=done)

        yield show


def _address(url: str, option: str) -> str:
    from firmograph.config import with_driver

    address = with_driver(url)
    if not address.startswith(("postgresql+psycopg://", "sqlite:///")):
        raise UserError(f"{option} must start with postgresql:// or sqlite:///.")
    return address


def _place(database: Database) -> str:
    """The database's address without its password."""
    return database.engine.url.render_as_string(hide_password=True)
