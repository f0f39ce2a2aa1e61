"""The plan of a dry run for a person: rows, rejections, fresh answers, and calls and credits per provider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from firmograph.cli.terminal import Row, counted, number, print_table, printable

if TYPE_CHECKING:
    from rich.console import Console


def print_plan(console: Console, preview: Mapping[str, Any]) -> None:
    """The whole preview."""
    counts = preview["counts"]
    console.print()
    console.print(f"Dry run of {printable(preview['file_name']) or 'standard input'}: nothing was asked", style="bold")
    console.print(
        f"Records      {counts['records']:,} = {counts['accepted']:,} accepted + {counts['rejected']:,} rejected"
    )
    duplicates = counted(counts["duplicates"], "duplicate")
    console.print(f"Companies    {counts['targets']:,} (accepted records less {duplicates})")
    rejections = [Row((reason, f"{count:,}")) for reason, count in preview["rejections"].items()]
    print_table(console, ("Rejected records", "count"), rejections, right=("count",))
    _print_steps(console, preview)
    credits = preview["credits"]  # noqa: A001  # the word of the architecture
    budget = "no budget" if credits["budget"] is None else f"budget {number(credits['budget'])}"
    console.print(f"Credits      {number(credits['best'])} at best, {number(credits['worst'])} at worst ({budget})")


def _print_steps(console: Console, preview: Mapping[str, Any]) -> None:
    numbers = ("fresh", "to match", "to enrich", "calls", "credits")
    header = ("Step", "host", *numbers, "at the limit")
    console.print()
    console.print("What the steps would ask at most, beside the answers that are fresh:")
    print_table(console, header, map(_step, preview["steps"]), right=numbers, cut=("host",))


def _step(step: Mapping[str, Any]) -> Row:
    minutes = step["minutes_at_most"]
    mark = "(sandbox)" if step["is_sandbox"] else ""
    return Row(
        (
            f"{step['step']}. {step['provider']}{mark}",
            step["host"],
            f"{step['fresh']['hits'] + step['fresh']['misses']:,}",
            f"{step['questions']['match']:,}",
            f"{step['questions']['enrich_at_most']:,}",
            f"{step['calls_at_most']:,}",
            number(step["credits"]["worst"]),
            "no limit" if minutes is None else f"{number(minutes)} min",
        )
    )
