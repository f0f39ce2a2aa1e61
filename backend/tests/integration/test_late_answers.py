"""Workers that died, or seemed to: what they held is free, what they may have spent is booked, late answers mend it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from firmograph.app import App
from firmograph.clock import SystemClock
from firmograph.core.outcomes import PauseReason, RunState
from firmograph.db.models import asks, calls, lookups, workers
from firmograph.errors import AnswerLost, NotAllowedNow, ProviderError, QuestionRefused
from firmograph.providers.base import BatchAnswer, ItemAnswer, LookupOutcome
from firmograph.runs import answers, claims, finish, reading, recovery, repository, service
from firmograph.runs.batch import Batch, Lane
from firmograph.runs.importing import import_run
from firmograph.runs.plan import RunPlan, make_plan

from .driving import load, recount, rows_of, submit, with_explorium

DOMAINS = [f"firm-{number}.com" for number in range(6)]
OWNER = "vm:1:first"
NOW = SystemClock().now()


@pytest.fixture
def plan(app: App) -> RunPlan:
    app = with_explorium(app, "http://scripted.invalid")
    run = submit(app, [f"Firm,{domain}" for domain in DOMAINS], waterfall=("explorium",))
    providers = app.providers()
    import_run(app.database, make_plan(run, providers, **app.ages()), app.clock, lambda: False)
    with app.database.write() as connection:
        repository.move(connection, run.id, RunState.RUNNING, started_at=NOW)
    return make_plan(load(app, run), providers, **app.ages())


def lane_of(plan: RunPlan, verb: str) -> Lane:
    provider = plan.providers[0]
    assert not hasattr(provider, "fix")
    return Lane(0, verb, provider)  # type: ignore[arg-type]


def claim(app: App, plan: RunPlan, verb: str, *, owner: str = OWNER, now: Any = NOW) -> Batch:
    with app.database.write() as connection:
        claimed = claims.claim(connection, plan, lane_of(plan, verb), sizes=[50], owner=owner, now=now)
    assert len(claimed.batches) == 1
    return claimed.batches[0]


def store(app: App, plan: RunPlan, *told: reading.Read) -> list[Batch | None]:
    with app.database.write() as connection:
        writing = answers.Writing(connection=connection, plan=plan, providers=app.providers(), now=NOW, owner=OWNER)
        return answers.store(writing, told)


def matches(plan: RunPlan, batch: Batch, onward: int = 0) -> reading.Read:
    items = {
        target.key: ItemAnswer(outcome=LookupOutcome.FOUND, provider_id=f"{target.position:032x}", payload={"id": 1})
        for target in batch.targets
    }
    return reading.read(plan, batch, BatchAnswer(items=items, status=200), duration_ms=1, now=NOW, onward=onward)


def firmographics(plan: RunPlan, batch: Batch) -> reading.Read:
    items = {
        target.key: ItemAnswer(
            outcome=LookupOutcome.FOUND,
            provider_id=target.provider_id,
            payload={"name": "Firm", "website": f"https://{target.key}"},
            is_billable=True,
        )
        for target in batch.targets
    }
    answer = BatchAnswer(items=items, status=200, credits=float(len(items)))
    return reading.read(plan, batch, answer, duration_ms=1, now=NOW)


def enriching(app: App, plan: RunPlan) -> Batch:
    """A batch that was matched and is out for its enrich."""
    (going,) = store(app, plan, matches(plan, claim(app, plan, "match"), onward=50))
    assert going is not None
    return going


def books(app: App, plan: RunPlan) -> tuple[float, float, float]:
    """Spent, reserved and uncertain, checked against the calls and the lookups they are sums of."""
    run = load(app, plan.run)
    with app.database.read() as connection:
        here = calls.c.run_id == run.id
        sums = [func.sum(calls.c[name]) for name in ("credits", "credits_remainder", "credits_uncertain")]
        spent, remainder, uncertain = connection.execute(select(*sums).where(here)).one()
        open_now = select(func.sum(calls.c.credits_reserved)).where(here, calls.c.finished_at.is_(None))
        reserved = connection.execute(open_now).scalar() or 0
        told = connection.execute(select(func.sum(lookups.c.credits)).where(lookups.c.run_id == run.id)).scalar() or 0
    assert (run.credits_spent, run.credits_reserved, run.credits_uncertain) == (spent, reserved, uncertain)
    assert told + remainder == spent
    assert recount(app, run) == {name: run.counts[name] for name in recount(app, run)}
    return run.credits_spent, run.credits_reserved, run.credits_uncertain


def states(app: App, plan: RunPlan) -> set[str]:
    return {row["state"] for row in rows_of(app, plan.run).values()}


def count(app: App, table: Any) -> int:
    with app.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def test_a_match_goes_on_to_its_enrich_in_one_transaction(app: App, plan: RunPlan) -> None:
    batch = enriching(app, plan)
    assert (batch.lane.verb, len(batch.targets), batch.reserved) == ("firmographics", 6, 6.0)
    assert states(app, plan) == {"leased"}
    assert books(app, plan) == (0, 6, 0)
    store(app, plan, firmographics(plan, batch))
    assert books(app, plan) == (6, 0, 0)
    assert (states(app, plan), count(app, asks)) == ({"done"}, 0)


def test_a_paused_run_does_not_go_on(app: App, plan: RunPlan) -> None:
    told = matches(plan, claim(app, plan, "match"), onward=50)
    with app.database.write() as connection:
        service.pause(connection, load(app, plan.run))
    assert store(app, plan, told) == [None]
    assert (states(app, plan), count(app, asks)) == ({"open"}, 0)
    assert {row["provider_id"] for row in rows_of(app, plan.run).values()} == {f"{n:032x}" for n in range(1, 7)}
    assert books(app, plan) == (0, 0, 0)


def test_what_a_dead_worker_held_is_free_and_what_it_may_have_spent_is_booked(app: App, plan: RunPlan) -> None:
    enriching(app, plan)
    with app.database.write() as connection:
        assert recovery.take_over_from(connection, ["vm:2:other"], now=NOW) == 0
        assert recovery.expire(connection, now=NOW) == 0
    assert states(app, plan) == {"leased"}
    with app.database.write() as connection:
        assert recovery.take_over_from(connection, [OWNER, "vm:3:unknown"], now=NOW) == 6
    assert states(app, plan) == {"open"}
    assert books(app, plan) == (0, 0, 6)
    with app.database.read() as connection:
        assert set(connection.execute(select(asks.c.lease_token)).scalars()) == {None}


def test_leases_and_calls_expire_whoever_made_them(app: App, plan: RunPlan) -> None:
    enriching(app, plan)
    with app.database.write() as connection:
        assert recovery.expire(connection, now=NOW + claims.LEASE + timedelta(seconds=1)) == 6
    assert states(app, plan) == {"open"}
    assert books(app, plan) == (0, 0, 6)


def test_a_late_answer_is_kept_and_mends_the_books(app: App, plan: RunPlan) -> None:
    batch = enriching(app, plan)
    late = firmographics(plan, batch)
    with app.database.write() as connection:
        recovery.take_over_from(connection, [OWNER], now=NOW)
    store(app, plan, late)
    assert books(app, plan) == (6, 0, 0)
    assert states(app, plan) == {"open"}  # its leases were gone
    # Whoever comes next finds the answers, and asks nothing.
    with app.database.write() as connection:
        writing = answers.Writing(connection=connection, plan=plan, providers=app.providers(), now=NOW, owner="next")
        for verb in ("match", "firmographics"):
            assert answers.serve_from_store(writing, lane_of(plan, verb), most=100) == (6, 6)
    assert books(app, plan) == (6, 0, 0)
    assert states(app, plan) == {"done"}


def test_a_late_answer_touches_no_target_that_somebody_else_leased(app: App, plan: RunPlan) -> None:
    first = claim(app, plan, "match")
    with app.database.write() as connection:
        recovery.take_over_from(connection, [OWNER], now=NOW)
    second = claim(app, plan, "match", owner="vm:2:second")
    store(app, plan, matches(plan, first))
    assert {row["lease_token"] for row in rows_of(app, plan.run).values()} == {second.token}
    store(app, plan, matches(plan, second))
    assert states(app, plan) == {"open"}
    assert count(app, asks) == 0
    assert books(app, plan) == (0, 0, 0)


@pytest.mark.parametrize(
    ("error", "left_in_doubt"),
    [
        (AnswerLost("no answer", reason="timeout"), 6),
        (QuestionRefused("refused", items=(0,), status=422), 0),
    ],
)
def test_a_late_failure_mends_what_it_can(app: App, plan: RunPlan, error: ProviderError, left_in_doubt: float) -> None:
    batch = enriching(app, plan)
    with app.database.write() as connection:
        recovery.take_over_from(connection, [OWNER], now=NOW)
    store(app, plan, reading.read_failure(batch, error, now=NOW))
    assert books(app, plan) == (0, 0, left_in_doubt)
    assert states(app, plan) == {"open"}


def test_an_answer_whose_word_was_lost_is_not_written_twice(app: App, plan: RunPlan) -> None:
    """The connection broke at the commit: nobody knows whether it was written, and it is written again."""
    batch = enriching(app, plan)
    told = firmographics(plan, batch)
    store(app, plan, told)
    before = count(app, lookups)
    store(app, plan, told)
    assert count(app, lookups) == before
    assert books(app, plan) == (6, 0, 0)


def test_answers_of_several_calls_are_written_together(app: App, plan: RunPlan) -> None:
    with app.database.write() as connection:
        claimed = claims.claim(connection, plan, lane_of(plan, "match"), sizes=[2, 3, 4], owner=OWNER, now=NOW)
    assert [len(batch.targets) for batch in claimed.batches] == [2, 3, 1]
    failed = reading.read_failure(claimed.batches[1], AnswerLost("cut", reason="bad_answer"), now=NOW)
    going = store(app, plan, matches(plan, claimed.batches[0], 50), failed, matches(plan, claimed.batches[2], 50))
    assert [batch and len(batch.targets) for batch in going] == [2, None, 1]
    assert books(app, plan) == (0, 3, 0)
    store(app, plan, *(firmographics(plan, batch) for batch in going if batch))
    assert books(app, plan) == (3, 0, 0)
    assert load(app, plan.run).counts["enriched"] == 3


def test_targets_whose_answer_is_still_to_come_are_not_claimed_again(app: App, plan: RunPlan) -> None:
    batch = claim(app, plan, "match")
    with app.database.write() as connection:
        recovery.take_over_from(connection, [OWNER], now=NOW)
        keys = {target.key for target in batch.targets[:5]}
        claimed = claims.claim(
            connection, plan, lane_of(plan, "match"), sizes=[50], owner=OWNER, now=NOW, under_way=keys
        )
    assert [target.key for target in claimed.batches[0].targets] == [batch.targets[5].key]


def test_what_is_off_here_is_left_to_a_worker_that_has_it(app: App, plan: RunPlan) -> None:
    off = {0: (PauseReason.PROVIDER_OFF, "explorium is off: no API key is set.")}
    seen = {"host": "vm", "pid": 2, "version": "1", "providers": ["explorium"], "started_at": NOW, "seen_at": NOW}
    with app.database.write() as connection:
        connection.execute(workers.insert().values(id="vm:2:other", **seen))
        assert not finish.finish_or_pause(connection, plan, off, now=NOW, owner=OWNER)
    assert load(app, plan.run).state is RunState.RUNNING
    with app.database.write() as connection:  # the other one has not been heard of for a while
        assert finish.finish_or_pause(connection, plan, off, now=NOW + timedelta(minutes=5), owner=OWNER)
    run = load(app, plan.run)
    assert (run.state, run.reason) == (RunState.PAUSED, "provider_off")


def test_nobody_pauses_a_run_while_another_holds_targets(app: App, plan: RunPlan) -> None:
    claim(app, plan, "match", owner="vm:2:other")
    blocked = {0: (PauseReason.KEY_REFUSED, "the key was refused")}
    with app.database.write() as connection:
        assert claims.is_any_leased(connection, plan.run.id)
        assert not finish.finish_or_pause(connection, plan, blocked, now=NOW, owner=OWNER)


def test_a_run_that_somebody_finished_is_not_finished_again(app: App, plan: RunPlan) -> None:
    store(app, plan, firmographics(plan, enriching(app, plan)))
    with app.database.write() as connection:
        assert finish.finish_or_pause(connection, plan, {}, now=NOW, owner=OWNER)
    with pytest.raises(NotAllowedNow), app.database.write() as connection:
        finish.finish_or_pause(connection, plan, {}, now=NOW, owner="vm:2:other")
    assert load(app, plan.run).state is RunState.SUCCEEDED
