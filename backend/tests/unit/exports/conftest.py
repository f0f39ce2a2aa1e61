"""Plans and rows to export, with only what a test cares about spelled out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from firmograph.core.fields import Field
from firmograph.exports.plan import ExportPlan, ExportRow

MakePlan = Callable[..., ExportPlan]
MakeRow = Callable[..., ExportRow]


@pytest.fixture(scope="session")
def make_plan() -> MakePlan:
    def make(**given: Any) -> ExportPlan:
        usual = {
            "format": "csv",
            "columns": ("Company", "Site"),
            "extra_columns": 0,
            "fields": (Field.NAME, Field.FOUNDED_YEAR, Field.TECHNOLOGIES),
        }
        return ExportPlan(**(usual | given))

    return make


@pytest.fixture(scope="session")
def make_row() -> MakeRow:
    def make(cells: list[Any] | dict[str, Any], **given: Any) -> ExportRow:
        usual: dict[str, Any] = {
            "domain": "acme.com",
            "outcome": "enriched",
            "reason": None,
            "match": "high",
            "sources": "open_facts explorium(sandbox)",
            "credits": 1.0,
            "note": None,
            "values": {Field.NAME: "Acme", Field.FOUNDED_YEAR: 1999, Field.TECHNOLOGIES: ["Go", "SAP"]},
            "provenance": {Field.NAME: ("open_facts", "2026-11-20T08:30:00+00:00")},
        }
        return ExportRow(cells=cells, **(usual | given))

    return make
