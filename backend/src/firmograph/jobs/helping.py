"""How many drains help a run: as many as there is work for, and as many as its providers' limits can feed."""

from __future__ import annotations

from math import ceil

from firmograph.providers.base import ProviderOff
from firmograph.runs.plan import RunPlan

_TARGETS_A_DRAIN = 500
_ENTITIES_A_DRAIN = 20_000  # a minute: what one drain sends without effort, slow answers included
_FEWEST = 2  # so that a worker's death does not leave a run alone until it is noticed


def drains_that_help(plan: RunPlan, *, workers: int) -> int:
    """Between 1 and the number of workers; 1 for a small list, however many workers there are."""
    by_work = ceil(plan.run.counts["pending"] / _TARGETS_A_DRAIN)
    return max(1, min(workers, by_work, _by_limit(plan, workers)))


def _by_limit(plan: RunPlan, workers: int) -> int:
    fed = [_FEWEST]
    for provider in plan.providers:
        if isinstance(provider, ProviderOff) or provider.host == "local":
            continue
        fed.append(workers if provider.limit is None else ceil(provider.limit.per_minute / _ENTITIES_A_DRAIN))
    return max(fed)
