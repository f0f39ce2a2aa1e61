"""What a worker holds while it asks: a lane, the targets it leased, and the call they go out in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row

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

    def enriching(self) -> Lane:
        """The lane that follows a match of the same step."""
        return Lane(self.step, self.provider.spec.family, self.provider)


@dataclass(frozen=True, slots=True)
class Target:
    """A target with what is needed to ask and to write back, in the order of `TARGET_COLUMNS`."""

    company: CompanyKey
    position: int
    provider_id: str | None
    batch_cap: int | None
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

    def matched(self, provider_id: str, *, paid: float) -> Target:
        """The target after its match, with nothing tried yet of what follows."""
        return replace(
            self, provider_id=provider_id, credits=paid, batch_cap=None, attempts=0, lost_answers=0, refusals=0
        )


TARGET_COLUMNS = (
    "domain",
    "asked_domain",
    "asked_name",
    "asked_linkedin_url",
    "position",
    "provider_id",
    "batch_cap",
    "attempts",
    "lost_answers",
    "refusals",
    "steps_done",
    "credits",
    "history",
)


def target_from_row(row: Row[Any]) -> Target:
    """A target of the columns above."""
    key, domain, name, linkedin_url, *rest = tuple(row)
    return Target(CompanyKey(key=key, domain=domain, name=name, linkedin_url=linkedin_url), *rest)


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Targets leased together, to be asked in one call. `questions` are theirs, in their order; `entities` counts the
    distinct ones."""

    run_id: str
    lane: Lane
    token: str
    call_id: str
    targets: tuple[Target, ...]
    questions: tuple[str, ...]
    entities: int
    reserved: float


def make_batch(run_id: str, lane: Lane, targets: Iterable[Target], *, token: str, call_id: str) -> Batch:
    """A batch with its questions, and the worst price of them."""
    chosen = tuple(targets)
    questions = tuple(target.request_key(lane) for target in chosen)
    entities = len(set(questions))
    return Batch(
        run_id=run_id,
        lane=lane,
        token=token,
        call_id=call_id,
        targets=chosen,
        questions=questions,
        entities=entities,
        reserved=entities * lane.price,
    )
