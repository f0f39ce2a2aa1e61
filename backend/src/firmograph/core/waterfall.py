"""The waterfall: which provider a company is asked at next, decided from data alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from firmograph.core.fields import Field


@dataclass(frozen=True, slots=True)
class Step:
    """One provider's turn, with the fields it can say."""

    provider: str
    fields: frozenset[Field]


def next_step(
    plan: Sequence[Step],
    *,
    wanted: frozenset[Field],
    filled: frozenset[Field],
    done: int,
    blocked: Iterable[int] = (),
) -> int | None:
    """The index of the first step that may still add a wanted field, or `None` when the target is finished.

    `done` is a bit mask of steps already taken. A blocked step (its key was refused, say) is passed over while another
    can help, and waited for when none can.
    """
    missing = wanted - filled
    useful = [index for index, step in enumerate(plan) if not done & (1 << index) and step.fields & missing]
    held = set(blocked)
    free = [index for index in useful if index not in held]
    return next(iter(free or useful), None)
