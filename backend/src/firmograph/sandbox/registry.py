"""The ids the sandbox has given out, each with the domain it stands for: in memory, or in a file that outlives it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from firmograph.errors import SettingsError


class IdRegistry:
    """Ids by their domains. With a path, what one process remembered the next one knows, even after a kill."""

    def __init__(self, path: Path | None) -> None:
        """Open the file, or make it. Raises `SettingsError` when the path can't be used."""
        try:
            if path:
                path.parent.mkdir(parents=True, exist_ok=True)
            # One event loop uses it, but not always the thread that made it.
            self._database = sqlite3.connect(path or ":memory:", check_same_thread=False, timeout=10)
        except (OSError, sqlite3.Error) as error:
            raise _unusable(path, error) from error
        try:
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = OFF")  # the process may be killed; a power cut is no concern
            self._database.execute("CREATE TABLE IF NOT EXISTS ids (id BLOB PRIMARY KEY, domain TEXT) WITHOUT ROWID")
        except sqlite3.Error as error:
            self._database.close()
            raise _unusable(path, error) from error

    def remember(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Keep ids (32 hex digits) with their domains."""
        rows = [(bytes.fromhex(business_id), domain) for business_id, domain in pairs]
        with self._database:
            self._database.executemany("INSERT OR IGNORE INTO ids VALUES (?, ?)", rows)

    def domains_of(self, business_ids: Iterable[str]) -> dict[str, str]:
        """The domains of those among the ids that were ever given out."""
        keys = [bytes.fromhex(business_id) for business_id in business_ids]
        marks = ",".join("?" * len(keys))
        rows = self._database.execute(f"SELECT id, domain FROM ids WHERE id IN ({marks})", keys)  # noqa: S608 marks only
        return {key.hex(): domain for key, domain in rows}

    def close(self) -> None:
        self._database.close()


def _unusable(path: Path | None, error: Exception) -> SettingsError:
    return SettingsError(f"sandbox: its state file {path} can't be used ({error}): name a writable file, or none.")
