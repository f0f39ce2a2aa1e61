"""`firmograph providers`: what is on, why what is off is off, limits, and a free live test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from firmograph.cli.terminal import Row, console, number, print_json, print_table, printable, say
from firmograph.errors import FirmographError, NotFound

if TYPE_CHECKING:
    from firmograph.providers.base import CreditBalance, Provider
    from firmograph.runs.plan import AnyProvider

commands = typer.Typer(no_args_is_help=True, help="Providers: list, check.")


@commands.command("list")
def list_providers(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")] = False,
) -> None:
    """List providers: on or off and why, their limits, prices and fields."""
    shown = [provider_json(provider) for provider in _built().values()]
    if as_json:
        print_json({"items": shown})
        return
    numbers = ("credits a company", "fields")
    out = console(err=False)
    print_table(out, ("Provider", "is", "host", "limit", *numbers), map(_provider_row, shown), right=numbers)
    for entry in shown:
        if not entry["is_on"]:
            out.print(f"{entry['name']} is off: {entry['reason']}. {entry['fix']}")
        if entry["attribution"]:
            out.print(f"{entry['name']}: {entry['attribution']}")


@commands.command()
def check(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="One provider; by default all that are on.")
    ] = None,
) -> None:
    """Test keys live, for free. Exit code 1 when one does not work."""
    from firmograph.providers.base import ProviderOff

    built = _built()
    if name is not None and name not in built:
        raise NotFound(f"There is no provider '{name}'. Known: {', '.join(built)}.")
    are_fine = True
    for each in [name] if name else list(built):
        provider = built[each]
        if isinstance(provider, ProviderOff):
            say(f"{each}: off, {provider.reason}. {provider.fix}")
            are_fine = are_fine and name is None
            continue
        is_fine, text = check_provider(provider)
        typer.echo(f"{each}: {text}", err=not is_fine)
        are_fine = are_fine and is_fine
    if not are_fine:
        raise typer.Exit(1)


def provider_json(provider: AnyProvider) -> dict[str, Any]:
    """A provider as JSON shows it."""
    from firmograph.core.fields import Field
    from firmograph.providers.base import ProviderOff

    spec = provider.spec
    shown: dict[str, Any] = {
        "name": spec.name,
        "title": spec.title,
        "is_on": not isinstance(provider, ProviderOff),
        "reason": None,
        "fix": None,
        "host": None,
        "is_sandbox": False,
        "fields": [field.value for field in Field if field in spec.fields],
        "batch": {"match": spec.match_batch, "enrich": spec.enrich_batch},
        "prices": {"match": spec.match_price, "enrich": spec.enrich_price},
        "limit": None,
        "attribution": spec.attribution,
    }
    if isinstance(provider, ProviderOff):
        return shown | {"reason": provider.reason, "fix": provider.fix}
    limit = provider.limit
    return shown | {
        "host": provider.host,
        "is_sandbox": provider.is_sandbox,
        "limit": None if limit is None else {"per_minute": limit.per_minute, "unit": limit.unit},
    }


def check_provider(provider: Provider) -> tuple[bool, str]:
    """Whether the provider answers, and what it says of credits or of the trouble."""

    import asyncio

    async def ask() -> CreditBalance | None:
        try:
            return await provider.check()
        finally:
            await provider.aclose()

    try:
        balance = asyncio.run(ask())
    except FirmographError as error:
        return False, printable(str(error), most=500)
    if balance is None:
        return True, "ready"
    if balance.remaining is None:
        return True, "the key works; the provider does not say what is left"
    of = "" if balance.allocated is None else f" of {number(balance.allocated)}"
    return True, f"the key works; {number(balance.remaining)}{of} credits left"


def _provider_row(entry: Mapping[str, Any]) -> Row:
    mark = "(sandbox)" if entry["is_sandbox"] else ""
    state, limit = "on" if entry["is_on"] else "off", _limit(entry["limit"])
    price = number(entry["prices"]["match"] + entry["prices"]["enrich"])
    return Row((f"{entry['name']}{mark}", state, entry["host"] or "", limit, price, str(len(entry["fields"]))))


def _built() -> dict[str, AnyProvider]:
    from firmograph.config import load_settings
    from firmograph.providers.registry import build_providers
    from firmograph.sandbox.probe import is_sandbox_at

    settings = load_settings()
    has_key = settings.explorium_api_key is not None
    return build_providers(settings, is_sandbox=has_key and is_sandbox_at(settings.explorium_base_url))


def _limit(limit: Mapping[str, Any] | None) -> str:
    return "none" if limit is None else f"{limit['per_minute']:,} {limit['unit']} a minute"
