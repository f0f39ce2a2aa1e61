"""`firmograph runs`: what there is, and pausing, resuming, cancelling, retrying and exporting it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from firmograph.cli.opening import opened_app
from firmograph.cli.terminal import Row, console, counted, number, print_json, print_table, printable, say

if TYPE_CHECKING:
    from firmograph.app import App
    from firmograph.runs.run import Run

commands = typer.Typer(no_args_is_help=True, help="Runs: list, show, pause, resume, cancel, retry, export.")

RunId = Annotated[str, typer.Argument(metavar="RUN", help="The run's id, or enough of its start or end.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
Output = Annotated[str | None, typer.Option("-o", "--output", metavar="OUT", help="Write the list there instead.")]


@commands.command("list")
def list_runs(
    as_json: Json = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, metavar="N", help="At most so many, newest first.")] = 100,
) -> None:
    """List runs, newest first."""
    from firmograph.runs import repository

    with opened_app() as app, app.database.read() as connection:
        found, _ = repository.list_runs(connection, cursor=None, limit=limit)
    if as_json:
        print_json({"items": [run.to_json() for run in found]})
        return
    numbers = ("records", "enriched", "pending", "credits")
    header = ("Run", "name", "state", "created", *numbers)
    print_table(console(err=False), header, map(_run_row, found), right=numbers, cut=("name",))


@commands.command()
def show(run_id: RunId, as_json: Json = False) -> None:
    """Show a run: its state, who works on it, what to do about it, and its report."""
    from firmograph.cli.ending import next_steps
    from firmograph.cli.holders import find_standing, print_holders
    from firmograph.cli.report import print_report
    from firmograph.runs import repository
    from firmograph.runs.report import report_json

    with opened_app() as app:
        with app.database.read() as connection:
            run = repository.get_by_prefix(connection, run_id)
            report = None if as_json else report_json(connection, run.id)
        found = find_standing(app, run)
    if report is None:
        print_json(run.to_json() | found.to_json())
        return
    out = console(err=False)
    print_report(out, report)
    print_holders(out, found)
    for line in [found.stalled] if found.stalled else next_steps(run):
        out.print(line)


@commands.command()
def pause(run_id: RunId) -> None:
    """Pause a run: what is under way is still written down."""
    from firmograph.runs import service

    with opened_app() as app:
        run = _change(app, run_id, service.pause)
    say(f"Run {run.id} is paused. Go on with: firmograph runs resume {run.id}")


@commands.command()
def cancel(run_id: RunId) -> None:
    """End a run: what is not done yet is skipped."""
    from firmograph.runs import service

    with opened_app() as app:
        now = app.clock.now()
        run = _change(app, run_id, lambda connection, found: service.cancel(connection, found, now=now))
    say(f"Run {run.id} is cancelled; {counted(run.counts['skipped'], 'company was', 'companies were')} skipped.")


@commands.command()
def resume(
    run_id: RunId,
    budget: Annotated[float | None, typer.Option(metavar="CREDITS", help="What the run may spend in all.")] = None,
    output: Output = None,
    as_json: Json = False,
) -> None:
    """Go on with a paused run, or with one whose process died; its file is written as `enrich` would have."""
    from firmograph.runs import service

    def reopen(connection: Any, run: Run) -> None:
        if run.is_terminal:
            say(f"Run {run.id} has ended already ({run.state.value}): there is nothing left to ask.")
        else:
            service.resume(connection, run, budget=budget)

    with opened_app() as app:
        run = _change(app, run_id, reopen)
        raise typer.Exit(_go_on(app, run, output, as_json=as_json, command="resume"))


@commands.command()
def retry(
    run_id: RunId,
    outcome: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Outcomes to ask again; several go.")
    ] = None,
    reason: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Reasons to ask again; several go.")] = None,
    output: Output = None,
    as_json: Json = False,
) -> None:
    """Ask again for companies that failed, or those of the outcomes and reasons given."""
    from firmograph.runs import service
    from firmograph.runs.importing import first_step
    from firmograph.runs.plan import make_plan

    def reopen(connection: Any, run: Run) -> None:
        plan = make_plan(run, app.providers(), **app.ages())
        opened = service.retry(
            connection,
            run,
            first_step=first_step(plan),
            outcomes=outcome or (),
            reasons=reason or (),
            now=app.clock.now(),
        )
        say(f"{counted(opened, 'company', 'companies')} of run {run.id} to ask again.")

    with opened_app() as app:
        run = _change(app, run_id, reopen)
        raise typer.Exit(_go_on(app, run, output, as_json=as_json, command="retry"))


@commands.command()
def export(
    run_id: RunId,
    output: Annotated[str, typer.Option("-o", "--output", metavar="OUT", help="The file; - is standard output.")],
    file_format: Annotated[
        str | None, typer.Option("--format", metavar="FORMAT", help="csv, tsv, jsonl, xlsx or parquet.")
    ] = None,
    provenance: Annotated[bool, typer.Option("--provenance", help="Say who gave each value, and when.")] = False,
    neutralise: Annotated[
        bool, typer.Option("--neutralise", help="Make the list's own cells formula-safe as well.")
    ] = False,
) -> None:
    """Write a run's list as it stands; what is still open is `pending`."""
    from firmograph.cli.output import STREAM, check_format, check_output, choose_output, write_output
    from firmograph.runs import repository
    from firmograph.runs.exporting import default_format

    check_format(file_format)
    with opened_app() as app:
        with app.database.read() as connection:
            run = repository.get_by_prefix(connection, run_id)
        path, chosen = choose_output(STREAM, output, file_format=file_format, own_format=default_format(run))
        check_output(path, chosen)
        write_output(app, run, path, file_format=chosen, provenance=provenance, neutralise=neutralise)
    if path != STREAM:
        pending = run.counts["pending"]
        still = f", {counted(pending, 'company', 'companies')} still pending" if pending else ""
        say(f"Wrote {path} ({counted(run.counts['records'], 'record')}{still})")


