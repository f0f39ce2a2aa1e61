"""`firmograph companies`: the whole story of one company."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from firmograph.cli.terminal import console, number, print_json, printable, table

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


def print_story(console: Console, story: Mapping[str, Any]) -> None:
    """The story for a person: fields with who says so, then what others said, then each lookup."""
    return
