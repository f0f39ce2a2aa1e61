"""Opens the app for a command, and turns what goes wrong on the way into something a person can mend."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from firmograph.cli.terminal import say
from firmograph.errors import SettingsError, UserError

if TYPE_CHECKING:
    from firmograph.app import App
    from firmograph.config import Settings


@contextmanager
def opened_app(settings: Settings | None = None, *, is_sandbox: bool = False) -> Iterator[App]:
    """The app of these settings, by default those of the environment; its database is closed in the end.

    Raises `UserError` when the data directory can't be used or the database can't be reached.
    """
    from firmograph.app import open_app
    from firmograph.config import load_settings
    from firmograph.db.engine import DatabaseFailure

    settings = settings or load_settings()
    try:
        app = open_app(settings, is_sandbox=is_sandbox, announce=say)
    except DatabaseFailure as error:
        raise UserError(unreachable(settings, error)) from error
    except OSError as error:
        raise SettingsError(
            f"The data directory {settings.data_dir} can't be used: {error.strerror or error}. "
            "Point FIRMOGRAPH_DATA_DIR at a folder that can be written."
        ) from error
    try:
        yield app
    finally:
        app.database.close()


def unreachable(settings: Settings, error: Exception) -> str:
    """Why the database can't be used, with what to do; no password in it."""
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    first = said[0] if said else type(error).__name__
    if settings.is_sqlite:
        place = settings.resolved_database_url.removeprefix("sqlite:///")
        return f"The database {place} can't be used: {first}. Free its disk, restore it, or move it out of the way."
    return f"The database at DATABASE_URL can't be used: {first}. Check the address, and that the server runs."


def note_failure(trace: str) -> Path | None:
    """Keep the trace of an unexpected error in the data directory, secrets replaced; `None` when that can't be done."""
    from firmograph.config import load_settings
    from firmograph.log import Redact

    try:
        settings = load_settings()
        secrets = (settings.explorium_api_key, settings.api_token)
        known = tuple(secret.get_secret_value() for secret in secrets if secret is not None)
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        path = settings.data_dir / "last-error.txt"
        path.write_text(Redact(known).clean(trace), encoding="utf-8")
    except (OSError, UserError):
        return None
    return path
