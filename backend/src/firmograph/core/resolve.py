"""Resolve: the value to show among what providers said, with the losers kept and conflicts marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from firmograph.core.company import fold
from firmograph.core.fields import ALL_FIELDS, LIST_FIELDS, Field, FieldValue
from firmograph.core.match import CONFIDENCE_RANK, Confidence
from firmograph.core.observations import Observation
from firmograph.core.web_domain import registrable_domain

OVERRIDE = "override"  # the provider's name of a value a person set

_URL_FIELDS = frozenset({Field.WEBSITE})
# From the general to the particular. The parts of one address belong together: a region of another country, or a street
# of another city, would make a place that nobody named.
_PLACE = (Field.COUNTRY_CODE, Field.COUNTRY, Field.REGION, Field.CITY, Field.STREET, Field.POSTAL_CODE)
_IN_ORDER = (*_PLACE, *(field for field in ALL_FIELDS if field not in _PLACE))
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
    they fill stays open. So does a part of an address that only contradicting sources fill.
    """
    by_field: dict[Field, list[Observation]] = {}
    for observation in observations:
        if observation.value is not None:
            by_field.setdefault(observation.field, []).append(observation)
    said = {(o.lookup_id, o.field): o.value for rivals in by_field.values() for o in rivals}
    resolved: dict[Field, Resolved] = {}
    for field in _IN_ORDER:
        rivals = by_field.get(field, [])
        if len(rivals) > 1:
            rivals.sort(key=lambda rival: _rank(rival, priority))
        eligible = [
            rival
            for rival in rivals
            if (accept_low or rival.confidence is not Confidence.LOW) and _is_of_this_place(rival, said, resolved)
        ]
        if not eligible:
            continue
        winner = eligible[0]
        losers = tuple(rival for rival in rivals if rival is not winner)
        trusted = [
            rival
            for rival in losers
            # What the sandbox invented contradicts nobody.
            if (accept_low or rival.confidence is not Confidence.LOW) and rival.is_sandbox == winner.is_sandbox
        ]
        is_conflict = any(differs(field, winner.value, rival.value) for rival in trusted)
        resolved[field] = Resolved(winner, losers, is_conflict)
    return {field: resolved[field] for field in ALL_FIELDS if field in resolved}


def _is_of_this_place(
    rival: Observation, said: Mapping[tuple[str, Field], FieldValue | None], resolved: Mapping[Field, Resolved]
) -> bool:
    """Whether a part of an address comes from a source that agrees on the more general parts chosen so far."""
    if rival.field not in _PLACE or rival.provider == OVERRIDE:
        return True
    more_general = _PLACE[: _PLACE.index(rival.field)]
    return not any(
        differs(field, resolved[field].value, said.get((rival.lookup_id, field)))
        for field in more_general
        if field in resolved
    )


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
