"""How sure we are that a provider's company is the one that was asked for, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Confidence(StrEnum):
    """Our own judgement; no provider's score."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    __hash__ = str.__hash__  # as in `Field`


CONFIDENCE_RANK = {Confidence.LOW: 0, Confidence.MEDIUM: 1, Confidence.HIGH: 2}


@dataclass(frozen=True, slots=True)
class Judgement:
    """A confidence with its reasons, each a short phrase a person can read."""

    confidence: Confidence
    reasons: tuple[str, ...]
