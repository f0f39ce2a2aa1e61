"""Puts the dashboard into the wheel, where one is built: `frontend/out` as `firmograph/web/dashboard`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class DashboardHook(BuildHookInterface[Any]):
    """For wheels alone: a checkout finds the dashboard where it is built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        built = Path(self.root).parent / "frontend" / "out"
        if version == "standard" and (built / "index.html").is_file():
            build_data["force_include"][str(built)] = "firmograph/web/dashboard"
