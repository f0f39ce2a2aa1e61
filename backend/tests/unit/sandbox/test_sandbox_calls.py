"""The sandbox answers as the contract says."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Make = Callable[..., Any]


def items(count: int, start: int = 0) -> dict[str, Any]:
    return {"businesses_to_match": [{"domain": f"firm{start + number}.com"} for number in range(count)]}


def test_match_keeps_the_order_and_echoes_the_input_with_nulls(bench: Make) -> None:
    asked = [{"domain": "b.com", "name": "B"}, {"linkedin_url": "https://linkedin.com/company/acme"}, {}]
    status, answer = bench().ask("match", {"businesses_to_match": asked})
    assert status == 200
    assert (answer["total_results"], answer["total_matches"]) == (3, 2)
    first, second, third = answer["matched_businesses"]
    assert first["input"] == {"name": "B", "domain": "b.com", "url": None, "linkedin_url": None}
    assert second["input"]["linkedin_url"] == "https://linkedin.com/company/acme"
    assert third == {"input": dict.fromkeys(("name", "domain", "url", "linkedin_url")), "business_id": None}
    context = answer["response_context"]
    assert context["request_status"] == "success"
    assert len(context["correlation_id"]) == 32
    assert context["time_took_in_seconds"] == 0.12


def test_the_same_company_is_found_by_domain_address_linkedin_and_name(bench: Make) -> None:
    asked = [
        {"domain": "acmewidgets.com"},
        {"url": "https://www.acmewidgets.com/about"},
        {"linkedin_url": "https://www.linkedin.com/company/acmewidgets"},
    ]
    rows = bench().ask("match", {"businesses_to_match": asked})[1]["matched_businesses"]
    assert len({row["business_id"] for row in rows}) == 1


def test_a_name_alone_finds_most_of_what_a_domain_finds(bench: Make) -> None:
    asked = bench()
    names = {"businesses_to_match": [{"name": f"Firm {number} Ltd"} for number in range(50)]}
    rows = asked.ask("match", names)[1]["matched_businesses"]
    by_domain = asked.match(*(f"firm{number}.com" for number in range(50)))
    found = [(row["business_id"], known) for row, known in zip(rows, by_domain, strict=True) if row["business_id"]]
    assert 25 < len(found) < 50
    assert all(by_name == known for by_name, known in found)


def test_a_junk_domain_is_an_error_of_its_item_alone(bench: Make) -> None:
    asked = {"businesses_to_match": [{"domain": "not a domain", "name": "X"}, {"domain": "acme.com"}]}
    status, answer = bench().ask("match", asked)
    junk, sound = answer["matched_businesses"]
    assert status == 200
    assert (junk["error"], junk["error_type"]) == ("Invalid domain", "input")
    assert sound["business_id"]


def test_the_miss_rate_is_kept_and_misses_are_always_the_same(bench: Make) -> None:
    domains = [f"firm{number}.com" for number in range(1000)]
    found: list[set[str]] = []
    for miss_rate in (0.12, 0.4):
        asked = bench(miss_rate=miss_rate, rate_per_minute=0)
        ids = [each for at in range(0, 1000, 50) for each in asked.match(*domains[at : at + 50])]
        found.append({domain for domain, each in zip(domains, ids, strict=True) if each})
    assert 840 < len(found[0]) < 920
    assert 540 < len(found[1]) < 660
    assert found[1] < found[0]


def test_an_all_miss_match_says_so(bench: Make) -> None:
    answer = bench(miss_rate=1.0).ask("match", items(3))[1]
    assert answer["response_context"]["request_status"] == "miss"
    assert (answer["total_results"], answer["total_matches"]) == (3, 0)


def test_enrich_envelopes(bench: Make) -> None:
    asked = bench()
    (business_id,) = asked.match("acme.com")
    bulk = asked.ask("bulk_enrich", {"business_ids": [business_id]})[1]
    v2 = asked.ask("enrich", {"business_ids": business_id})[1]
    single = asked.ask("single_enrich", {"business_id": business_id})[1]
    assert set(bulk) == {"response_context", "data", "entity_id", "total_results"}
    assert bulk["entity_id"] is None
    assert set(v2) == {"response_context", "data", "total_results"}
    assert v2["data"] == bulk["data"] == [{"business_id": business_id, "data": single["data"]}]
    assert single["entity_id"] == business_id
    assert v2["total_results"] == 1


def test_unknown_ids_come_back_in_the_four_shapes_and_cost_nothing(bench: Make) -> None:
    asked = bench()
    ids = [digit * 32 for digit in "0123"]
    shapes = [asked.ask("enrich", {"business_ids": [each]}, usage=True)[1] for each in ids]
    null, missing, blank, empty = (shape["data"] for shape in shapes)
    assert null == [{"business_id": ids[0], "data": None}]
    assert missing == [{"business_id": ids[1]}]
    assert set(blank[0]["data"].values()) == {ids[2], None}
    assert not empty
    for shape in shapes:
        assert shape["response_context"]["request_status"] == "miss"
        assert shape["credit_usage"] == {"total_credits": 0, "total_results": 0}
    (known,) = asked.match("acme.com")
    mixed = asked.ask("enrich", {"business_ids": [ids[3], known]})[1]
    assert [row["business_id"] for row in mixed["data"]] == [known]


def test_an_empty_answer_may_be_a_list_or_null(bench: Make) -> None:
    asked = bench()
    empty = [asked.ask("enrich", {"business_ids": [f"3{digit}" + "0" * 30]})[1]["data"] for digit in "01"]
    assert empty == [None, []]


def test_a_row_with_data_costs_a_credit_and_is_told_on_request(bench: Make) -> None:
    asked = bench(no_data_rate=0.3)
    ids = list(dict.fromkeys(asked.match(*(f"firm{number}.com" for number in range(50)))))
    answer = asked.ask("enrich", {"business_ids": ids}, usage=True)[1]
    full = [row for row in answer["data"] if (row.get("data") or {}).get("name")]
    assert 0 < len(full) < 50
    assert answer["credit_usage"] == {"total_credits": len(full), "total_results": len(full)}
    assert asked.sandbox.remaining_credits == 1_000_000 - len(full)
    assert "credit_usage" not in asked.ask("enrich", {"business_ids": ids})[1]


def test_match_is_free(bench: Make) -> None:
    answer = bench(credits=0).ask("match", items(5), usage=True)[1]
    assert answer["credit_usage"]["total_credits"] == 0


def test_exhausted_credits_are_the_documented_403_and_charge_nothing(bench: Make) -> None:
    asked = bench(credits=3)
    ids = asked.match("a1.com", "a2.com", "a3.com", "a4.com")
    status, answer = asked.ask("enrich", {"business_ids": ids})
    assert status == 403
    assert answer["details"].startswith("You have insufficient credits to perform this operation")
    assert answer["correlation_id"]
    assert asked.ask("enrich", {"business_ids": ids[:3]})[0] == 200
    assert asked.sandbox.remaining_credits == 0
    assert asked.ask("enrich", {"business_ids": ["0" * 32]})[0] == 403
    assert asked.sandbox.charged == 3


@pytest.mark.parametrize(("api_key", "key", "status"), [(None, "any", 200), (None, " ", 401), ("right", "wrong", 401)])
def test_the_key_is_checked(bench: Make, api_key: str | None, key: str, status: int) -> None:
    asked = bench(api_key=api_key)
    assert asked.reply("match", items(1), key=key).status == status
    assert asked.sandbox.credits_answer(key, 0.0).status == status


def test_credits_tell_the_balance_and_refuse_in_their_own_shape(bench: Make) -> None:
    asked = bench(credits=10)
    asked.ask("enrich", {"business_ids": asked.match("a1.com", "a2.com")})
    balance = json.loads(asked.sandbox.credits_answer("k", 0.0).body)
    assert (balance["allocated_credits"], balance["remaining_credits"]) == (10, 8)
    refused = json.loads(asked.sandbox.credits_answer("", 0.0).body)
    assert refused["error"]["code"] == "UNAUTHORIZED"
    assert refused["response_context"]["request_status"] == "failure"


def test_unreadable_and_unprocessable_bodies(bench: Make) -> None:
    asked = bench()
    status, answer = asked.ask("match", b"\xff")
    assert (status, set(answer)) == (400, {"details", "correlation_id"})
    status, answer = asked.ask("enrich", {"business_ids": ["0" * 32, None]})
    assert status == 422
    assert answer["detail"][0]["loc"] == ["body", "business_ids", 1]


def test_the_window_counts_entities_of_both_verbs_and_never_a_refused_call(bench: Make) -> None:
    asked = bench(rate_per_minute=100)
    assert asked.ask("match", items(50))[0] == 200
    assert asked.ask("enrich", {"business_ids": ["0" * 32] * 40})[0] == 200
    assert asked.ask("match", items(11))[0] == 429
    assert asked.ask("match", items(10))[0] == 200
    headers = asked.sandbox.rate_headers("k")
    assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == ("100", "0")
    assert int(headers["X-RateLimit-Reset"]) == asked.clock.now().timestamp() + 60
    assert asked.ask("match", items(1), key="another")[0] == 200
    asked.clock.seconds += 60
    assert asked.ask("match", items(50))[0] == 200


def test_requests_can_be_counted_instead(bench: Make) -> None:
    asked = bench(rate_per_minute=2, rate_unit="requests")
    assert asked.ask("match", items(50))[0] == 200
    assert asked.sandbox.credits_answer("k", asked.clock.monotonic()).status == 200
    assert asked.ask("match", items(1))[0] == 429
    assert asked.sandbox.credits_answer("k", asked.clock.monotonic()).status == 429


def test_no_limit_means_no_headers(bench: Make) -> None:
    asked = bench(rate_per_minute=0)
    assert all(asked.ask("match", items(50))[0] == 200 for _ in range(20))
    assert asked.sandbox.rate_headers("k") == {}


def test_both_bodies_of_a_429_with_and_without_retry_after(bench: Make) -> None:
    asked = bench(rate_per_minute=1)
    assert asked.ask("match", items(1))[0] == 200
    asked.clock.seconds += 20
    seen = set()
    for _ in range(40):
        reply = asked.reply("match", items(1))
        body = json.loads(reply.body)
        assert (reply.status, body["retry_after"]) == (429, 40)
        assert reply.headers.get("Retry-After") in (None, "40")
        seen.add((body.get("error"), body.get("code"), "Retry-After" in reply.headers))
    assert seen == {
        (error, code, told) for error, code in (("rate_limit_exceeded", None), (None, 429)) for told in (True, False)
    }
    assert asked.sandbox.stats.rate_limited == 40


def test_bad_ids_are_refused_by_index_and_always_the_same(bench: Make) -> None:
    asked = bench(bad_id_rate=0.2)
    ids = asked.match(*(f"firm{number}.com" for number in range(50)))
    status, answer = asked.ask("enrich", {"business_ids": ids})
    bad = [entry["loc"][2] for entry in answer["detail"]]
    assert (status, 0 < len(bad) < 25) == (422, True)
    kept = [each for at, each in enumerate(ids) if at not in bad]
    assert asked.ask("enrich", {"business_ids": kept})[0] == 200
    assert asked.ask("enrich", {"business_ids": [ids[bad[0]]]})[0] == 422


def test_malformed_ids_are_no_ids(bench: Make) -> None:
    ids = bench(malformed_id_rate=0.2).match(*(f"firm{number}.com" for number in range(50)))
    lengths = [len(each) for each in ids]
    assert set(lengths) == {31, 32}


def test_another_seed_is_another_world(bench: Make) -> None:
    first, second = bench(seed=1), bench(seed=2)
    ids = first.match("acme.com")
    assert second.match("acme.com") != ids
    assert second.ask("enrich", {"business_ids": ids})[1]["response_context"]["request_status"] == "miss"
