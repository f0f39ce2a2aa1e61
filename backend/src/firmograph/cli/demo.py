"""`firmograph demo`: a list enriched from beginning to end with nothing set up, true facts first, the sandbox after."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def demo(
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what earlier demos stored.")] = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="OUT", help="Where the enriched list goes.")
    ] = None,
) -> None:
    """Enrich the example list: listed companies from open facts, the others from a local sandbox, marked as such."""
    from firmograph.cli.demonstration import demonstrate

    raise typer.Exit(demonstrate(output, is_fresh=fresh))
