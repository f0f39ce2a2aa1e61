"""Every command, and how errors reach a person."""

from __future__ import annotations

import os
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from firmograph import __version__
from firmograph.cli import companies, database, demo, doctor, enrich, providers, runs, sandbox, serving
from firmograph.cli.signals import INTERRUPTED
from firmograph.cli.terminal import say
from firmograph.errors import FirmographError, UserError

UNEXPECTED = 1
_BROKEN_PIPE = 141  # as the shell names a death by SIGPIPE


class Edge(TyperGroup):
    """All commands, inside the one place that turns exceptions into messages and exit codes."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except UserError as error:
            say(f"Error: {error}")
            raise typer.Exit(error.exit_code) from None
        except FirmographError as error:
            say(f"Error: {error}")
            raise typer.Exit(UNEXPECTED) from None
        except BrokenPipeError:
            # Whoever read our output has gone; flushing at exit must not complain again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(_BROKEN_PIPE) from None
        except KeyboardInterrupt:
            say("Interrupted.")
            raise typer.Exit(INTERRUPTED) from None
        except Exception as error:
            if type(error).__module__.startswith("typer"):
                raise  # usage errors and exits: typer's own
            _explain(error)
            raise typer.Exit(UNEXPECTED) from None


app = typer.Typer(
    cls=Edge,
    name="firmograph",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(enrich.enrich)
app.command()(demo.demo)
app.command()(serving.serve)
app.command()(serving.worker)
app.add_typer(runs.commands, name="runs")
app.add_typer(companies.commands, name="companies")
app.add_typer(providers.commands, name="providers")
app.add_typer(sandbox.commands, name="sandbox")
app.add_typer(database.commands, name="db")
app.command()(doctor.doctor)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(f"firmograph {__version__}")


@app.callback()
def _group() -> None:
    """Company enrichment: a messy list in, the same list out with firmographics, evidence and price.

    With --debug anywhere, everything is logged and an error shows where it comes from.
    """


def _explain(error: Exception) -> None:
    """An error nobody expected: what, and where to read more."""
    import traceback

    if os.environ.get("FIRMOGRAPH_LOG_LEVEL", "").lower() == "debug":
        traceback.print_exception(error)
        return
    from firmograph.cli.opening import note_failure

    path = note_failure("".join(traceback.format_exception(error)))
    where = f" The details are in {path}." if path else " `firmograph --debug …` shows the details."
    first = (str(error).strip().splitlines() or [""])[0]
    say(f"Error: unexpected {type(error).__name__}: {first}{'' if first.endswith('.') else '.'}{where}")
