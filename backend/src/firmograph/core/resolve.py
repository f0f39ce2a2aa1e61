"""Resolve: the value to show among what providers said, with the losers kept and conflicts marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from firmograph.core.company import fold
from firmograph.core.fields import LIST_FIELDS, Field, FieldValue
from firmograph.core.match import CONFIDENCE_RANK, Confidence
from firmograph.core.observations import Observation
from firmograph.core.web_domain import registrable_domain

OVERRIDE = "override"  # the provider's name of a value a person set

_URL_FIELDS = frozenset({Field.WEBSITE})
# Two texts that describe the same company are never equal; a logo's address tells nothing.
_NEVER_IN_CONFLICT = frozenset({Field.DESCRIPTION, Field.LOGO_URL, Field.LINKEDIN_URL, *LIST_FIELDS})


@dataclass(frozen=True, slots=True)
class Resolved:
    """One field's value: the winning observation, the losers in order, and whether a loser contradicts it."""

    winner: Observation
    losers: tuple[Observation, ...]
    is_conflict: bool

    @property
    def value(self) -> FieldValue:
        if self.winner.value is None:
            raise ValueError("an observation without a value can't win")
        return self.winner.value


def resolve(
    observations: Iterable[Observation], *, priority: Sequence[str], accept_low: bool = False
) -> dict[Field, Resolved]:
    """Choose per field: a person's override first, true data before the sandbox's, then the plan's order, then our
    confidence, then the newest. The order in which observations are given does not matter.

    Readings without a value never compete. Values of a `low` match are losers unless `accept_low`; a field that only
    they fill stays open.
    """
    by_field: dict[Field, list[Observation]] = {}
    for observation in observations:
        if observation.value is not None:
            by_field.setdefault(observation.field, []).append(observation)
    resolved: dict[Field, Resolved] = {}
    for field, rivals in by_field.items():
        eligible = [rival for rival in rivals if accept_low or rival.confidence is not Confidence.LOW]
        if not eligible:
            continue
        eligible.sort(key=lambda rival: _rank(rival, priority))
        winner = eligible[0]
        losers = tuple(sorted((r for r in rivals if r is not winner), key=lambda rival: _rank(rival, priority)))
        is_conflict = any(differs(field, winner.value, rival.value) for rival in eligible[1:])
        resolved[field] = Resolved(winner, losers, is_conflict)
    return {field: resolved[field] for field in Field if field in resolved}


def values(resolved: Mapping[Field, Resolved]) -> dict[Field, FieldValue]:
    """Just the winning values."""
    return {field: choice.value for field, choice in resolved.items()}


def differs(field: Field, one: FieldValue | None, other: FieldValue | None) -> bool:
    """Whether two values of a field contradict each other in a way that matters."""
    if field in _NEVER_IN_CONFLICT or one is None or other is None:
        return False
    if field in _URL_FIELDS:
        return registrable_domain(str(one)) != registrable_domain(str(other))
    return fold(str(one)) != fold(str(other))


def _rank(observation: Observation, priority: Sequence[str]) -> tuple[int, bool, int, int, float, str, str]:
    place = priority.index(observation.provider) if observation.provider in priority else len(priority)
    return (
        0 if observation.provider == OVERRIDE else 1,
        observation.is_sandbox,
        place,
        -CONFIDENCE_RANK[observation.confidence],
        -observation.observed_at.timestamp(),
        observation.provider,
        str(observation.value),
    )
