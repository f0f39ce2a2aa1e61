"""`firmograph companies`: the whole story of one company."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from firmograph.cli.terminal import Row, console, number, print_json, print_table, printable

if TYPE_CHECKING:
    from rich.console import Console

commands = typer.Typer(no_args_is_help=True, help="Companies: show.")


@commands.callback()
def _group() -> None:
    """Keeps `show` a word of its own beside a single command."""


@commands.command()
def show(
    domain: Annotated[str, typer.Argument(metavar="DOMAIN", help="The company's web domain.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")] = False,
) -> None:
    """Show a company: resolved fields, every observation, every lookup."""
    from firmograph.cli.opening import opened_app
    from firmograph.companies.service import company_story

    with opened_app() as app:
        story = company_story(app.database, domain, app.providers())
    if as_json:
        print_json(story)
    else:
        print_story(console(err=False), story)


def print_story(out: Console, story: Mapping[str, Any]) -> None:
    """The story for a person: the fields and who says so, what others said, each lookup, and the runs it is in."""
    out.print(f"{story['domain']}{' · holds sandbox data' if story['is_sandbox'] else ''}", style="bold")
    if story["match"]:
        out.print(f"Match: {story['match']} · sources: {printable(story['sources'])}")
    _print_fields(out, story)
    _print_lookups(out, story)
    numbers = ("row", "credits")
    print_table(
        out, ("In run", "name", "outcome", *numbers), map(_run_row, story["runs"]), right=numbers, cut=("name",)
    )


def _run_row(run: Mapping[str, Any]) -> Row:
    outcome = f"{run['outcome']} ({run['reason']})" if run["reason"] else run["outcome"]
    return Row((run["id"], printable(run["name"]), outcome, str(run["position"]), number(run["credits"] or 0)))


def _print_fields(out: Console, story: Mapping[str, Any]) -> None:
    """Winners, with the losers below each; what was said but not trusted comes last, once each."""
    rows: list[Row] = []
    seen: set[tuple[str, str, str]] = set()
    for name, field in story["fields"].items():
        for place, entry in enumerate([field, *field["losers"]]):
            seen.add(_said(name, entry))
            mark = "conflict: " if place == 0 and field["is_conflict"] else ""
            rows.append(_field_row(name if place == 0 else "", mark, entry))
    for entry in story["observations"]:
        said = _said(entry["field"], entry)
        if entry["value"] is not None and said not in seen:
            seen.add(said)
            rows.append(_field_row(entry["field"], "not shown: ", entry)._replace(is_dim=True))
    print_table(out, ("Field", "value", "source", "confidence", "observed"), rows, cut=("value",))


def _said(field: str, entry: Mapping[str, Any]) -> tuple[str, str, str]:
    return field, entry["source"], str(entry["value"])


def _field_row(name: str, mark: str, entry: Mapping[str, Any]) -> Row:
    value = mark + printable(entry["value"])
    return Row((name, value, entry["source"], entry["confidence"] or "", _minute(entry["observed_at"])))


def _print_lookups(out: Console, story: Mapping[str, Any]) -> None:
    rows = [
        Row(
            (
                lookup["source"],
                lookup["host"],
                lookup["verb"],
                lookup["outcome"],
                number(lookup["credits"] or 0),
                _minute(lookup["fetched_at"]),
                printable("; ".join([*lookup["reasons"], *([lookup["note"]] if lookup["note"] else [])])),
            )
        )
        for lookup in story["lookups"]
    ]
    header = ("Lookup", "host", "verb", "outcome", "credits", "at", "why")
    print_table(out, header, rows, right=("credits",), cut=("host", "why"))


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ")
