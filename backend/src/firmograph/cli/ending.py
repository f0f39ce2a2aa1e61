"""The end of a run in the foreground: its file, its report, what to do next, and the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from firmograph.cli.output import STREAM, write_output
from firmograph.cli.report import print_report
from firmograph.cli.signals import INTERRUPTED
from firmograph.cli.terminal import console, counted, print_json, printable, say

if TYPE_CHECKING:
    from firmograph.app import App
    from firmograph.cli.driving import Ending
    from firmograph.runs.run import Run

DONE, CANCELLED, UNREADABLE, SOME_FAILED, PAUSED = 0, 1, 2, 3, 4


def exit_code_of(run: Run, *, not_entitled: int) -> int:
    """The exit code of a run as it stands. `not_entitled` targets were skipped against the person's wish."""
    match run.state.value:
        case "succeeded":
            return SOME_FAILED if not_entitled else DONE
        case "failed" if run.reason == "unreadable_input":
            return UNREADABLE
        case "partial" | "failed":
            return SOME_FAILED
        case "cancelled":
            return CANCELLED
    return PAUSED


def finish(app: App, ending: Ending, output: dict[str, Any] | None, *, as_json: bool) -> int:
    """Write the file, show the report, say what comes next; returns the exit code."""
    from firmograph.runs.report import report_json

    run = ending.run
    if ending.is_interrupted:
        say(f"Interrupted. Run {run.id} is kept, {counted(run.counts['pending'], 'company', 'companies')} to go.")
        say(f"Go on with: firmograph runs resume {run.id}")
        return INTERRUPTED
    with app.database.read() as connection:
        report = report_json(connection, run.id)
    code = exit_code_of(run, not_entitled=_not_entitled(report))
    is_unreadable = code == UNREADABLE
    if output is not None and not is_unreadable:
        write_output(
            app,
            run,
            output["path"],
            file_format=output["format"],
            provenance=bool(output.get("provenance")),
            neutralise=bool(output.get("neutralise")),
        )
    path = None if output is None or is_unreadable else output["path"]
    if as_json:
        print_json(report)
    elif not is_unreadable:
        print_report(console(err=path == STREAM), report)
    _say_what_is_next(run, path, report)
    return code


def _not_entitled(report: dict[str, Any]) -> int:
    return sum(entry["companies"]["count"] for entry in report["outcomes"] if entry["reason"] == "not_entitled")


def _say_what_is_next(run: Run, path: str | None, report: dict[str, Any]) -> None:
    pending = run.counts["pending"]
    if path not in {None, STREAM}:
        say(f"Wrote {path}" + (f" ({counted(pending, 'company', 'companies')} still pending)" if pending else ""))
    for line in next_steps(run, not_entitled=_not_entitled(report)):
        say(line)


def next_steps(run: Run, *, not_entitled: int = 0) -> list[str]:
    """What a person should know and may do about a run as it stands."""
    detail = printable(run.detail, most=1000)
    lines: list[str] = []
    if run.state.value == "paused":
        lines = [f"Paused ({run.reason}): {detail}".replace("resume RUN", f"resume {run.id}")]
        if "runs resume" not in detail:
            lines.append(f"Go on with: firmograph runs resume {run.id}")
    elif run.reason == "unreadable_input":
        lines = [f"Error: {detail}"]
    elif run.state.value in {"partial", "failed"}:
        failed = counted(run.counts["failed"], "company", "companies")
        lines = [f"{failed} failed. Ask again with: firmograph runs retry {run.id}"]
    elif run.state.value == "cancelled":
        lines = [f"Run {run.id} was cancelled; what was answered until then is kept."]
    elif not run.is_terminal:
        lines = [f"Under way. Watch it, or go on if its process died, with: firmograph runs resume {run.id}"]
    if not_entitled:
        skipped = counted(not_entitled, "company was", "companies were")
        retry = f"firmograph runs retry {run.id} --reason not_entitled"
        lines.append(f"{skipped} skipped, as the key's plan does not include this. With another key: {retry}")
    return lines
