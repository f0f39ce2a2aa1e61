"""How a run's progress reads."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from firmograph.cli.progress import LineDisplay, Pace, duration, facts_of
from firmograph.runs.run import Run

MakeRun = Callable[..., Run]


def test_pace_counts_the_last_half_minute() -> None:
    pace = Pace()
    assert pace.per_minute() is None
    pace.note(0, 0.0)
    pace.note(10, 0.5)
    assert pace.per_minute() is None  # too short to go by
    pace.note(100, 60.0)
    pace.note(200, 120.0)
    assert pace.per_minute() == pytest.approx(100)
    assert pace.seconds_left(50) == pytest.approx(30)


def test_a_run_that_stands_still_has_no_time_left_to_name() -> None:
    pace = Pace()
    pace.note(5, 0.0)
    pace.note(5, 10.0)
    assert pace.per_minute() == 0
    assert pace.seconds_left(7) is None


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59.6, "1 min 0 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_the_facts_name_outcomes_credits_and_what_is_waited_for(make_run: MakeRun) -> None:
    counts = {"targets": 100, "enriched": 40, "no_match": 2, "pending": 58}
    run = make_run(counts=counts, credits_spent=40.0, budget=90.0)
    said = facts_of(run, Pace(), "waiting for explorium's limit")
    assert said == "40 enriched · 2 no_match · 40 of 90 credits · waiting for explorium's limit"
    assert facts_of(make_run("importing", counts={"records": 1200, "rejected": 7}), Pace(), "") == (
        "reading the list: 1,200 records, 7 rejected"
    )


def test_lines_come_when_there_is_news(make_run: MakeRun, capsys: pytest.CaptureFixture[str]) -> None:
    with LineDisplay() as display:
        display.show(make_run("importing"), waits="")
        assert capsys.readouterr().err == ""
        display.show(make_run(counts={"records": 9, "targets": 9, "pending": 9}), waits="")
        display.show(make_run(counts={"records": 9, "targets": 9, "pending": 5, "enriched": 4}), waits="")
        display.show(make_run("succeeded", counts={"records": 9, "targets": 9, "enriched": 9}), waits="")
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(" · ")[0] for line in lines] == ["0 of 9 companies", "9 of 9 companies"]
