"""The value that is shown: a person's word, the plan's order, our confidence; and never by the order of arrival."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmograph.core.fields import Field, FieldValue
from firmograph.core.match import Confidence
from firmograph.core.observations import Observation
from firmograph.core.resolve import OVERRIDE, resolve, values

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def seen(
    field: Field,
    value: FieldValue | None,
    *,
    provider: str = "explorium",
    confidence: Confidence = Confidence.HIGH,
    is_sandbox: bool = False,
    days_ago: int = 0,
) -> Observation:
    return Observation(
        field=field,
        value=value,
        raw=str(value),
        provider=provider,
        is_sandbox=is_sandbox,
        confidence=confidence,
        observed_at=NOW - timedelta(days=days_ago),
        lookup_id=f"{provider}-{days_ago}",
    )


observations = st.lists(
    st.builds(
        seen,
        st.sampled_from([Field.CITY, Field.INDUSTRY]),
        st.sampled_from(["Paris", "Lyon", None]),
        provider=st.sampled_from(["explorium", "open_facts", OVERRIDE]),
        confidence=st.sampled_from(Confidence),
        is_sandbox=st.booleans(),
        days_ago=st.integers(0, 3),
    ),
    max_size=5,
)


@given(observations)
def test_the_order_of_arrival_does_not_matter(given_ones: list[Observation]) -> None:
    results = {
        str(sorted(values(resolve(order, priority=["explorium", "open_facts"])).items()))
        for order in permutations(given_ones)
    }
    assert len(results) == 1


@given(observations, st.booleans())
def test_what_is_shown_was_said_and_is_trusted(given_ones: list[Observation], accept_low: bool) -> None:
    resolved = resolve(given_ones, priority=["explorium"], accept_low=accept_low)
    for field, choice in resolved.items():
        assert choice.winner in given_ones
        assert choice.winner.field is field
        assert choice.value is not None
        assert accept_low or choice.winner.confidence is not Confidence.LOW
        assert len(choice.losers) == sum(o.field is field and o.value is not None for o in given_ones) - 1


def test_the_plans_order_decides_and_the_loser_is_kept_as_a_conflict() -> None:
    first, second = seen(Field.CITY, "Paris", provider="open_facts"), seen(Field.CITY, "Lyon")
    choice = resolve([second, first], priority=["open_facts", "explorium"])[Field.CITY]
    assert choice.value == "Paris"
    assert choice.losers == (second,)
    assert choice.is_conflict


def test_case_and_spacing_are_no_conflict() -> None:
    choice = resolve(
        [seen(Field.CITY, "São Paulo"), seen(Field.CITY, "são  paulo", provider="b")], priority=["explorium", "b"]
    )[Field.CITY]
    assert not choice.is_conflict


def test_a_person_wins_over_providers_and_truth_over_the_sandbox() -> None:
    said = [
        seen(Field.CITY, "Sandbox City", is_sandbox=True),
        seen(Field.CITY, "Lyon", provider="open_facts", days_ago=9),
    ]
    assert values(resolve(said, priority=["explorium", "open_facts"])) == {Field.CITY: "Lyon"}
    assert not resolve(said, priority=["explorium", "open_facts"])[Field.CITY].is_conflict
    said.append(seen(Field.CITY, "Nantes", provider=OVERRIDE, days_ago=30))
    assert values(resolve(said, priority=["explorium", "open_facts"])) == {Field.CITY: "Nantes"}


def test_a_low_match_fills_nothing_unless_accepted() -> None:
    low = [seen(Field.CITY, "Lyon", confidence=Confidence.LOW)]
    assert resolve(low, priority=["explorium"]) == {}
    assert values(resolve(low, priority=["explorium"], accept_low=True)) == {Field.CITY: "Lyon"}


def test_the_parts_of_an_address_come_from_sources_that_agree() -> None:
    said = [
        seen(Field.COUNTRY_CODE, "DE", provider="open_facts"),
        seen(Field.CITY, "Berlin", provider="open_facts"),
        seen(Field.COUNTRY_CODE, "US"),
        seen(Field.REGION, "Colorado"),
        seen(Field.STREET, "1 Main St"),
        seen(Field.INDUSTRY, "Retail"),
    ]
    shown = values(resolve(said, priority=["open_facts", "explorium"]))
    assert shown == {Field.INDUSTRY: "Retail", Field.COUNTRY_CODE: "DE", Field.CITY: "Berlin"}
    assert resolve(said, priority=["open_facts", "explorium"])[Field.COUNTRY_CODE].is_conflict
    agreeing = [seen(o.field, "DE" if o.field is Field.COUNTRY_CODE else o.value, provider=o.provider) for o in said]
    assert values(resolve(agreeing, priority=["open_facts", "explorium"]))[Field.STREET] == "1 Main St"


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        Observation(
            field=Field.CITY,
            value="x",
            raw="x",
            provider="p",
            is_sandbox=False,
            confidence=Confidence.HIGH,
            observed_at=datetime(2026, 1, 1),  # noqa: DTZ001 - the point of the test
            lookup_id="1",
        )
