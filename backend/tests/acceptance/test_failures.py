"""Errors that retries don't cure give code 3, and `runs retry` asks those again, and only those."""

from __future__ import annotations

from collections.abc import Callable

from .desk import Desk, are_answered, change, companies, errors, outcomes, rows_of, run_of, stats


def test_failed_companies_are_retried_on_demand(desk: Desk, sandbox: Callable[..., str]) -> None:
    base_url = sandbox(fail_rate=1.0, faults=("not_json",))
    desk.use_sandbox(base_url)
    desk.write("list.csv", companies(20) + "Nobody,-\n")
    done = desk.run("enrich", "list.csv", "-o", "out.csv", "--waterfall", "explorium", expect=3)
    assert outcomes(rows_of(desk.folder / "out.csv")) == {"failed": 20, "rejected": 1}
    run = run_of(errors(done))
    assert f"runs retry {run}" in errors(done)
    assert b"failed (bad_answer)" in done.stdout
    change(base_url, fail_rate=0.0)
    report = desk.json("runs", "retry", run, "--json")
    *asked, rejected = rows_of(desk.folder / "out.csv")
    assert are_answered(asked, 20)
    assert rejected["enriched_outcome"] == "rejected"
    assert report["run"]["state"] == "succeeded"
    desk.run("runs", "retry", run, "--reason", "fashion", expect=2)


def test_passing_faults_leave_no_trace_in_the_result(desk: Desk, sandbox: Callable[..., str]) -> None:
    faults = ("server_error", "bad_gateway", "unavailable", "cut_json", "wrong_length")
    base_url = sandbox(fail_rate=0.15, faults=faults, seed=3, miss_rate=0.2)
    desk.use_sandbox(base_url)
    desk.write("list.csv", companies(200))
    done = desk.run("enrich", "list.csv", "-o", "faulty.csv", "--waterfall", "explorium", expect=0)
    assert "perhaps charged" in done.stdout.decode()
    change(base_url, fail_rate=0.0)
    desk.run("enrich", "list.csv", "-o", "sound.csv", "--waterfall", "explorium", "--max-age", "0")
    faulty, sound = rows_of(desk.folder / "faulty.csv"), rows_of(desk.folder / "sound.csv")
    assert faulty == sound
    assert outcomes(faulty)["no_match"] > 0
    assert stats(base_url)["faults"]
