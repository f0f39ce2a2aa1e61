"""The sliding minute of a key."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from firmograph.sandbox.window import SlidingWindow


def test_what_arrived_leaves_after_sixty_seconds() -> None:
    window = SlidingWindow()
    assert window.admit(150, 200, 0.0)
    assert not window.admit(51, 200, 10.0)
    assert window.admit(50, 200, 10.0)
    assert not window.admit(1, 200, 59.99)
    assert window.admit(150, 200, 60.0)


def test_a_refused_call_does_not_count() -> None:
    window = SlidingWindow()
    for moment in range(50):
        assert not window.admit(201, 200, float(moment))
    assert window.used(50.0) == 0


def test_how_long_to_wait_for_room() -> None:
    window = SlidingWindow()
    window.admit(100, 200, 0.0)
    window.admit(100, 200, 30.0)
    assert window.seconds_until_room(50, 200, 31.0) == 29
    assert window.seconds_until_room(150, 200, 31.0) == 59
    assert window.seconds_until_room(201, 200, 31.0) == 60
    assert window.seconds_until_reset(31.0) == 29.0
    assert window.seconds_until_reset(95.0) == 0.0


@settings(max_examples=50)
@given(st.lists(st.tuples(st.floats(0, 20), st.integers(0, 50)), max_size=40))
def test_no_sixty_seconds_hold_more_than_the_limit(calls: list[tuple[float, int]]) -> None:
    window, now, admitted = SlidingWindow(), 0.0, list[tuple[float, int]]()
    for pause, weight in calls:
        now += pause
        if window.admit(weight, 100, now):
            admitted.append((now, weight))
    for start, _ in admitted:
        assert sum(weight for moment, weight in admitted if start <= moment < start + 60) <= 100