def _run_row(run: Run) -> Row:
    state = f"{run.state.value} ({run.reason})" if run.reason else run.state.value
    amounts = (run.counts["records"], run.counts["enriched"], run.counts["pending"], run.credits_spent)
    return Row((run.id, printable(run.name), state, f"{run.created_at:%Y-%m-%d %H:%M}", *map(number, amounts)))


def _change(app: App, run_id: str, work: Callable[[Any, Run], Any]) -> Run:
    """Do something to a run in one unit of work; returns the run afterwards."""
    from firmograph.runs import repository

    with app.database.write(long=True) as connection:
        run = repository.get_by_prefix(connection, run_id)
        work(connection, run)
        return repository.get_run(connection, run.id)


def _go_on(app: App, run: Run, output: str | None, *, as_json: bool, command: str) -> int:
    from firmograph.cli.driving import drive
    from firmograph.cli.ending import finish

    destination = _destination(run, output, as_json=as_json)
    ending = drive(app, run.id, command=f"firmograph runs {command} {run.id}")
    code = finish(app, ending, destination, as_json=as_json)
    if destination is None and not ending.is_interrupted:
        say(f"The list, any time: firmograph runs export {run.id} -o FILE")
    return code


def _destination(run: Run, output: str | None, *, as_json: bool) -> dict[str, Any] | None:
    """Where this run's file goes: as stored when it began, or elsewhere if asked. Raises `UserError`."""
    from firmograph.cli.output import STREAM, check_output, choose_output
    from firmograph.errors import UserError
    from firmograph.runs.exporting import default_format

    stored = run.output or {}
    if output is not None:
        path, chosen = choose_output(STREAM, output, file_format=None, own_format=default_format(run))
        stored = {**stored, "path": path, "format": chosen}
    if not stored.get("path"):
        return None
    if stored["path"] == STREAM and as_json:
        raise UserError("The report as JSON and the list can't both go to standard output: say -o FILE.")
    check_output(stored["path"], stored["format"])
    return stored
