"""The plan of a dry run for a person: rows, rejections, fresh answers, and calls and credits per provider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from firmograph.cli.terminal import counted, number, printable, table

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
    if preview["rejections"]:
        made = table("Rejected records", "count", right=("count",))
        for reason, count in preview["rejections"].items():
            made.add_row(reason, f"{count:,}")
        console.print(made)
    _print_steps(console, preview)
    credits = preview["credits"]  # noqa: A001  # the word of the architecture
    budget = "no budget" if credits["budget"] is None else f"budget {number(credits['budget'])}"
    console.print(f"Credits      {number(credits['best'])} at best, {number(credits['worst'])} at worst ({budget})")


def _print_steps(console: Console, preview: Mapping[str, Any]) -> None:
    numbers = ("fresh hits", "fresh misses", "to match", "to enrich, at most", "calls, at most", "credits, at most")
    made = table("Step", "provider", "host", *numbers, "time at the limit, at most", right=numbers)
    for step in preview["steps"]:
        minutes = step["minutes_at_most"]
        mark = "(sandbox)" if step["is_sandbox"] else ""
        made.add_row(
            str(step["step"]),
            f"{step['provider']}{mark}",
            step["host"],
            f"{step['fresh']['hits']:,}",
            f"{step['fresh']['misses']:,}",
            f"{step['questions']['match']:,}",
            f"{step['questions']['enrich_at_most']:,}",
            f"{step['calls_at_most']:,}",
            number(step["credits"]["worst"]),
            "no limit" if minutes is None else f"{number(minutes)} min",
        )
    console.print(made)
