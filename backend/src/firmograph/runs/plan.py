"""A run's plan at work: its steps with the providers that are really there, and which stored answers are fresh."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from firmograph.core.fields import Field
from firmograph.core.waterfall import Step, next_step
from firmograph.providers.base import Provider, ProviderOff
from firmograph.runs.run import Run

AnyProvider = Provider | ProviderOff


@dataclass(frozen=True, slots=True)
class Freshness:
    """From when on a stored hit or miss answers a question, so that it is not asked again."""

    hits_since: datetime
    misses_since: datetime


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What the drain needs to know of a run beside its rows."""

    run: Run
    providers: tuple[AnyProvider, ...]  # one per step of the waterfall
    steps: tuple[Step, ...]
    wanted: frozenset[Field]
    max_age_days: float
    miss_max_age_days: float

    def next_step(self, *, filled: frozenset[Field], done: int, blocked: frozenset[int] = frozenset()) -> int | None:
        return next_step(self.steps, wanted=self.wanted, filled=filled, done=done, blocked=blocked)

    def freshness(self, now: datetime) -> Freshness:
        """Answers since the run began to ask are fresh at any age allowed; after a retry, older misses are not."""
        hit_age = self.max_age_days if self.run.max_age_days is None else self.run.max_age_days
        miss_age = min(self.miss_max_age_days, hit_age)
        hits = min(now - timedelta(days=hit_age), self.run.asked_since)
        misses = min(now - timedelta(days=miss_age), self.run.asked_since)
        if self.run.misses_since is not None:
            misses = max(misses, self.run.misses_since)
        return Freshness(hits, misses)

    @property
    def priority(self) -> tuple[str, ...]:
        return self.run.waterfall


def make_plan(run: Run, providers: dict[str, AnyProvider], *, max_age_days: float, miss_max_age_days: float) -> RunPlan:
    """The plan of a run with the providers of this process."""
    chosen = tuple(providers[name] for name in run.waterfall)
    return RunPlan(
        run=run,
        providers=chosen,
        steps=tuple(Step(provider.spec.name, provider.spec.fields) for provider in chosen),
        wanted=frozenset(run.fields),
        max_age_days=max_age_days,
        miss_max_age_days=miss_max_age_days,
    )
