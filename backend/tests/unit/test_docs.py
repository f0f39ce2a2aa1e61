"""The documentation is complete, fresh, and names nothing that isn't there."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from firmograph.cli import commands as cli_commands
from firmograph.cli import ending, signals
from firmograph.cli.commands import app
from firmograph.config import known_names
from firmograph.core.fields import Field
from firmograph.core.outcomes import Outcome, PauseReason, Reason, Rejection, RunState
from firmograph.db.models import metadata
from firmograph.exports.formats import FORMATS
from firmograph.exports.plan import BASE_COLUMNS
from firmograph.intake.verdict import read_cell
from firmograph.providers.registry import SPECS

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
SCRIPTS = ROOT / "backend" / "scripts"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "examples").glob("*.md")])

_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_TOP = ("backend/", "docs/", "examples/", "bench/", ".ci/", "frontend/", "deploy/")
# What a run makes, and what a person makes.
_MADE = {"backend/.env", "docs/reference/"}
_CELL = re.compile(r"^\| `([^`]+)` \| (?:`([^`]+)`|rejected: `([^`]+)`) \| (.*?) ?\|$", re.MULTILINE)
_FEWEST_CELLS = 10
_DECISION_PARTS = ["Context", "Decision", "Consequences", "Alternatives"]


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    children = getattr(command, "commands", None)
    if children is None:
        yield path, command
    else:
        for name, child in children.items():
            yield from commands(child, f"{path} {name}")


def page_id(page: Path) -> str:
    return str(page.relative_to(ROOT))


def test_the_generated_reference_is_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(SCRIPTS)
    pages = runpy.run_path(str(SCRIPTS / "write_reference.py"))["pages"]()
    stale = [name for name, text in pages.items() if read(REFERENCE / name) != text]
    assert stale == [], "run `python scripts/write_reference.py` in backend/"


def test_every_setting_is_documented() -> None:
    page = read(REFERENCE / "settings.md")
    assert [name for name in known_names() if f"| `{name}` |" not in page] == []


def test_every_field_is_documented() -> None:
    page = read(REFERENCE / "fields.md")
    assert [field.value for field in Field if f"| `{field.value}` |" not in page] == []


def test_every_provider_is_documented_with_its_attribution() -> None:
    page = read(REFERENCE / "providers.md")
    assert [name for name in SPECS if f"## `{name}`" not in page] == []
    assert [spec.name for spec in SPECS.values() if spec.attribution and spec.attribution not in page] == []


def test_every_command_and_option_is_documented() -> None:
    sections = {
        match[1]: match[2]
        for match in re.finditer(
            r"^## `([^`]+)`\n(.*?)(?=^## |\Z)", read(REFERENCE / "command-line.md"), re.MULTILINE | re.DOTALL
        )
    }
    found = dict(commands(typer.main.get_command(app), "firmograph"))
    assert set(sections) == set(found)
    missing = [
        f"{path} {name}"
        for path, command in found.items()
        for param in command.params
        if param.param_type_name == "option"
        for name in param.opts
        if f"`{name}" not in sections[path]
    ]
    assert missing == []


def test_every_state_outcome_reason_and_rejection_is_documented() -> None:
    page = read(REFERENCE / "states-and-reasons.md")
    members = [*RunState, *PauseReason, *Outcome, *Reason, *Rejection]
    assert [member.value for member in members if f"| `{member.value}` |" not in page] == []


def test_every_exit_code_is_documented() -> None:
    page = read(REFERENCE / "exit-codes.md")
    codes = {ending.DONE, ending.CANCELLED, ending.UNREADABLE, ending.SOME_FAILED, ending.PAUSED}
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)}
    elsewhere = {signals.INTERRUPTED, cli_commands.UNEXPECTED, cli_commands._BROKEN_PIPE}
    assert documented == codes | elsewhere


def test_every_table_is_documented() -> None:
    page = read(REFERENCE / "tables.md")
    assert [name for name in metadata.tables if f"## `{name}`" not in page] == []


def test_every_added_column_and_format_is_documented() -> None:
    columns, formats = read(REFERENCE / "file-columns.md"), read(DOCS / "how-to" / "export.md")
    assert [name for name in BASE_COLUMNS if f"| `{name}` |" not in columns] == []
    assert [name for name in FORMATS if f"| `{name}` |" not in formats] == []


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_links_lead_somewhere(page: Path) -> None:
    prose = _FENCE.sub("", read(page))
    local = [link for link in _LINK.findall(prose) if not re.match(r"[a-z]+:|#", link)]
    broken = [link for link in local if not (page.parent / link.partition("#")[0]).exists()]
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_paths_of_the_repository_exist(page: Path) -> None:
    named = [code.split()[0].rstrip(":,") for code in _CODE.findall(_FENCE.sub("", read(page)))]
    paths = [name for name in named if name.startswith(_TOP) and "*" not in name and name not in _MADE]
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_commands_in_the_docs_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9]+):", read(ROOT / "Makefile"), re.MULTILINE))
    known = {path for path, _ in commands(typer.main.get_command(app), "firmograph")}
    text = read(page)
    wanted = re.findall(r"(?:^\s*\$? ?|`)make ([a-z0-9]+)", text, re.MULTILINE)
    assert [name for name in wanted if name not in targets] == []
    for line in re.findall(r"(?:^\s*\$? ?(?:\.venv/bin/)?|`)firmograph ([a-z]+(?: [a-z]+)?)", text, re.MULTILINE):
        first = f"firmograph {line.split()[0]}"
        assert first in known or f"firmograph {line}" in known, line


def test_the_readme_shows_the_two_commands() -> None:
    page = read(ROOT / "README.md")
    assert "make demo" in page
    assert "make test" in page


@pytest.mark.parametrize("page", [ROOT / "README.md", DOCS / "concepts" / "verdicts.md"], ids=page_id)
def test_the_shown_verdicts_are_those_of_the_code(page: Path) -> None:
    shown = _CELL.findall(read(page))
    assert len(shown) >= _FEWEST_CELLS
    for cell, domain, rejection, note in shown:
        verdict = read_cell(cell)
        said = (verdict.domain or "", verdict.rejection.value if verdict.rejection else "", verdict.note or "")
        assert (domain, rejection, note.strip()) == said, cell


def test_decisions_have_their_parts_and_are_listed() -> None:
    index = read(DOCS / "README.md")
    pages = sorted((DOCS / "decisions").glob("*.md"))
    numbers = [page.name[:4] for page in pages]
    assert numbers == [f"{number:04}" for number in range(1, len(pages) + 1)]
    for page in pages:
        assert re.findall(r"^## (.+)$", read(page), re.MULTILINE) == _DECISION_PARTS, page.name
        assert read(page).startswith(f"# {page.name[:4]} "), page.name
        assert f"decisions/{page.name}" in index, page.name


def test_every_page_is_listed_in_the_index() -> None:
    index = read(DOCS / "README.md")
    pages = [page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md") if page.name != "README.md"]
    assert [page for page in pages if f"({page})" not in index] == []


def test_lock_files_name_no_address() -> None:
    lock = read(ROOT / "backend" / "requirements.lock")
    assert "://" not in lock
    assert "--hash=sha256:" in lock
