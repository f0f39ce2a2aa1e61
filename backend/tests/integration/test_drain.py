"""Whole runs against the sandbox over real HTTP, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import func, select

from firmograph.app import App
from firmograph.core.outcomes import RunState
from firmograph.db.models import asks, calls, companies, lookups
from firmograph.runs import service
from firmograph.sandbox.options import PASSING_FAULTS, SandboxOptions
from firmograph.sandbox.server import running_sandbox

from .driving import drain, load, recount, rows_of, stats, submit, wait_until, with_explorium

LIST = [f"Firm {number},https://www.quill-{number:03d}.com/about" for number in range(130)]


@pytest.fixture
def sandbox() -> Iterator[str]:
    with running_sandbox(SandboxOptions(latency_ms=0, rate_per_minute=0)) as url:
        yield url


def outcomes(app: App, run: Any) -> dict[str, tuple[str, str | None, str | None]]:
    return {key: (row["outcome"], row["reason"], row["name"]) for key, row in rows_of(app, run).items()}


def test_a_list_is_enriched_and_every_number_adds_up(app: App, sandbox: str) -> None:
    app = with_explorium(app, sandbox)
    doubled = [*LIST, "Firm 7 again,quill-007.com", "Nobody,n/a", "Mail,me@gmail.com"]
    run = drain(app, submit(app, doubled, waterfall=("explorium",)))
    assert run.state is RunState.SUCCEEDED
    counts = run.counts
    assert (counts["records"], counts["rejected"], counts["duplicates"], counts["targets"]) == (133, 2, 1, 130)
    assert counts["enriched"] > 80
    assert counts["enriched"] + counts["no_match"] == 130
    assert recount(app, run) == {name: counts[name] for name in recount(app, run)}
    asked = stats(sandbox)["verbs"]
    assert asked["match"]["entities_asked"] == 130
    assert asked["firmographics"]["entities_asked"] < 130
    assert run.credits_spent == stats(sandbox)["credits"]["charged"]
    assert run.credits_reserved == run.credits_uncertain == 0
    with app.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(asks)).scalar() == 0
        unfinished = select(func.count()).select_from(calls).where(calls.c.finished_at.is_(None))
        assert connection.execute(unfinished).scalar() == 0
        known = connection.execute(select(func.count()).select_from(companies)).scalar()
        assert known == counts["enriched"]
        paid = connection.execute(select(func.sum(lookups.c.credits))).scalar()
        assert paid == run.credits_spent


def test_the_same_list_again_asks_nothing(app: App, sandbox: str) -> None:
    app = with_explorium(app, sandbox)
    first = drain(app, submit(app, LIST, waterfall=("explorium",)))
    before = stats(sandbox)["verbs"]
    second = drain(app, submit(app, LIST, waterfall=("explorium",)))
    assert stats(sandbox)["verbs"] == before
    assert second.credits_spent == 0
    assert outcomes(app, first) == outcomes(app, second)
    third = drain(app, submit(app, LIST[:10], waterfall=("explorium",), max_age_days=0))
    assert stats(sandbox)["verbs"]["match"]["entities_asked"] == before["match"]["entities_asked"] + 10
    assert third.state is RunState.SUCCEEDED


def test_faults_change_nothing_but_the_effort(app: App) -> None:
    results = []
    for rate in (0.0, 0.35):
        options = SandboxOptions(latency_ms=0, rate_per_minute=0, fail_rate=rate, faults=PASSING_FAULTS, slow_ms=50)
        with running_sandbox(options) as url:
            faulty = with_explorium(app, url)
            run = drain(faulty, submit(faulty, LIST, waterfall=("explorium",)))
            assert run.state is RunState.SUCCEEDED
            assert recount(app, run) == {name: run.counts[name] for name in recount(app, run)}
            results.append(outcomes(app, run))
            for verb in stats(url)["verbs"].values():
                assert verb["entities_delivered"] == verb["distinct_delivered"]
    assert results[0] == results[1]


def test_a_budget_is_never_exceeded_and_resume_goes_on(app: App, sandbox: str) -> None:
    app = with_explorium(app, sandbox)
    run = drain(app, submit(app, LIST, waterfall=("explorium",), budget=20))
    assert (run.state, run.reason) == (RunState.PAUSED, "budget_used_up")
    assert run.credits_spent == 20
    assert run.credits_spent == stats(sandbox)["credits"]["charged"]
    with app.database.write() as connection:
        service.resume(connection, run, budget=1000)
    run = drain(app, run)
    assert run.state is RunState.SUCCEEDED
    assert stats(sandbox)["verbs"]["match"]["entities_asked"] == 130


def test_a_refused_key_pauses_after_the_free_steps(app: App) -> None:
    rows = [*LIST[:20], "SAP SE,sap.com", "Siemens,siemens.com"]
    with running_sandbox(SandboxOptions(latency_ms=0, rate_per_minute=0, api_key="right")) as url:
        wrong = with_explorium(app, url, key="wrong")
        run = drain(wrong, submit(wrong, rows, waterfall=("explorium", "open_facts")))
        assert (run.state, run.reason) == (RunState.PAUSED, "key_refused")
        assert run.counts["failed"] == run.counts["skipped"] == 0
        sap = rows_of(app, run)["sap.com"]
        assert (sap["country_code"], sap["outcome"], sap["state"]) == ("DE", None, "open")
        right = with_explorium(app, url, key="right")
        with app.database.write() as connection:
            service.resume(connection, run)
        run = drain(right, run)
        assert run.state is RunState.SUCCEEDED
        assert "open_facts" in rows_of(app, run)["sap.com"]["sources"]
        assert run.counts["pending"] == 0


def test_credits_used_up_pause_and_nothing_fails(app: App) -> None:
    with running_sandbox(SandboxOptions(latency_ms=0, rate_per_minute=0, credits=60)) as url:
        app = with_explorium(app, url)
        run = drain(app, submit(app, LIST, waterfall=("explorium",)))
        assert (run.state, run.reason) == (RunState.PAUSED, "credits_used_up")
        assert run.counts["failed"] == 0
        httpx.post(f"{url}/sandbox/options", json={"credits": 100_000})
        with app.database.write() as connection:
            service.resume(connection, run)
        run = drain(app, run)
        assert run.state is RunState.SUCCEEDED
        verbs = stats(url)["verbs"]
        assert verbs["firmographics"]["entities_delivered"] == verbs["firmographics"]["distinct_delivered"]


def test_two_runs_at_once_ask_each_question_once(app: App) -> None:
    with running_sandbox(SandboxOptions(latency_ms=60, rate_per_minute=0)) as url:
        app = with_explorium(app, url)
        runs = [submit(app, rows, waterfall=("explorium",)) for rows in (LIST, list(reversed(LIST)))]
        worker = app.worker()
        worker.start()
        wait_until(lambda: all(load(app, run).is_terminal for run in runs))
        worker.stop()
        for verb in stats(url)["verbs"].values():
            assert verb["entities_asked"] == verb["distinct_asked"]
        assert outcomes(app, runs[0]) == outcomes(app, runs[1])
        total = sum(load(app, run).credits_spent for run in runs)
        assert total == stats(url)["credits"]["charged"]


def test_pause_cancel_and_a_late_answer(app: App) -> None:
    with running_sandbox(SandboxOptions(latency_ms=700, rate_per_minute=0)) as url:
        app = with_explorium(app, url)
        run = submit(app, LIST, waterfall=("explorium",))
        worker = app.worker()
        worker.start()
        wait_until(lambda: stats(url)["verbs"]["match"]["calls"] >= 3)
        with app.database.write() as connection:
            service.cancel(connection, load(app, run), now=app.clock.now())
        wait_until(lambda: stats(url)["verbs"]["match"]["calls_delivered"] >= 3)
        worker.stop()
        run = load(app, run)
        assert run.state is RunState.CANCELLED
        assert run.counts["skipped"] == 130
        assert recount(app, run) == {name: run.counts[name] for name in recount(app, run)}
        with app.database.read() as connection:  # answers that came after the cancel are kept for others
            assert connection.execute(select(func.count()).select_from(lookups)).scalar() == 130
        with app.database.write() as connection:
            opened = service.retry(connection, run, first_step=0, outcomes=["skipped"], now=app.clock.now())
        assert opened == 130
        run = drain(app, run)
        assert run.state is RunState.SUCCEEDED
        assert stats(url)["verbs"]["match"]["distinct_delivered"] == 130


def test_stopping_leaves_nothing_held(app: App) -> None:
    with running_sandbox(SandboxOptions(latency_ms=300, rate_per_minute=0)) as url:
        app = with_explorium(app, url)
        run = submit(app, LIST, waterfall=("explorium",))
        worker = app.worker(only=run.id)
        worker.start()
        wait_until(lambda: stats(url)["verbs"]["match"]["calls"] > 0)
        worker.stop()
        assert not worker.is_working
        run = load(app, run)
        assert run.state is RunState.RUNNING
        assert {row["state"] for row in rows_of(app, run).values()} <= {"open", "done"}
        run = drain(app, run)
        assert run.state is RunState.SUCCEEDED
        for verb in stats(url)["verbs"].values():
            assert verb["entities_asked"] == verb["distinct_asked"]


def test_names_and_linkedin_pages_are_keyed_by_what_was_found(app: App, sandbox: str) -> None:
    app = with_explorium(app, sandbox)
    rows = [f",,https://www.linkedin.com/company/quill-{n:03d}" for n in range(12)]
    rows += [f"Named Firm {n},," for n in range(12)]
    run = submit(app, rows, header="company,website,linkedin", waterfall=("explorium",), allow_name_only=True)
    run = drain(app, run)
    assert run.counts["targets"] == 24
    found = rows_of(app, run)
    by_page = [row for key, row in found.items() if key.startswith("linkedin:")]
    assert any(row["outcome"] == "enriched" and row["company_domain"] for row in by_page)
    assert {row["match_confidence"] for row in by_page} <= {"medium", "low", None}
    by_name = [row for key, row in found.items() if key.startswith("name:")]
    assert {row["match_confidence"] for row in by_name} <= {"low", None}
    assert not any(row["outcome"] == "enriched" for row in by_name)
    accepted = drain(
        app,
        submit(
            app,
            rows,
            header="company,website,linkedin",
            waterfall=("explorium",),
            allow_name_only=True,
            accept_low=True,
        ),
    )
    assert accepted.credits_spent == 0
    assert accepted.counts["enriched"] > run.counts["enriched"]
