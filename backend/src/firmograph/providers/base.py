"""What a provider is: two batched verbs, a pure reading of what they brought, and a value that declares it.

A provider makes exactly one call per `match` or `enrich` and never retries, waits or stores: the drain loop asks again,
the limiter waits, the database keeps. It raises the `ProviderError` classes of `firmograph.errors` and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from firmograph.core.company import CompanyKey
from firmograph.core.fields import Field
from firmograph.core.observations import Reading

MATCH = "match"  # the verb's name in tables; an enrich is named by its family, `firmographics` say


class LookupOutcome(StrEnum):
    """What one answer said of one company."""

    FOUND = "found"  # match: an id; enrich: a payload with at least one value
    NOT_FOUND = "not_found"  # the provider does not know this company
    NO_DATA = "no_data"  # enrich only: known, or at least asked by id, and nothing came back


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchedCompany:
    """A company with the provider's id for it."""

    company: CompanyKey
    provider_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemAnswer:
    """The part of a batch's answer that is about one company.

    `payload` is the provider's own JSON for it, whole and unchanged; `note` says in a phrase what was odd about it
    (a per-item error, an id that isn't one).
    """

    outcome: LookupOutcome
    provider_id: str | None = None
    payload: Any = None
    note: str | None = None
    is_billable: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RateFacts:
    """What the answer's headers said of the key's window; each `None` when absent or unreadable.

    `limit` and `remaining` count what the provider counts; `reset_at` is unix seconds.
    """

    limit: int | None = None
    remaining: int | None = None
    reset_at: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchAnswer:
    """One call's answer. `items` is keyed by `CompanyKey.key`; a key that is missing was not answered (ask again).

    `credits` is what the provider said the call cost, `None` when it said nothing. `is_sandbox` is set when whoever
    answered said that it is the sandbox.
    """

    items: Mapping[str, ItemAnswer]
    status: int | None = None
    correlation_id: str | None = None
    credits: float | None = None
    rate: RateFacts = field(default_factory=RateFacts)
    is_sandbox: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderSpec:
    """A provider as a value: what it can say, in what batches, at what price.

    `match_price` and `enrich_price` are credits per billable answer, the worst case a budget reserves.
    """

    name: str
    title: str
    family: str
    fields: frozenset[Field]
    match_batch: int
    enrich_batch: int
    match_price: float = 0.0
    enrich_price: float = 0.0
    attribution: str | None = None
    # Pure: an enrich answer's payload as readings; the same payload always gives the same readings, and any JSON at all
    # gives some. It stands here and not on the provider so that stored payloads can be read while the provider is off.
    read: Callable[[Any], tuple[Reading, ...]]

    def batch(self, verb: str) -> int:
        return self.match_batch if verb == MATCH else self.enrich_batch

    def price(self, verb: str) -> float:
        return self.match_price if verb == MATCH else self.enrich_price


@dataclass(frozen=True, kw_only=True, slots=True)
class RateLimit:
    """A key's allowance: `per_minute` of `unit`, counted together by everybody with the same `key_id`.

    `unit` is `entities` (each company in a batch counts) or `requests`. `key_id` is a digest, never the key.
    """

    key_id: str
    per_minute: int
    unit: str = "entities"

    def weight(self, entities: int) -> int:
        return entities if self.unit == "entities" else 1


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditBalance:
    """What is left on a key. `None` where the provider did not say."""

    remaining: float | None
    allocated: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderOff:
    """A provider that can't be asked, why, and the one thing to do about it."""

    spec: ProviderSpec
    reason: str
    fix: str


class Provider(Protocol):
    """An outside source asked by API, by fetching, or by file.

    `host` is who answers (`api.explorium.ai`, `127.0.0.1:8800`, or `local`): answers of one host are never fresh for
    another. `limit` is `None` where nothing limits us.
    """

    spec: ProviderSpec
    host: str
    is_sandbox: bool
    limit: RateLimit | None

    async def match(self, companies: Sequence[CompanyKey]) -> BatchAnswer:
        """One call: which of these does the provider know, and under what id. At most `spec.match_batch`."""

    async def enrich(self, matches: Sequence[MatchedCompany]) -> BatchAnswer:
        """One call: what the provider has on these. At most `spec.enrich_batch`; an id may stand twice."""

    async def check(self) -> CreditBalance | None:
        """A free live test of the key. Raises what a call would raise; `None` where there is no balance."""

    async def aclose(self) -> None:
        """Let go of connections."""
