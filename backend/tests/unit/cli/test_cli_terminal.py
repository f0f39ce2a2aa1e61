"""What may be shown on a terminal, and how a table fits it."""

from __future__ import annotations

import io
from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from firmograph.cli.main import _without_debug
from firmograph.cli.report import percent
from firmograph.cli.serving import refuse_open_door
from firmograph.cli.terminal import Row, counted, number, print_table, printable
from firmograph.config import is_loopback, load_settings
from firmograph.errors import SettingsError


@given(st.text(max_size=80))
def test_nothing_that_steers_a_terminal_is_printed(text: str) -> None:
    assert all(character.isprintable() for character in printable(text))
    assert len(printable(text, most=10)) <= 10


def test_values_as_people_write_them() -> None:
    assert printable(["a", "b\x1b[2J"]) == "a, b [2J"
    assert printable(None) == ""
    assert (number(1234.0), number(0.5), number(None)) == ("1,234", "0.50", "–")
    assert (counted(1, "row"), counted(2000, "company", "companies")) == ("1 row", "2,000 companies")
    assert percent({"count": 0, "of": 0, "share": None}) == "–"


@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("is_dense", [True, False])
def test_a_table_fits_and_only_what_may_be_cut_is_cut(width: int, is_dense: bool) -> None:
    out = Console(file=io.StringIO(), width=width, markup=False)
    rows = [Row(("株式会社" * 10, "rejected: hosted_page", "x" * 70)), Row(("[b]short[/b]", "enriched", "y"))]
    print_table(out, ("Company", "outcome", "site"), rows, cut=("Company", "site"), is_dense=is_dense)
    text = out.file.getvalue()  # type: ignore[attr-defined]
    assert all(cell_len(line) <= width for line in text.splitlines())
    assert "rejected: hosted_page" in text
    assert "[b]short[/b]" in text
    assert "…" in text


def test_a_table_without_rows_is_nothing() -> None:
    out = Console(file=io.StringIO(), width=80)
    print_table(out, ("a", "b"), [])
    assert out.file.getvalue() == ""  # type: ignore[attr-defined]


def test_debug_is_obeyed_wherever_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIRMOGRAPH_LOG_LEVEL", raising=False)
    assert _without_debug(["enrich", "--", "--debug"]) == ["enrich", "--", "--debug"]
    monkeypatch.setenv("FIRMOGRAPH_LOG_LEVEL", "info")
    assert _without_debug(["runs", "--debug", "list"]) == ["runs", "list"]


@pytest.mark.parametrize(
    ("host", "is_so"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("10.0.0.1", False), ("box", False)],
)
def test_which_hosts_only_this_machine_reaches(host: str, is_so: bool) -> None:
    assert is_loopback(host) is is_so


@pytest.mark.parametrize(
    ("host", "published_on", "token", "is_open"),
    [
        ("127.0.0.1", None, None, False),
        ("0.0.0.0", None, None, True),
        ("0.0.0.0", None, "secret", False),
        ("0.0.0.0", "127.0.0.1:8000, localhost:3000", None, False),
        ("0.0.0.0", "[::1]:8000", None, False),
        ("0.0.0.0", "127.0.0.1:8000,0.0.0.0:3000", None, True),
        ("0.0.0.0", "firmograph.example.com:443", None, True),
        ("0.0.0.0", "firmograph.example.com:443", "secret", False),
    ],
)
def test_the_door_asks_for_a_token(host: str, published_on: str | None, token: str | None, is_open: bool) -> None:
    settings = load_settings(read_dotenv=False, published_on=published_on, api_token=token)
    with pytest.raises(SettingsError, match="Set FIRMOGRAPH_API_TOKEN") if is_open else nullcontext():
        refuse_open_door(host, settings)


@pytest.mark.parametrize("published_on", ["8000", "localhost", "http://localhost:8000", "127.0.0.1:8000,", "a:b"])
def test_a_place_to_be_published_on_has_a_port(published_on: str) -> None:
    with pytest.raises(SettingsError, match="published_on: must be addresses with ports"):
        load_settings(read_dotenv=False, published_on=published_on)
