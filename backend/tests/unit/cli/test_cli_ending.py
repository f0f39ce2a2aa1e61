"""The exit code of a run, and what a person is told to do next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from firmograph.cli.driving import who_drains
from firmograph.cli.ending import exit_code_of, next_steps
from firmograph.runs.run import Run

MakeRun = Callable[..., Run]


@pytest.mark.parametrize(
    ("state", "reason", "not_entitled", "code"),
    [
        ("succeeded", None, 0, 0),
        ("succeeded", None, 2, 3),
        ("partial", None, 0, 3),
        ("failed", None, 0, 3),
        ("failed", "unreadable_input", 0, 2),
        ("paused", "budget_used_up", 0, 4),
        ("paused", "key_refused", 3, 4),
        ("cancelled", None, 0, 1),
    ],
)
def test_exit_codes(make_run: MakeRun, state: str, reason: str | None, not_entitled: int, code: int) -> None:
    assert exit_code_of(make_run(state, reason=reason), not_entitled=not_entitled) == code


@pytest.mark.parametrize(
    ("state", "facts", "words"),
    [
        ("paused", {"reason": "key_refused", "detail": "The key was refused."}, "runs resume {id}"),
        ("paused", {"reason": "budget_used_up", "detail": "More: `runs resume RUN --budget N`"}, "{id} --budget N"),
        ("partial", {"counts": {"failed": 1}}, "1 company failed. Ask again with: firmograph runs retry {id}"),
        ("failed", {"reason": "unreadable_input", "detail": "line 7"}, "Error: line 7"),
        ("cancelled", {}, "was cancelled"),
        ("running", {}, "runs resume {id}"),
    ],
)
def test_next_steps_name_the_run(make_run: MakeRun, state: str, facts: dict[str, Any], words: str) -> None:
    run = make_run(state, **facts)
    assert words.format(id=run.id) in "\n".join(next_steps(run))


def test_a_run_that_went_well_needs_nothing(make_run: MakeRun) -> None:
    assert next_steps(make_run("succeeded")) == []
    assert "--reason not_entitled" in next_steps(make_run("succeeded"), not_entitled=2)[0]


def test_a_follower_says_who_works_and_what_that_one_lacks(make_run: MakeRun) -> None:
    run = make_run()
    server = {"pid": 7, "command": "serve", "providers": ["open_facts"]}
    said = who_drains(server, run)
    assert "Process 7 (serve)" in said
    assert "explorium switched off" in said
    other = {"pid": 8, "command": "firmograph enrich b.csv", "providers": list(run.waterfall), "only": "another run"}
    assert "another run" in who_drains(other, run)
    assert "switched off" not in who_drains(other, run)
    assert "or when it ends" in who_drains({"pid": 9, "command": "firmograph enrich c.csv"}, run)
    assert "Process ?" in who_drains({}, run)
