"""What a person must act on pauses a run with code 4; `runs resume` goes on, and nothing answered is asked again."""

from __future__ import annotations

from collections.abc import Callable

from .desk import Desk, are_answered, change, companies, errors, outcomes, rows_of, run_of, stats


def test_a_used_up_budget(desk: Desk, sandbox: Callable[..., str]) -> None:
    base_url = sandbox()
    desk.use_sandbox(base_url)
    desk.write("list.csv", companies(120))
    done = desk.run("enrich", "list.csv", "-o", "out.csv", "--waterfall", "explorium", "--budget", "70", expect=4)
    rows = rows_of(desk.folder / "out.csv")
    assert outcomes(rows)["pending"] == 50
    assert are_answered([row for row in rows if row["enriched_outcome"] != "pending"], 70)
    run = desk.only_run()
    assert (run["state"], run["reason"], run["credits_spent"]) == ("paused", "budget_used_up", 70)
    assert f"runs resume {run['id']}" in errors(done)
    report = desk.json("runs", "resume", run["id"], "--budget", "500", "--json")
    assert are_answered(rows_of(desk.folder / "out.csv"), 120)
    verbs = stats(base_url)["verbs"]
    assert verbs["match"]["entities_delivered"] == verbs["firmographics"]["entities_delivered"] == 120
    assert report["credits"]["spent"] == 120


def test_a_refused_key(desk: Desk, sandbox: Callable[..., str]) -> None:
    base_url = sandbox(api_key="the-right-key")
    desk.use_sandbox(base_url, key="a-wrong-key")
    desk.write("list.csv", companies(5) + "Nike,nike.com\n")
    done = desk.run("enrich", "list.csv", "-o", "out.csv", "--waterfall", "explorium,open_facts", expect=4)
    assert "Paused (key_refused)" in errors(done)
    assert "a-wrong-key" not in errors(done) + done.stdout.decode()
    assert len(rows_of(desk.folder / "out.csv")) == 6
    desk.use_sandbox(base_url, key="the-right-key")
    desk.run("runs", "resume", run_of(errors(done)))
    assert are_answered(rows_of(desk.folder / "out.csv"), 6)


def test_credits_used_up(desk: Desk, sandbox: Callable[..., str]) -> None:
    base_url = sandbox(credits=60)
    desk.use_sandbox(base_url)
    desk.write("list.csv", companies(100))
    desk.run("enrich", "list.csv", "-o", "out.csv", "--waterfall", "explorium", expect=4)
    run = desk.only_run()
    assert (run["reason"], run["counts"]["failed"]) == ("credits_used_up", 0)
    change(base_url, credits=1000)
    report = desk.json("runs", "resume", run["id"], "--json")
    counts = report["run"]["counts"]
    assert (counts["enriched"] + counts["no_match"], counts["pending"]) == (100, 0)
    assert stats(base_url)["verbs"]["match"]["entities_delivered"] == 100
