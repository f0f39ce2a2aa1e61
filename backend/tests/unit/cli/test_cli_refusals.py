"""What can't work ends with code 2 and one clear message, before anything is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from firmograph.cli.commands import app

Invoke = Callable[..., Result]

REFUSALS = {
    "no such file": (["nowhere.csv"], ["nowhere.csv"]),
    "a folder": (["."], ["folder"]),
    "no output folder": (["list.csv", "-o", "no/such/out.csv"], ["no/such", "-o"]),
    "output is a folder": (["list.csv", "-o", "data"], ["data is a folder"]),
    "unknown provider": (["list.csv", "--waterfall", "explorer"], ["explorer", "open_facts"]),
    "provider off": (["list.csv", "--waterfall", "explorium"], ["explorium is off", "EXPLORIUM_API_KEY"]),
    "empty waterfall": (["list.csv", "--waterfall", ","], ["waterfall is empty"]),
    "unknown field": (["list.csv", "--fields", "shoe_size"], ["shoe_size", "industry"]),
    "negative budget": (["list.csv", "--budget", "-1"], ["budget"]),
    "unknown format": (["list.csv", "--format", "xls"], ["xls", "parquet"]),
    "two things on standard output": (["list.csv", "-o", "-", "--json"], ["standard output"]),
    "unknown name column": (["list.csv", "--name-column", "Firm"], ["'Firm'", "'Website'"]),
}


@pytest.mark.parametrize(("arguments", "words"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_says_what_and_where(invoke: Invoke, tmp_path: Path, arguments: list[str], words: list[str]) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "list.csv").write_text("Company,Website\nNike,nike.com\n")
    done = invoke("enrich", *arguments)
    assert done.exit_code == 2
    assert [word for word in words if word not in done.stderr] == []
    assert done.stderr.startswith("Error: ")
    assert done.stdout == ""
    assert not list(tmp_path.glob("list.enriched*"))
    assert json.loads(invoke("runs", "list", "--json").stdout) == {"items": []}


def test_an_unknown_setting_is_named(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRMOGRAPH_COLOUR", "red")
    done = invoke("runs", "list")
    assert done.exit_code == 2
    assert "FIRMOGRAPH_COLOUR" in done.stderr


def test_an_unexpected_error_is_short_and_keeps_its_details(
    invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORIUM_API_KEY", "a-secret-key")

    def break_down() -> None:
        raise RuntimeError("nobody expected this, not even a-secret-key")

    app.command("break-down")(break_down)
    try:
        done = invoke("break-down")
    finally:
        app.registered_commands.pop()
    assert done.exit_code == 1
    assert "unexpected RuntimeError" in done.stderr
    assert "Traceback" not in done.stderr
    details = (tmp_path / "data" / "last-error.txt").read_text()
    assert "Traceback" in details
    assert "a-secret-key" not in details
