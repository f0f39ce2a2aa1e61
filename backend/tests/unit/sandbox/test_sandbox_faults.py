"""Faults are the same for the same seed, look as they should, and never count as delivered."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from firmograph.sandbox.faults import HUGE_BYTES
from firmograph.sandbox.options import FaultKind

Make = Callable[..., Any]
ITEMS = {"businesses_to_match": [{"domain": f"firm{number}.com"} for number in range(20)]}


def replies(asked: Any, count: int = 30, verb: str = "match", body: Any = ITEMS) -> list[Any]:
    return [asked.reply(verb, body) for _ in range(count)]


def of_kind(make: Make, kind: FaultKind, **options: Any) -> Any:
    return make(fail_rate=1.0, faults=[kind], rate_per_minute=0, **options)


def test_a_run_is_reproducible_and_another_seed_differs(bench: Make) -> None:
    drawn = [
        [reply.status for reply in replies(bench(fail_rate=0.5, rate_per_minute=0, seed=seed), 60)]
        for seed in (1, 1, 2)
    ]
    assert drawn[0] == drawn[1] != drawn[2]


def test_the_share_is_kept_and_all_kinds_come(bench: Make) -> None:
    asked = bench(fail_rate=0.3, rate_per_minute=0)
    replies(asked, 600)
    counts: Counter[str] = asked.sandbox.stats.faults
    assert 140 < counts.total() < 220
    assert len(counts) == 11


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (FaultKind.SERVER_ERROR, 500),
        (FaultKind.BAD_GATEWAY, 502),
        (FaultKind.UNAVAILABLE, 503),
        (FaultKind.RATE_LIMITED, 429),
        (FaultKind.REFUSED_ITEM, 422),
    ],
)
def test_refusals_have_their_status_and_charge_nothing(bench: Make, kind: FaultKind, status: int) -> None:
    asked = of_kind(bench, kind)
    for reply in replies(asked) + replies(asked, 30, "enrich", {"business_ids": ["0" * 32]}):
        assert (reply.status, reply.delivered) == (status, None)
    assert asked.sandbox.charged == 0


def test_a_503_has_a_body_or_none(bench: Make) -> None:
    assert {bool(reply.body) for reply in replies(of_kind(bench, FaultKind.UNAVAILABLE))} == {True, False}


def test_a_refused_item_is_named_by_its_index(bench: Make) -> None:
    asked = of_kind(bench, FaultKind.REFUSED_ITEM)
    places = {tuple(json.loads(reply.body)["detail"][0]["loc"]) for reply in replies(asked)}
    assert all(key == "businesses_to_match" and 0 <= at < 20 for _, key, at in places)
    assert len(places) > 5
    status, answer = asked.ask("single_enrich", {"business_id": "0" * 32})
    assert (status, answer["detail"][0]["loc"]) == (422, ["body", "business_id"])


@pytest.mark.parametrize("kind", [FaultKind.NOT_JSON, FaultKind.CUT_JSON])
@pytest.mark.parametrize("verb", ["match", "enrich"])
def test_broken_answers_are_no_json_and_not_delivered(bench: Make, kind: FaultKind, verb: str) -> None:
    asked = of_kind(bench, kind)
    for reply in replies(asked, verb=verb, body=ITEMS if verb == "match" else {"business_ids": ["0" * 32]}):
        assert (reply.status, reply.delivered) == (200, None)
        with pytest.raises(json.JSONDecodeError):
            json.loads(reply.body)


def test_a_wrong_length_is_one_more_or_one_less(bench: Make) -> None:
    answered = replies(of_kind(bench, FaultKind.WRONG_LENGTH))
    assert {len(json.loads(reply.body)["matched_businesses"]) for reply in answered} == {19, 21}
    assert all(reply.delivered is None for reply in answered)


def test_a_failure_has_no_rows(bench: Make) -> None:
    for reply in replies(of_kind(bench, FaultKind.FAILURE)):
        answer = json.loads(reply.body)
        assert (answer["response_context"]["request_status"], answer["matched_businesses"]) == ("failure", [])
        assert reply.delivered is None


def test_an_item_error_is_in_one_row_and_is_delivered(bench: Make) -> None:
    for reply in replies(of_kind(bench, FaultKind.ITEM_ERROR)):
        answer = json.loads(reply.body)
        errors = [row for row in answer["matched_businesses"] if "error" in row]
        assert len(errors) == 1
        assert set(errors[0]) == {"input", "error", "error_type"}
        assert answer["total_matches"] == 19
        assert len(reply.delivered) == 20


@pytest.mark.parametrize("kind", [FaultKind.WRONG_LENGTH, FaultKind.ITEM_ERROR])
def test_enrich_never_meets_what_only_a_match_has(bench: Make, kind: FaultKind) -> None:
    asked = of_kind(bench, kind)
    assert all(reply.delivered for reply in replies(asked, verb="enrich", body={"business_ids": ["0" * 32]}))


def test_a_slow_answer_is_right_and_late(bench: Make) -> None:
    (reply,) = replies(of_kind(bench, FaultKind.SLOW, slow_ms=700, latency_ms=50), 1)
    assert (reply.delay, len(reply.delivered)) == (0.75, 20)


def test_a_huge_answer(bench: Make) -> None:
    (reply,) = replies(of_kind(bench, FaultKind.HUGE), 1)
    assert len(reply.body) > HUGE_BYTES
    assert reply.delivered is None


def test_a_broken_answer_is_charged_all_the_same(bench: Make) -> None:
    asked = bench()
    ids = asked.match("a1.com", "a2.com")
    asked.sandbox.change({"fail_rate": 1.0, "faults": ["cut_json"]})
    assert asked.reply("enrich", {"business_ids": ids}).delivered is None
    assert asked.sandbox.charged == 2
