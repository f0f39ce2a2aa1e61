"""The waterfall asks only for what is missing, once a step, and comes back to what was blocked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from firmograph.core.fields import Field
from firmograph.core.waterfall import Step, next_step

fields = st.frozensets(st.sampled_from(Field))
plans = st.lists(st.builds(Step, st.text(max_size=3), fields), max_size=5)


def test_the_first_step_that_can_add_something_is_next() -> None:
    plan = [Step("a", frozenset({Field.NAME})), Step("b", frozenset({Field.CITY}))]
    wanted = frozenset({Field.CITY, Field.NAME})
    assert next_step(plan, wanted=wanted, filled=frozenset(), done=0) == 0
    assert next_step(plan, wanted=wanted, filled=frozenset({Field.NAME}), done=1) == 1
    assert next_step(plan, wanted=wanted, filled=frozenset({Field.NAME}), done=0) == 1
    assert next_step(plan, wanted=wanted, filled=wanted, done=0) is None
    assert next_step(plan, wanted=frozenset({Field.PHONE}), filled=frozenset(), done=0) is None


def test_a_blocked_step_waits_behind_a_free_one() -> None:
    plan = [Step("paid", frozenset({Field.NAME})), Step("free", frozenset({Field.NAME}))]
    wanted = frozenset({Field.NAME})
    assert next_step(plan, wanted=wanted, filled=frozenset(), done=0, blocked={0}) == 1
    assert next_step(plan, wanted=wanted, filled=frozenset(), done=2, blocked={0}) == 0


@given(plan=plans, wanted=fields, filled=fields, blocked=st.frozensets(st.integers(0, 4)))
def test_every_target_finishes_and_no_step_is_taken_twice(
    plan: list[Step], wanted: frozenset[Field], filled: frozenset[Field], blocked: frozenset[int]
) -> None:
    done, taken = 0, []
    while (step := next_step(plan, wanted=wanted, filled=filled, done=done, blocked=blocked)) is not None:
        assert step not in taken
        assert plan[step].fields & (wanted - filled)
        taken.append(step)
        done |= 1 << step
    useful = {place for place, step in enumerate(plan) if step.fields & (wanted - filled)}
    assert set(taken) == useful
