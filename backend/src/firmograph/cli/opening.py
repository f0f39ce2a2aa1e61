"""Opens the app for a command, and turns what goes wrong on the way into something a person can mend."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firmograph.cli.terminal import say
from firmograph.errors import SettingsError, UserError

if TYPE_CHECKING:
    from firmograph.app import App
    from firmograph.config import Settings
    from firmograph.db.engine import DatabaseFailure


@contextmanager
def opened_app(settings: Settings | None = None, *, is_sandbox: bool = False) -> Iterator[App]:
    """The app of these settings, by default those of the environment; its database is closed in the end.

    Raises `UserError` when the data directory can't be used, or the database can't, now or later: out of reach, full,
    read-only.
    """
    from firmograph.app import open_app
    from firmograph.config import load_settings
    from firmograph.db.engine import DatabaseFailure
    from firmograph.db.trouble import trouble_of

    settings = settings or load_settings()
    try:
        chosen = settings
        app = open_app(
            settings, is_sandbox=is_sandbox, announce=lambda text: announce(chosen, "schema_upgrade_begun", text)
        )
    except DatabaseFailure as error:
        raise UserError(unreachable(settings, error)) from error
    except OSError as error:
        raise SettingsError(
            f"The data directory {settings.data_dir} can't be used: {error.strerror or error}. "
            "Point FIRMOGRAPH_DATA_DIR at a folder that can be written."
        ) from error
    try:
        yield app
    except DatabaseFailure as error:
        if trouble_of(error) is None:
            raise
        raise UserError(unreachable(settings, error)) from error
    finally:
        app.database.close()


def announce(settings: Settings, event: str, text: str, **facts: Any) -> None:
    """Tell a person something; where logs are JSON, nobody reads along and it is an event like the others."""
    from firmograph.log import get_logger

    if settings.log_format == "json":
        get_logger(__name__).info(event, **facts)
    else:
        say(text)


def unreachable(settings: Settings, error: DatabaseFailure) -> str:
    """Why the database can't be used, with what to do; no password in it."""
    from firmograph.db.trouble import ADVICE, Trouble, first_line, trouble_of

    trouble = trouble_of(error) or Trouble.DAMAGED
    place = settings.resolved_database_url.removeprefix("sqlite:///") if settings.is_sqlite else "at DATABASE_URL"
    return f"The database {place} can't be used: {first_line(error)}. {ADVICE[trouble]}"


def note_failure(trace: str) -> Path | None:
    """Keep the trace of an unexpected error in the data directory, secrets replaced; `None` when that can't be done."""
    from firmograph.config import load_settings
    from firmograph.log import Redact

    try:
        settings = load_settings()
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        path = settings.data_dir / "last-error.txt"
        path.write_text(Redact(settings.secrets).clean(trace), encoding="utf-8")
    except (OSError, UserError):
        return None
    return path
