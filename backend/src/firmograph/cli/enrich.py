"""`firmograph enrich`: one list in, one list out."""

from __future__ import annotations

from typing import Annotated

import typer

Out = Annotated[
    str | None, typer.Option("-o", "--output", metavar="OUT", help="Where the list goes; - is standard output.")
]
Column = Annotated[str | None, typer.Option(metavar="NAME", help="The column that tells the company.")]
NameColumn = Annotated[str | None, typer.Option(metavar="NAME", help="The column with company names.")]
Waterfall = Annotated[str | None, typer.Option(metavar="P1,P2", help="The providers, in the order they are asked.")]
Fields = Annotated[str | None, typer.Option(metavar="F1,F2", help="The wanted fields.")]
Budget = Annotated[float | None, typer.Option(metavar="CREDITS", help="What the run may spend.")]
MaxAge = Annotated[float | None, typer.Option(metavar="DAYS", help="How old a stored answer may be; 0 asks again.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the plan and its price; spend nothing.")]
FileFormat = Annotated[str | None, typer.Option("--format", metavar="FORMAT", help="csv, tsv, jsonl, xlsx or parquet.")]
Provenance = Annotated[bool, typer.Option("--provenance", help="Say who gave each value, and when.")]
Json = Annotated[bool, typer.Option("--json", help="Print the report as JSON on standard output.")]
Name = Annotated[str | None, typer.Option(metavar="TEXT", help="The run's name.")]
AcceptLow = Annotated[bool, typer.Option("--accept-low", help="Take values of low confidence too.")]
AllowNameOnly = Annotated[
    bool, typer.Option("--allow-name-only", help="Ask by the name alone where there is nothing better.")
]
Neutralise = Annotated[bool, typer.Option("--neutralise", help="Make the list's own cells formula-safe as well.")]


def enrich(  # noqa: PLR0913, PLR0917  # one parameter an option
    file: Annotated[str, typer.Argument(metavar="FILE", help="The list; - reads standard input.")],
    output: Out = None,
    column: Column = None,
    name_column: NameColumn = None,
    waterfall: Waterfall = None,
    fields: Fields = None,
    budget: Budget = None,
    max_age: MaxAge = None,
    dry_run: DryRun = False,
    file_format: FileFormat = None,
    provenance: Provenance = False,
    as_json: Json = False,
    name: Name = None,
    accept_low: AcceptLow = False,
    allow_name_only: AllowNameOnly = False,
    neutralise: Neutralise = False,
) -> None:
    """Enrich a list of companies: every row comes back, in order, with what the providers know.

    Without -o the file goes beside the input, as NAME.enriched.SUFFIX; standard input goes to standard output.

    Exit codes: 0 done; 1 cancelled from elsewhere; 2 usage or unreadable list; 3 some companies failed, or were skipped
    because the key's plan does not include them; 4 paused, and `firmograph runs resume` goes on; 130 interrupted.
    """
    from firmograph.cli.opening import opened_app
    from firmograph.cli.output import opened_list
    from firmograph.cli.starting import Listing, enrich_list, preview_list

    listing = Listing(
        file=file,
        output=output,
        file_format=file_format,
        provenance=provenance,
        neutralise=neutralise,
        column=column,
        name_column=name_column,
        waterfall=_names(waterfall),
        fields=_names(fields),
        budget=budget,
        max_age_days=max_age,
        accept_low=accept_low,
        allow_name_only=allow_name_only,
        name=name,
    )
    listing.check(needs_output=not dry_run, as_json=as_json)
    with opened_list(file) as source, opened_app() as app:
        if dry_run:
            preview_list(app, listing, source, as_json=as_json)
        else:
            raise typer.Exit(enrich_list(app, listing, source, as_json=as_json, command=f"firmograph enrich {file}"))


def _names(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(name.strip() for name in text.split(",") if name.strip())
