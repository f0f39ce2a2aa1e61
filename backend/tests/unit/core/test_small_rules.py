"""Bands, credits, outcomes, fingerprints and shares."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmograph.core.company import CompanyKey
from firmograph.core.coverage import Share
from firmograph.core.credits import affordable, split_bill
from firmograph.core.fields import BANDS, Field, band_at, band_named, band_of, band_ordinal
from firmograph.core.outcomes import ALLOWED, TERMINAL_STATES, Outcome, Reason, RunState, target_outcome


@pytest.mark.parametrize(
    ("amount", "band"),
    [(1, "1-10"), (10, "1-10"), (11, "11-50"), (10_000, "5001-10000"), (10_001, "10001+"), (2_000_000, "10001+")],
)
def test_headcounts_fall_into_bands(amount: int, band: str) -> None:
    found = band_of(Field.EMPLOYEE_RANGE, amount)
    assert found is not None
    assert found.name == band


def test_nobody_is_no_band() -> None:
    assert band_of(Field.EMPLOYEE_RANGE, 0) is None
    assert band_of(Field.REVENUE_RANGE, -1) is None
    assert band_named(Field.EMPLOYEE_RANGE, "12-13") is None


@given(st.sampled_from(list(BANDS)), st.floats(1, 1e14))
def test_every_amount_has_one_band_and_bands_keep_their_place(field: Field, amount: float) -> None:
    band = band_of(field, amount)
    assert band is not None
    assert band.low <= amount
    assert band_at(field, band_ordinal(field, band.name)) == band.name


@given(st.integers(0, 500), st.floats(0.1, 10), st.none() | st.floats(0, 1000))
def test_what_is_affordable_never_costs_more_than_is_left(wanted: int, price: float, left: float | None) -> None:
    count = affordable(wanted, price=price, left=left)
    assert 0 <= count <= wanted
    if left is None:
        assert count == wanted
    else:
        assert count * price <= left + 1e-6
        assert count == wanted or (count + 1) * price > left


def test_free_questions_need_no_budget() -> None:
    assert affordable(50, price=0, left=0) == 50


@given(st.none() | st.floats(0, 1000), st.lists(st.text(max_size=4), unique=True, max_size=50), st.floats(0, 5))
def test_a_bill_is_split_whole(billed: float | None, billable: list[str], price: float) -> None:
    shares, remainder = split_bill(billed, billable=billable, price=price)
    total = sum(shares.values()) + remainder
    assert total == pytest.approx(len(billable) * price if billed is None else billed, abs=1e-3)
    assert set(shares) <= set(billable)


@pytest.mark.parametrize(
    ("has_value", "reasons", "outcome", "reason"),
    [
        (True, [Reason.TIMEOUT], Outcome.ENRICHED, None),
        (False, [Reason.NOT_FOUND, Reason.BAD_ANSWER], Outcome.FAILED, Reason.BAD_ANSWER),
        (False, [Reason.NOT_FOUND, Reason.CANCELLED], Outcome.SKIPPED, Reason.CANCELLED),
        (False, [Reason.NOT_FOUND, Reason.NO_DATA], Outcome.NO_MATCH, Reason.NO_DATA),
        (False, [Reason.NO_DATA, Reason.LOW_CONFIDENCE], Outcome.NO_MATCH, Reason.LOW_CONFIDENCE),
        (False, [], Outcome.NO_MATCH, Reason.NOT_FOUND),
    ],
)
def test_outcomes(has_value: bool, reasons: list[Reason], outcome: Outcome, reason: Reason | None) -> None:
    assert target_outcome(has_value=has_value, step_reasons=reasons) == (outcome, reason)


def test_every_state_leads_somewhere_and_only_a_retry_leaves_an_end() -> None:
    assert set(ALLOWED) == set(RunState)
    for state in TERMINAL_STATES:
        assert ALLOWED[state] == {RunState.QUEUED}


def test_the_same_question_has_the_same_fingerprint() -> None:
    one = CompanyKey(key="acme.com", domain="acme.com", name="ACME  Ltd")
    other = CompanyKey(key="acme.com", domain="acme.com", name="acme ltd")
    third = CompanyKey(key="acme.com", domain="acme.com", name="Acme Holding")
    assert one.fingerprint() == other.fingerprint() != third.fingerprint()


def test_a_share_of_nothing_is_no_number() -> None:
    assert Share(0, 0).share is None
    assert Share(1, 4).to_json() == {"count": 1, "of": 4, "share": 0.25}
