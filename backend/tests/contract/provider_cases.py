"""The providers that must pass the contract, each with a company it knows and one it does not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from explorium_server import company, make_explorium, speak_explorium
from scripted_server import answer, serving

from firmograph.core.company import CompanyKey
from firmograph.providers import explorium, open_facts
from firmograph.providers.base import Provider, ProviderOff, ProviderSpec


@dataclass(frozen=True)
class ProviderCase:
    """`opened` gives the provider ready to be asked; `known` is in it, `unknown` is not."""

    spec: ProviderSpec
    known: CompanyKey
    unknown: CompanyKey
    opened: Callable[[], AbstractAsyncContextManager[Provider]]


def _explorium_case(version: str) -> ProviderCase:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Provider]:
        async with serving(answer(body=speak_explorium)) as server:
            provider = make_explorium(server.base_url, version=version)
            try:
                yield provider
            finally:
                await provider.aclose()

    return ProviderCase(
        spec=explorium.SPEC, known=company("acme.com", "Acme"), unknown=company("nosuch-firm.com"), opened=opened
    )


@asynccontextmanager
async def _open_facts() -> AsyncIterator[Provider]:
    provider = open_facts.build()
    assert not isinstance(provider, ProviderOff)
    yield provider
    await provider.aclose()


CASES = {
    "explorium v2": _explorium_case("v2"),
    "explorium v1": _explorium_case("v1"),
    "open_facts": ProviderCase(
        spec=open_facts.SPEC, known=company("apple.com"), unknown=company("nosuch-firm.com"), opened=_open_facts
    ),
}
