"""What is asked of a new run, checked before anything is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from typing import Any

from firmograph.core.fields import Field
from firmograph.errors import UserError
from firmograph.intake.dialect import Told
from firmograph.providers.base import ProviderOff
from firmograph.runs.plan import AnyProvider


@dataclass(frozen=True, kw_only=True, slots=True)
class RunRequest:
    """A run as wanted; `None` means the default. `budget` is in credits, `max_age_days` in days."""

    upload_id: str
    column: str | None = None
    name_column: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    has_header: bool | None = None
    sheet: str | None = None
    waterfall: tuple[str, ...] | None = None
    fields: tuple[str, ...] | None = None
    budget: float | None = None
    max_age_days: float | None = None
    accept_low: bool = False
    allow_name_only: bool = False
    name: str | None = None
    output: Mapping[str, Any] | None = None
    idempotency_key: str | None = None

    @property
    def told(self) -> Told:
        """What was said of the list."""
        return Told(**{part.name: getattr(self, part.name) for part in dataclass_fields(Told)})


def default_waterfall(providers: Mapping[str, AnyProvider]) -> tuple[str, ...]:
    """Every provider that can be asked, in the registry's order."""
    return tuple(name for name, provider in providers.items() if not isinstance(provider, ProviderOff))


def check_waterfall(names: Sequence[str] | None, providers: Mapping[str, AnyProvider]) -> tuple[str, ...]:
    """The waterfall to use. Raises `UserError` for an unknown, doubled or switched-off provider."""
    if names is None:
        chosen = default_waterfall(providers)
        if not chosen:
            raise UserError("No provider can be asked. `firmograph providers list` says why each is off.")
        return chosen
    if not names:
        raise UserError("The waterfall is empty: name at least one provider.")
    for place, name in enumerate(names):
        if name not in providers:
            raise UserError(f"There is no provider '{name}'. Known: {', '.join(providers)}.")
        if name in names[:place]:
            raise UserError(f"'{name}' stands twice in the waterfall.")
        provider = providers[name]
        if isinstance(provider, ProviderOff):
            raise UserError(f"{name} is off: {provider.reason}. {provider.fix}")
    return tuple(names)


def check_fields(
    names: Iterable[str] | None, waterfall: Sequence[str], providers: Mapping[str, AnyProvider]
) -> tuple[Field, ...]:
    """The wanted fields in the enum's order; by default all that some step can say.

    Raises `UserError` for an unknown field, or when no step can say any of them.
    """
    sayable = frozenset().union(*(providers[name].spec.fields for name in waterfall))
    if names is None:
        return tuple(field for field in Field if field in sayable)
    known = {field.value: field for field in Field}
    wanted = set()
    for name in names:
        if name not in known:
            raise UserError(f"There is no field '{name}'. Known: {', '.join(known)}.")
        wanted.add(known[name])
    if not wanted & sayable:
        listed = ", ".join(field.value for field in Field if field in sayable)
        raise UserError(f"No provider of the waterfall can say any of the wanted fields. They can say: {listed}.")
    return tuple(field for field in Field if field in wanted)


def check_amounts(budget: float | None, max_age_days: float | None) -> None:
    """Raises `UserError` for a negative or endless budget or age."""
    for name, amount in (("budget", budget), ("max-age", max_age_days)):
        if amount is not None and not 0 <= amount < float("inf"):
            raise UserError(f"The {name} must be 0 or more.")
