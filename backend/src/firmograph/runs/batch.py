"""What a worker holds while it asks: a lane, the targets it leased, and the call they go out in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping

from firmograph.core.company import CompanyKey
from firmograph.providers.base import MATCH, Provider

# A target that nobody holds.
NO_LEASE = {"lease_owner": None, "lease_token": None, "lease_until": None}
# What an answer shows of a target beside its fields.
SHOWN_COLUMNS = ("match_confidence", "match_reasons", "company_domain", "sources", "provenance")


@dataclass(frozen=True, slots=True)
class Lane:
    """Where targets wait: a step of the plan and the verb it is at."""

    step: int
    verb: str
    provider: Provider

    @property
    def is_match(self) -> bool:
        return self.verb == MATCH

    @property
    def is_local(self) -> bool:
        """A local source needs no ask, no call and no stored miss: asking again costs nothing."""
        return self.provider.host == "local"

    @property
    def batch(self) -> int:
        return self.provider.spec.batch(self.verb)

    @property
    def price(self) -> float:
        return self.provider.spec.price(self.verb)


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A leased target, with what is needed to ask and to write back."""

    company: CompanyKey
    position: int
    provider_id: str | None
    attempts: int
    lost_answers: int
    refusals: int
    steps_done: int
    credits: float
    history: list[dict[str, Any]]

    @property
    def key(self) -> str:
        return self.company.key

    def request_key(self, lane: Lane) -> str:
        """The question's key: what was sent for a match, the provider's id for an enrich."""
        return self.company.fingerprint() if lane.is_match else (self.provider_id or "")


TARGET_COLUMNS = (
    "domain",
    "position",
    "asked_domain",
    "asked_name",
    "asked_linkedin_url",
    "provider_id",
    "batch_cap",
    "attempts",
    "lost_answers",
    "refusals",
    "steps_done",
    "credits",
    "history",
)


def target_from_row(row: RowMapping) -> Target:
    company = CompanyKey(
        key=row["domain"],
        domain=row["asked_domain"],
        name=row["asked_name"],
        linkedin_url=row["asked_linkedin_url"],
    )
    return Target(
        company=company,
        position=row["position"],
        provider_id=row["provider_id"],
        attempts=row["attempts"],
        lost_answers=row["lost_answers"],
        refusals=row["refusals"],
        steps_done=row["steps_done"],
        credits=row["credits"],
        history=row["history"],
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Targets leased together, to be asked in one call. `entities` counts distinct questions."""

    run_id: str
    lane: Lane
    token: str
    call_id: str
    targets: tuple[Target, ...]
    entities: int
    reserved: float
