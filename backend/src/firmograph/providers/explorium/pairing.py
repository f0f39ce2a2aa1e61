"""Which row of a match answer is about which company: by place while nothing contradicts it, by the echo otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from firmograph.providers.explorium.wire import MatchItem, MatchRow

# Many more rows than questions are no answer to them, and comparing them all would hold everybody up.
_MAX_ROWS_PER_ITEM = 10


def pair(items: Sequence[MatchItem], rows: Sequence[Any]) -> dict[int, MatchRow]:
    """The row for each item, by the item's place in what was sent.

    An item is left out when no row is surely about it: the answer has another length and no row echoes the item, or
    rows contradict each other. Such an item has not been answered.
    """
    if len(rows) > _MAX_ROWS_PER_ITEM * len(items):
        return {}
    is_aligned = len(items) == len(rows)
    claims: dict[int, list[tuple[int, MatchRow]]] = {}
    for place, raw in enumerate(rows):
        row = MatchRow.of(raw)
        target = None if row is None else _target(items, row.echo, place if is_aligned else None)
        if row is not None and target is not None:
            claims.setdefault(target, []).append((place, row))
    settled = ((target, _settle(target, claimed, is_aligned=is_aligned)) for target, claimed in claims.items())
    return {target: row for target, row in settled if row is not None}


def _target(items: Sequence[MatchItem], echo: MatchItem, place: int | None) -> int | None:
    """The item that a row at `place` is about; `place` is `None` where places mean nothing."""
    at_place = None if place is None else items[place].same_as(echo)
    if at_place:
        return place
    echoed = [index for index, item in enumerate(items) if item.same_as(echo)]
    if len(echoed) == 1:
        return echoed[0]
    # Nothing to compare (an empty echo, say) leaves the place; a contradiction leaves nothing.
    return place if at_place is None else None


def _settle(target: int, claimed: list[tuple[int, MatchRow]], *, is_aligned: bool) -> MatchRow | None:
    """The row in its own place, else the rows' common word; `None` when they name different ids."""
    if is_aligned:
        for place, row in claimed:
            if place == target:
                return row
    first = claimed[0][1]
    return first if all(row.business_id == first.business_id for _, row in claimed) else None
