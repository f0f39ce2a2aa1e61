"""The arrows of the house: who may import whom, how large a room may grow, and which rooms must not exist."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src" / "firmograph"
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60

# What a room may import: of third parties everything that is not named for another room, of ours only these.
ALLOWED: dict[str, set[str]] = {
    "core": {"core", "errors"},
    "intake": {"core", "errors"},
    "providers": {"core", "errors", "clock", "config", "log", "providers"},
    "db": {"core", "errors", "clock", "config", "db"},
    "exports": {"core", "errors", "exports"},
    "runs": {"core", "errors", "clock", "log", "db", "providers", "intake", "exports", "runs", "web"},
    "companies": {"core", "errors", "clock", "log", "db", "providers", "runs", "companies", "web"},
    "prepared_exports": {"core", "errors", "clock", "log", "db", "exports", "runs", "prepared_exports", "web"},
    "jobs": {"core", "errors", "clock", "log", "db", "providers", "runs", "prepared_exports", "jobs"},
    "sandbox": {"sandbox", "core", "errors", "clock"},
}
ENDPOINTS = {"endpoints.py", "schemas.py"}  # of a slice's files, only these may know of the web
THIRD_PARTY_HOMES = {
    "sqlalchemy": {"db", "runs", "companies", "prepared_exports", "jobs", "web"},
    "httpx2": {"providers", "cli"},
    "fastapi": {"web", "runs", "companies", "prepared_exports"},
    "typer": {"cli"},
    "alembic": {"db"},
    "redis": {"jobs"},
    "rq": {"jobs"},
}
CORE_LIBRARIES = {"publicsuffixlist", "idna"}  # decision record 0006


def modules() -> list[Path]:
    return sorted(SRC.rglob("*.py"))


def imports_of(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names if node.module == "firmograph")
    return names


def room_of(path: Path) -> str:
    return path.relative_to(SRC).parts[0]


@pytest.mark.parametrize("room", sorted(ALLOWED))
def test_arrows_point_inwards(room: str) -> None:
    broken = []
    for path in (SRC / room).rglob("*.py"):
        for name in imports_of(path):
            parts = name.split(".")
            if parts[0] != "firmograph" or len(parts) < 2 or parts[1] == "__version__":
                continue
            is_web_edge = parts[1] == "web" and path.name not in ENDPOINTS
            if parts[1] not in ALLOWED[room] | {room} or (is_web_edge and room != "web"):
                broken.append(f"{path.relative_to(SRC)} imports {name}")
    assert broken == []


def test_core_is_pure() -> None:
    broken = [
        f"{path.name} imports {name}"
        for path in (SRC / "core").glob("*.py")
        for name in imports_of(path)
        if name.split(".")[0] not in sys.stdlib_module_names | CORE_LIBRARIES
        and not name.startswith(("firmograph.core", "firmograph.errors"))
    ]
    assert broken == []


@pytest.mark.parametrize("library", sorted(THIRD_PARTY_HOMES))
def test_libraries_stay_in_their_rooms(library: str) -> None:
    homes = THIRD_PARTY_HOMES[library]
    broken = [
        str(path.relative_to(SRC))
        for path in modules()
        if any(name.split(".")[0] == library for name in imports_of(path)) and room_of(path) not in homes
    ]
    assert broken == []


def test_sql_is_written_in_repositories_and_their_like() -> None:
    """Endpoints and schemas hold no SQL."""
    broken = [
        str(path.relative_to(SRC))
        for path in modules()
        if path.name in ENDPOINTS and any(name.startswith("sqlalchemy") for name in imports_of(path))
    ]
    assert broken == []


def test_nobody_makes_tables_but_migrations() -> None:
    assert [str(path) for path in modules() if "create_all" in path.read_text(encoding="utf-8")] == []


def test_no_rooms_for_odds_and_ends() -> None:
    odd = {"utils", "helpers", "common", "misc"}
    assert [str(path) for path in SRC.rglob("*") if path.stem in odd] == []


def test_rooms_stay_small() -> None:
    large = []
    for path in modules():
        text = path.read_text(encoding="utf-8")
        if len(text.splitlines()) > LONGEST_MODULE:
            large.append(f"{path.relative_to(SRC)} has {len(text.splitlines())} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    large.append(f"{path.relative_to(SRC)}: {node.name} has {length} lines")
    assert large == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(SRC))
        for path in modules()
        if path.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []
