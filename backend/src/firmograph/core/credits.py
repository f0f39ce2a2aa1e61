"""Credits: what a batch may cost at worst, how many companies a budget still covers, and how a bill is split."""

from __future__ import annotations

from collections.abc import Sequence


def affordable(wanted: int, *, price: float, left: float | None) -> int:
    """How many of `wanted` companies can be asked at `price` credits each with `left` credits (`None`: no budget)."""
    if left is None or price <= 0:
        return wanted
    return max(0, min(wanted, int((left + 1e-9) / price)))


def split_bill(billed: float | None, *, billable: Sequence[str], price: float) -> tuple[dict[str, float], float]:
    """The bill of one call split over the companies with billable data, and the remainder that belongs to none.

    `billed` is what the provider said; without a word from it, each billable company is taken to cost `price`. A bill
    for a batch without billable data stays whole as the remainder.
    """
    if billed is None:
        return dict.fromkeys(billable, price), 0.0
    if not billable:
        return {}, billed
    share = round(billed / len(billable), 4)
    shares = dict.fromkeys(billable, share)
    return shares, round(billed - share * len(billable), 4)
