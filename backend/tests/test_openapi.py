"""The written description of the API is the one the code gives."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

BACKEND = Path(__file__).parents[1]
WRITTEN = BACKEND.parent / "docs" / "reference" / "openapi.json"


def test_the_description_is_fresh() -> None:
    rendered = runpy.run_path(str(BACKEND / "scripts" / "write_openapi.py"))["rendered"]
    assert rendered() == rendered()
    assert WRITTEN.read_text(encoding="utf-8") == rendered(), "stale: run `python scripts/write_openapi.py` in backend/"


def test_operations_are_named_by_their_functions_and_declare_their_problems() -> None:
    document = json.loads(WRITTEN.read_text(encoding="utf-8"))
    operations = [(path, operation) for path, methods in document["paths"].items() for operation in methods.values()]
    ids = [operation["operationId"] for _, operation in operations]
    assert len(ids) == len(set(ids))
    assert all(name.isidentifier() for name in ids)
    for path, operation in operations:
        refused = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
        if path.startswith("/api/"):
            assert {"401", "403", "422", "500"} <= set(refused)
            assert all(list(answer["content"]) == ["application/problem+json"] for answer in refused.values())
        assert operation.get("description") or operation.get("summary")
