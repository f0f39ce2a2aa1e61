"""The terminal: where messages, tables and data go, and what of a value may be shown there."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_WIDTH_ELSEWHERE = 120  # columns of a table that goes to a file or a pipe


def prepare_streams() -> None:
    """Let a character that the terminal lacks become a `?` instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def say(text: str = "") -> None:
    """A line for a person, on standard error."""
    typer.echo(text, err=True)


def print_json(value: Any) -> None:
    """A value as JSON, alone on standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def console(*, err: bool) -> Console:
    """Where tables go. Text is shown as it is: cells of a list hold brackets that are no markup."""
    from rich.console import Console

    stream = sys.stderr if err else sys.stdout
    width = None if stream.isatty() else _WIDTH_ELSEWHERE
    return Console(file=stream, markup=False, emoji=False, highlight=False, width=width)


def table(*columns: str, right: tuple[str, ...] = (), is_dense: bool = False) -> Table:
    """An empty table with those headers; those named in `right` hold numbers. `is_dense` leaves out what only adorns.

    Where the terminal is too narrow, columns lose their ends.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    made = Table(
        box=None if is_dense else SIMPLE_HEAD, padding=(0, 1), pad_edge=False, header_style="bold", show_header=True
    )
    for name in columns:
        made.add_column(name, justify="right" if name in right else "left", overflow="ellipsis", no_wrap=True)
    return made


def printable(value: Any, *, most: int = 200) -> str:
    """A value as one line of a terminal: control characters, which could steer it, are left out."""
    if value is None:
        return ""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    text = "".join(character if character.isprintable() else " " for character in text[: most + 1])
    return text if len(text) <= most else text[: most - 1] + "…"


def number(value: float | None) -> str:
    """An amount as people write it: thousands set apart, no needless decimals."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def counted(count: int, one: str, many: str | None = None) -> str:
    """`1 row`, `2 rows`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
