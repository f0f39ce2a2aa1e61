"""The dashboard's journeys in a real browser, where there is one: what `make e2e` runs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from firmograph.web.site import is_built

FRONTEND = Path(__file__).parents[3] / "frontend"
LONGEST_S = 300


def what_is_missing() -> str | None:
    if shutil.which("node") is None:
        return "the dashboard's journeys need Node"
    if not Path(os.environ.get("CHROMIUM", "/usr/bin/chromium")).exists():
        return "the dashboard's journeys need Chromium at /usr/bin/chromium, or where CHROMIUM says"
    if not is_built(FRONTEND / "out") or not (FRONTEND / "node_modules" / "playwright-core").exists():
        return "the dashboard's journeys need the built dashboard: make dashboard"
    return None


MISSING = what_is_missing()


@pytest.mark.skipif(MISSING is not None, reason=str(MISSING))
def test_journeys() -> None:
    command = ["node", "node_modules/vitest/vitest.mjs", "run", "--config", "vitest.e2e.config.ts"]
    done = subprocess.run(
        command,
        cwd=FRONTEND,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
