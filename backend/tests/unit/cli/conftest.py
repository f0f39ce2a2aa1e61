"""Runs as rows of the table would make them, and commands without a process of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from firmograph.cli.commands import app
from firmograph.core.fields import Field
from firmograph.core.outcomes import RunState
from firmograph.runs.run import COUNTED, Run

MOMENT = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def make_run() -> Callable[..., Run]:
    def make(state: str = "running", *, counts: dict[str, int] | None = None, **changes: Any) -> Run:
        facts: dict[str, Any] = {
            "id": "0198c0de-0000-7000-8000-000000000001",
            "name": "list",
            "state": RunState(state),
            "reason": None,
            "detail": None,
            "waterfall": ("explorium", "open_facts"),
            "fields": (Field.NAME,),
            "budget": None,
            "max_age_days": None,
            "accept_low": False,
            "allow_name_only": False,
            "source": {},
            "output": None,
            "upload_id": None,
            "switched_off": {},
            "asked_since": MOMENT,
            "misses_since": None,
            "counts": dict.fromkeys((*COUNTED, "pending"), 0) | (counts or {}),
            "extra_columns": 0,
            "credits_spent": 0.0,
            "credits_reserved": 0.0,
            "credits_uncertain": 0.0,
            "version": 1,
            "created_at": MOMENT,
            "started_at": None,
            "finished_at": None,
        }
        return Run(**(facts | changes))

    return make


@pytest.fixture
def invoke(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Calls a command in this process, in a folder and with a data directory of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FIRMOGRAPH_DATA_DIR", str(tmp_path / "data"))

    def call(*arguments: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(app, list(arguments), input=stdin)

    return call
