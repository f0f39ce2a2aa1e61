"""`firmograph sandbox serve`: a local server that speaks the Explorium contract."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from firmograph.cli.terminal import say

commands = typer.Typer(no_args_is_help=True, help="The sandbox: a local server that speaks the Explorium contract.")


@commands.callback()
def _group() -> None:
    """Keeps `serve` a word of its own beside a single command."""


@commands.command()
def serve(  # noqa: PLR0913, PLR0917  # one parameter an option
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8800,
    latency: Annotated[int, typer.Option(min=0, metavar="MS", help="How long an answer takes.")] = 120,
    rate: Annotated[int, typer.Option(min=0, metavar="N", help="Queries a minute for a key; 0 is no limit.")] = 200,
    rate_unit: Annotated[str, typer.Option(metavar="UNIT", help="What the limit counts: entities or requests.")] = (
        "entities"
    ),
    fail: Annotated[float, typer.Option(min=0, max=1, metavar="RATE", help="The share of calls that go wrong.")] = 0.0,
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="Another seed, other companies and faults.")] = 1,
    credits: Annotated[  # noqa: A002  # the word of the architecture
        int, typer.Option(min=0, metavar="N", help="What an account holds.")
    ] = 1_000_000,
    api_key: Annotated[str | None, typer.Option(metavar="KEY", help="The only key let in; by default any.")] = None,
    state: Annotated[Path | None, typer.Option(metavar="FILE", help="Remembers ids between starts.")] = None,
) -> None:
    """Serve invented companies over the Explorium contract, faults included, until interrupted."""
    from firmograph.errors import SettingsError
    from firmograph.sandbox.options import SandboxOptions
    from firmograph.sandbox.server import serve as serve_sandbox

    if rate_unit not in ("entities", "requests"):
        raise SettingsError(f"--rate-unit is 'entities' or 'requests', not '{rate_unit}'.")
    options = SandboxOptions(
        latency_ms=latency,
        rate_per_minute=rate,
        rate_unit="requests" if rate_unit == "requests" else "entities",
        fail_rate=fail,
        seed=seed,
        credits=credits,
        api_key=api_key,
        state_path=state,
    )
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    say(f"The sandbox answers at http://{place}; all its companies are invented. Ctrl-C ends it.")
    say("In another terminal:")
    limit = f" EXPLORIUM_RATE_LIMIT={rate}" if rate else " EXPLORIUM_RATE_LIMIT=100000"
    unit = " EXPLORIUM_RATE_UNIT=requests" if rate_unit == "requests" else ""
    key = api_key or "sandbox"
    say(f"  export EXPLORIUM_BASE_URL=http://{place} EXPLORIUM_API_KEY={key}{limit}{unit}")
    serve_sandbox(options, host=host, port=port)
