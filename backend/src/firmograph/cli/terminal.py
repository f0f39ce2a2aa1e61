"""The terminal: where messages, tables and data go, and what of a value may be shown there."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

if TYPE_CHECKING:
    from rich.console import Console

_WIDTH_ELSEWHERE = 120  # columns of a table that goes to a file or a pipe
_LEAST_WIDTH = 6
_GAP, _DENSE_GAP = 3, 2


class Row(NamedTuple):
    """A row of a table, each cell one line of text."""

    cells: Sequence[str]
    is_dim: bool = False


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


def print_table(
    out: Console,
    header: Sequence[str],
    rows: Iterable[Row],
    *,
    right: Collection[str] = (),
    cut: Collection[str] = (),
    is_dense: bool = False,
) -> None:
    """Print a table; nothing without rows. Columns named in `right` hold numbers.

    Where the terminal is too narrow, the columns named in `cut` lose their ends. `is_dense` leaves out what adorns.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    shown = list(rows)
    if not shown:
        return
    gap = _DENSE_GAP if is_dense else _GAP
    most = _widths(out.width, header, [row.cells for row in shown], cut, gap=gap)
    box = None if is_dense else SIMPLE_HEAD
    made = Table(box=box, padding=(0, 1), pad_edge=False, header_style="bold")
    for name in header:
        made.add_column(name, justify="right" if name in right else "left", no_wrap=True, overflow="ellipsis")
    for row in shown:
        made.add_row(*map(_cut, row.cells, most), style="dim" if row.is_dim else None)
    out.print(made)


def _widths(
    width: int, header: Sequence[str], rows: Sequence[Sequence[str]], cut: Collection[str], *, gap: int
) -> list[int]:
    """How wide each column may be: as its cells need, but those in `cut` share what the others leave."""
    from rich.cells import cell_len

    widths = [max(map(cell_len, column)) for column in zip(header, *rows, strict=True)]
    places = [at for at, name in enumerate(header) if name in cut]
    room = width - gap * len(header) - sum(need for at, need in enumerate(widths) if at not in places)
    for left, at in enumerate(sorted(places, key=widths.__getitem__)):  # the modest first: what they leave, others use
        widths[at] = max(_LEAST_WIDTH, min(widths[at], room // (len(places) - left)))
        room -= widths[at]
    return widths


def _cut(text: str, most: int) -> str:
    from rich.cells import cell_len, set_cell_size

    return text if cell_len(text) <= most else f"{set_cell_size(text, most - 1)}…"


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
