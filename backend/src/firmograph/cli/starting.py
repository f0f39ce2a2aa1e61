"""A list on its way into a run: stored, started, or only priced."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from firmograph.cli.driving import drive
from firmograph.cli.ending import finish
from firmograph.cli.output import STREAM, check_format, check_output, choose_output
from firmograph.cli.plan_table import print_plan
from firmograph.cli.terminal import console, print_json, say
from firmograph.errors import UserError
from firmograph.exports.formats import format_for_path
from firmograph.runs import service, uploads_repository
from firmograph.runs.exporting import default_format
from firmograph.runs.request import RunRequest

if TYPE_CHECKING:
    from firmograph.app import App
    from firmograph.runs.run import Run


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """A list as given on the command line, and how its run is wanted."""

    file: str
    output: str | None = None
    file_format: str | None = None
    provenance: bool = False
    neutralise: bool = False
    column: str | None = None
    name_column: str | None = None
    waterfall: tuple[str, ...] | None = None
    fields: tuple[str, ...] | None = None
    budget: float | None = None
    max_age_days: float | None = None
    accept_low: bool = False
    allow_name_only: bool = False
    name: str | None = None

    def check(self, *, needs_output: bool, as_json: bool) -> None:
        """Raises `UserError` for an output that can't be, before anything is read or asked."""
        check_format(self.file_format)
        if not needs_output:
            return
        path, file_format = self.destination("csv")
        if path == STREAM and as_json:
            raise UserError("The report as JSON and the list can't both go to standard output: say -o FILE.")
        if Path(self.file).exists():
            check_output(path, file_format, source=self.file)

    def destination(self, own_format: str) -> tuple[str, str]:
        return choose_output(self.file, self.output, file_format=self.file_format, own_format=own_format)

    def is_format_known(self) -> bool:
        """Whether the format follows from what was asked, whatever the list turns out to be."""
        asked = self.output if self.output not in {None, STREAM} else None
        return self.file_format is not None or (asked is not None and bool(format_for_path(asked, "")))

    def request(self, upload_id: str, output: dict[str, Any] | None = None) -> RunRequest:
        return RunRequest(
            upload_id=upload_id,
            column=self.column,
            name_column=self.name_column,
            waterfall=self.waterfall,
            fields=self.fields,
            budget=self.budget,
            max_age_days=self.max_age_days,
            accept_low=self.accept_low,
            allow_name_only=self.allow_name_only,
            name=self.name,
            output=output,
        )


def enrich_list(app: App, listing: Listing, source: BinaryIO, *, as_json: bool, command: str) -> int:
    """Store the list, start its run, bring it to its end, write its file; returns the exit code."""
    run = start(app, listing, source)
    ending = drive(app, run.id, command=command)
    return finish(app, ending, ending.run.output, as_json=as_json)


def start(app: App, listing: Listing, source: BinaryIO) -> Run:
    """The list's run, in `importing`. Raises `UserError`, and nothing is kept, for a list or plan that can't work."""
    upload_id = _store(app, listing, source)
    try:
        own = "csv" if listing.is_format_known() else _own_format(app, listing, upload_id)
        path, file_format = listing.destination(own)
        check_output(path, file_format, source=listing.file)
        output = {
            "path": path,
            "format": file_format,
            "provenance": listing.provenance,
            "neutralise": listing.neutralise,
        }
        request = listing.request(upload_id, output)
        run = service.start_run(app.database, request, providers=app.providers(), clock=app.clock)
    except BaseException:
        _forget(app, upload_id)
        raise
    say(f"Run {run.id}: {run.source['file_name'] or 'standard input'}, {' then '.join(run.waterfall)}")
    for line in understood(run.source["detection"]):
        say(line)
    return run


def preview_list(app: App, listing: Listing, source: BinaryIO, *, as_json: bool) -> None:
    """Print the plan and its price. Nothing is asked and nothing is kept."""
    preview = preview_of(app, listing, source)
    if as_json:
        print_json(preview)
        return
    for line in understood(preview["detection"]):
        say(line)
    print_plan(console(err=False), preview)


def preview_of(app: App, listing: Listing, source: BinaryIO) -> dict[str, Any]:
    """The plan and its price, of a list that is forgotten again."""
    upload_id = _store(app, listing, source)
    try:
        return service.preview_run(
            app.database, listing.request(upload_id), providers=app.providers(), clock=app.clock, **app.ages()
        )
    finally:
        _forget(app, upload_id)


def understood(detection: dict[str, Any]) -> list[str]:
    """Which columns are read, and why, so that a wrong guess is seen at once."""
    lines = []
    for title, key in (("company", "column"), ("name", "name_column"), ("LinkedIn page", "linkedin_column")):
        at = detection[key]
        if at is not None:
            guess = detection["guesses"].get(key, "")
            column = f"column {at + 1} ({detection['columns'][at]!r})"
            lines.append(f"  {title}: {guess if guess.startswith(column) else f'{column}, {guess}'.rstrip(', ')}")
    return lines


def _store(app: App, listing: Listing, source: BinaryIO) -> str:
    now = app.clock.now()
    with app.database.write() as connection:
        uploads_repository.delete_stale(connection, before=now - uploads_repository.UNUSED_KEPT)
    return uploads_repository.store_upload(
        app.database,
        source,
        file_name=None if listing.file == STREAM else Path(listing.file).name,
        most_bytes=app.settings.max_upload_mb << 20,
        now=now,
    )


def _own_format(app: App, listing: Listing, upload_id: str) -> str:
    run = service.draft_run(app.database, listing.request(upload_id), providers=app.providers(), clock=app.clock)
    return default_format(run)


def _forget(app: App, upload_id: str) -> None:
    with app.database.write() as connection:
        uploads_repository.delete_upload(connection, upload_id)
