"""Providers over HTTP: what is on, why what is off is off, what they say and cost, and a free test of a key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from firmograph.core.fields import Field as CompanyField
from firmograph.errors import NotFound, UserError
from firmograph.jobs.rate_store import UNUSED
from firmograph.providers.base import Provider, ProviderOff
from firmograph.runs.plan import AnyProvider
from firmograph.runs.totals import spent_by_host
from firmograph.web.problems import problems
from firmograph.web.serving import Serving, ServingDep

router = APIRouter(tags=["providers"])


class ProviderIsOff(UserError):
    """The provider can't be asked; the text says why and what to do."""

    status = 409
    type = "provider-off"


class BatchSizes(BaseModel):
    """Companies in one call."""

    match: int
    enrich: int


class Prices(BaseModel):
    """Credits per billable answer."""

    match: float
    enrich: float


class LimitOut(BaseModel):
    """The key's allowance, what its last minute holds, and until when everybody pauses after a 429."""

    per_minute: int
    unit: str
    used: int
    paused_until: float | None = Field(description="Unix seconds.")


class HostCredits(BaseModel):
    host: str
    spent: float
    this_month: float
    perhaps_charged: float


class CreditsOut(BaseModel):
    """Credits over all runs; the month is the calendar's, in UTC."""

    spent: float
    this_month: float
    perhaps_charged: float
    by_host: list[HostCredits]


class ProviderOut(BaseModel):
    """A provider, on or off."""

    name: str
    title: str
    is_on: bool
    reason: str | None = Field(description="Why it is off.")
    fix: str | None = Field(description="What to do about that.")
    host: str | None
    is_sandbox: bool
    family: str
    fields: list[str]
    batch: BatchSizes
    price: Prices
    limit: LimitOut | None = Field(description="null where nothing limits us.")
    credits: CreditsOut
    attribution: str | None


class ProvidersOut(BaseModel):
    items: list[ProviderOut]
    next_cursor: None = None


class BalanceOut(BaseModel):
    """Credits on the key; null where the provider did not say."""

    remaining: float | None
    allocated: float | None


class CheckOut(BaseModel):
    """The key works. `balance` is null for a provider that has none."""

    name: str
    host: str
    is_sandbox: bool
    balance: BalanceOut | None


@router.get("/providers", response_model=ProvidersOut)
def list_providers(serving: ServingDep) -> dict[str, Any]:
    """Every provider, in the order the default waterfall asks them."""
    now = serving.app.clock.now()
    with serving.database.read() as connection:
        spent = spent_by_host(connection, since=_month_of(now))
    used = serving.app.window_uses(serving.providers)
    items = [_provider(name, provider, spent, used) for name, provider in serving.providers.items()]
    return {"items": items, "next_cursor": None}


@router.post("/providers/{name}/check", response_model=CheckOut, responses=problems(404, 409, 502))
async def check_provider(serving: ServingDep, name: str) -> dict[str, Any]:
    """Test the key with the provider itself; costs nothing."""
    provider = _provider_on(serving, name)
    balance = await provider.check()
    return {
        "name": name,
        "host": provider.host,
        "is_sandbox": provider.is_sandbox,
        "balance": None if balance is None else {"remaining": balance.remaining, "allocated": balance.allocated},
    }


def _provider_on(serving: Serving, name: str) -> Provider:
    provider = serving.providers.get(name)
    if provider is None:
        raise NotFound(f"There is no provider '{name}'. Known: {', '.join(serving.providers)}.")
    if isinstance(provider, ProviderOff):
        raise ProviderIsOff(f"{name} is off: {provider.reason}. {provider.fix}")
    return provider


def _provider(
    name: str, provider: AnyProvider, spent: Sequence[dict[str, Any]], used: dict[str, tuple[int, float]]
) -> dict[str, Any]:
    spec = provider.spec
    mine = [entry for entry in spent if entry["provider"] == name]
    return {
        "name": name,
        "title": spec.title,
        **_how_it_stands(provider),
        "family": spec.family,
        "fields": [field.value for field in CompanyField if field in spec.fields],
        "batch": {"match": spec.match_batch, "enrich": spec.enrich_batch},
        "price": {"match": spec.match_price, "enrich": spec.enrich_price},
        "limit": _limit(provider, used),
        "credits": {
            **{part: sum(entry[part] for entry in mine) for part in ("spent", "this_month", "perhaps_charged")},
            "by_host": mine,
        },
        "attribution": spec.attribution,
    }


def _how_it_stands(provider: AnyProvider) -> dict[str, Any]:
    if isinstance(provider, ProviderOff):
        return {"is_on": False, "reason": provider.reason, "fix": provider.fix, "host": None, "is_sandbox": False}
    return {"is_on": True, "reason": None, "fix": None, "host": provider.host, "is_sandbox": provider.is_sandbox}


def _limit(provider: AnyProvider, used: dict[str, tuple[int, float]]) -> dict[str, Any] | None:
    if isinstance(provider, ProviderOff) or provider.limit is None:
        return None
    in_window, paused_until = used.get(provider.limit.key_id, UNUSED)
    limit = provider.limit
    return {
        "per_minute": limit.per_minute,
        "unit": limit.unit,
        "used": in_window,
        "paused_until": paused_until or None,
    }


def _month_of(now: datetime) -> datetime:
    return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
