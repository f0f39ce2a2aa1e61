"""Who drains: one process at a time per data directory, whoever holds its file lock. The system frees it at a death."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout


class DrainerLock:
    """The lock of a data directory, with a note beside it that says who holds it."""

    def __init__(self, data_dir: Path) -> None:
        data_dir.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(data_dir / "drainer.lock")
        self._note = data_dir / "drainer.json"

    def try_acquire(self, **facts: Any) -> bool:
        """Take the lock if it is free, leaving `facts` (command, providers that are on) for others to read."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        self._note.write_text(json.dumps({"pid": os.getpid(), **facts}), encoding="utf-8")
        return True

    def release(self) -> None:
        """Let the next one have it."""
        if self._lock.is_locked:
            self._note.unlink(missing_ok=True)
            self._lock.release()

    def holder(self) -> dict[str, Any]:
        """What the present holder says of itself; empty when it says nothing."""
        try:
            facts = json.loads(self._note.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return facts if isinstance(facts, dict) else {}
