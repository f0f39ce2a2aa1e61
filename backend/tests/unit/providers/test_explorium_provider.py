"""The provider `explorium`: one call per verb, each answer taken apart by company."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from firmograph.core.company import CompanyKey
from firmograph.errors import AnswerLost, AskAgain, QuestionRefused, SettingsError
from firmograph.providers import explorium
from firmograph.providers.base import BatchAnswer, CreditBalance, LookupOutcome, MatchedCompany, Provider, ProviderOff
from firmograph.providers.http import httpx

FOUND, NOT_FOUND, NO_DATA = LookupOutcome.FOUND, LookupOutcome.NOT_FOUND, LookupOutcome.NO_DATA
KEY = "sk-live-8d1f0c7e55"
A, B, C, D = (digit * 32 for digit in "abcd")
SETTINGS: dict[str, Any] = {
    "api_key": KEY,
    "base_url": "https://api.explorium.ai",
    "api_version": "v2",
    "rate_limit": 200,
    "rate_unit": "entities",
    "is_sandbox": False,
}


def company(domain: str, **given: Any) -> CompanyKey:
    return CompanyKey(key=domain, domain=domain, **given)


COMPANIES = [company("a.com", name="Alpha"), company("b.com"), company("c.com"), company("d.com")]


def matched(*ids: str) -> list[MatchedCompany]:
    return [MatchedCompany(company=one, provider_id=mark) for one, mark in zip(COMPANIES, ids, strict=False)]


class Server:
    """Answers every request with one answer, and remembers what was asked."""

    def __init__(self, answer: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.answer, self.status, self.headers = answer, status, headers
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(self.status, json=self.answer, headers=self.headers)

    @property
    def asked(self) -> Any:
        return json.loads(self.requests[0].content)


def asking(server: Server, question: Callable[[Provider], Any], **settings: Any) -> Any:
    provider = explorium.build(**{**SETTINGS, **settings}, transport=httpx.MockTransport(server))
    assert not isinstance(provider, ProviderOff)

    async def run() -> Any:
        try:
            return await question(provider)
        finally:
            await provider.aclose()

    return asyncio.run(run())


def match(answer: Any, companies: list[CompanyKey] = COMPANIES[:2], **settings: Any) -> BatchAnswer:
    server = answer if isinstance(answer, Server) else Server(answer)
    return asking(server, lambda provider: provider.match(companies), **settings)


def enrich(answer: Any, matches: list[MatchedCompany], **settings: Any) -> BatchAnswer:
    server = answer if isinstance(answer, Server) else Server(answer)
    return asking(server, lambda provider: provider.enrich(matches), **settings)


def outcomes(batch: BatchAnswer) -> dict[str, LookupOutcome]:
    return {key: item.outcome for key, item in batch.items.items()}


def rows(*given: Any, **more: Any) -> dict[str, Any]:
    return {"response_context": {"correlation_id": "c-1", "request_status": "success"}, "data": list(given), **more}


def matches(*given: Any, status: str = "success") -> dict[str, Any]:
    return {"response_context": {"request_status": status}, "matched_businesses": list(given)}


@pytest.mark.parametrize(
    ("version", "match_path", "enrich_path", "credits_path"),
    [
        ("v2", "/v2/businesses/match", "/v2/businesses/firmographics/enrich", "/v2/credits"),
        ("v1", "/v1/businesses/match", "/v1/businesses/firmographics/bulk_enrich", "/v1/credits"),
    ],
)
def test_what_is_asked_and_where(version: str, match_path: str, enrich_path: str, credits_path: str) -> None:
    server = Server(matches({"business_id": A}, {"business_id": None}))
    match(server, api_version=version)
    request = server.requests[0]
    assert (request.method, request.url.path) == ("POST", match_path)
    assert server.asked == {"businesses_to_match": [{"name": "Alpha", "domain": "a.com"}, {"domain": "b.com"}]}
    assert request.headers["api_key"] == KEY
    assert request.headers["credit-usage"] == "true"

    server = Server(rows())
    enrich(server, matched(A), api_version=version)
    assert (server.requests[0].method, server.requests[0].url.path) == ("POST", enrich_path)
    assert server.asked == {"business_ids": [A]}

    server = Server({"remaining_credits": 964, "allocated_credits": 1000})
    balance = asking(server, lambda provider: provider.check(), api_version=version)
    assert (server.requests[0].method, server.requests[0].url.path) == ("GET", credits_path)
    assert balance == CreditBalance(remaining=964, allocated=1000)


def test_a_balance_that_was_not_said_is_none() -> None:
    balance = asking(Server({"remaining_credits": None, "allocated_credits": "plenty"}), lambda p: p.check())
    assert balance == CreditBalance(remaining=None, allocated=None)


def test_a_match_answer_by_company() -> None:
    answer = matches(
        {"input": {"name": "Alpha", "domain": "a.com", "url": None}, "business_id": A, "later": "kept"},
        {"input": {"domain": "b.com"}, "business_id": None},
        {"input": {}, "error": "Invalid domain", "error_type": "input"},
        {"input": {"domain": "d.com"}, "business_id": "8ADCE3CA1CEF0C986B22310E369A0793"},
    )
    batch = match(answer, COMPANIES)
    assert outcomes(batch) == {"a.com": FOUND, "b.com": NOT_FOUND, "c.com": NOT_FOUND, "d.com": NOT_FOUND}
    first = batch.items["a.com"]
    assert (first.provider_id, first.payload) == (A, answer["matched_businesses"][0])
    assert batch.items["c.com"].note == "Invalid domain, input"
    assert "not an id" in (batch.items["d.com"].note or "")
    assert [item.provider_id for item in batch.items.values()] == [A, None, None, None]


@pytest.mark.parametrize("bad_id", ["x", "a" * 31, "a" * 33, f"{A}\n", "A" * 32, 7, True, [A], {"id": A}])
def test_an_id_of_another_form_is_not_found(bad_id: object) -> None:
    batch = match(matches({"business_id": bad_id}, {"business_id": B}))
    assert outcomes(batch) == {"a.com": NOT_FOUND, "b.com": FOUND}
    assert "not an id" in (batch.items["a.com"].note or "")


def test_swapped_rows_are_paired_by_their_echo() -> None:
    swapped = matches(
        {"input": {"domain": "b.com"}, "business_id": B}, {"input": {"domain": "a.com"}, "business_id": A}
    )
    assert {key: item.provider_id for key, item in match(swapped).items.items()} == {"a.com": A, "b.com": B}


def test_an_answer_of_another_length_is_not_zipped() -> None:
    short = matches({"input": {"domain": "b.com"}, "business_id": B})
    assert {key: item.provider_id for key, item in match(short).items.items()} == {"b.com": B}
    assert match(matches({"business_id": B})).items == {}
    assert match(matches()).items == {}


@pytest.mark.parametrize("given", [{}, {"matched_businesses": None}, {"matched_businesses": []}])
def test_a_miss_of_all_is_a_miss_of_each(given: dict[str, Any]) -> None:
    batch = match({"response_context": {"request_status": "miss"}, **given})
    assert outcomes(batch) == {"a.com": NOT_FOUND, "b.com": NOT_FOUND}


def test_a_row_of_the_wrong_type_costs_that_row_only() -> None:
    assert outcomes(match(matches("text", {"business_id": B}))) == {"b.com": FOUND}


def test_the_same_question_is_asked_once_and_nothing_to_send_not_at_all() -> None:
    twins = [
        CompanyKey(key="one", domain="a.com"),
        CompanyKey(key="two", domain="a.com"),
        CompanyKey(key="blank", name=" "),
    ]
    server = Server(matches({"business_id": A}))
    batch = match(server, twins)
    assert len(server.asked["businesses_to_match"]) == 1
    assert outcomes(batch) == {"one": FOUND, "two": FOUND, "blank": NOT_FOUND}
    server = Server({})
    assert outcomes(match(server, twins[2:])) == {"blank": NOT_FOUND}
    assert server.requests == []


def test_an_enrich_answer_by_company() -> None:
    data = {"business_id": A, "name": "Alpha Inc", "later": {"kept": 1}}
    answer = rows(
        {"business_id": D, "data": {"business_id": D, "name": None, "website": " ", "ticker": "N/A"}},
        {"business_id": C, "data": None},
        {"business_id": A, "data": data},
        credit_usage={"total_credits": 1, "total_results": 1},
    )
    batch = enrich(answer, matched(A, B, C, D))
    assert outcomes(batch) == {"a.com": FOUND, "b.com": NO_DATA, "c.com": NO_DATA, "d.com": NO_DATA}
    assert batch.items["a.com"].payload == data
    assert [key for key, item in batch.items.items() if item.is_billable] == ["a.com"]
    assert (batch.status, batch.correlation_id, batch.credits) == (200, "c-1", 1.0)


@pytest.mark.parametrize(
    "row", [{"business_id": A}, {"business_id": A, "data": {}}, {"business_id": A, "data": []}, None]
)
def test_a_row_without_data_is_a_miss(row: object) -> None:
    batch = enrich(rows(row), matched(A))
    assert outcomes(batch) == {"a.com": NO_DATA}
    assert not batch.items["a.com"].is_billable


@pytest.mark.parametrize(
    "answer",
    [
        {"response_context": {"request_status": "miss"}},
        {"response_context": {"request_status": "miss"}, "data": None},
        {"response_context": {"request_status": "miss"}, "data": []},
        {"data": None},
        {"data": [], "entity_id": None, "total_results": 0},
    ],
)
def test_no_rows_at_all_are_misses(answer: dict[str, Any]) -> None:
    assert outcomes(enrich(answer, matched(A, B))) == {"a.com": NO_DATA, "b.com": NO_DATA}


@pytest.mark.parametrize("data", [[{"name": "Alpha"}], "text", 7, True])
def test_data_of_the_wrong_type_leaves_that_company_unanswered(data: object) -> None:
    answer = rows({"business_id": A, "data": data}, {"business_id": B, "data": {"name": "Beta"}})
    assert outcomes(enrich(answer, matched(A, B))) == {"b.com": FOUND}


@pytest.mark.parametrize("stray", ["text", 7, {}, {"business_id": "?", "data": {"name": "Who"}}])
def test_a_row_without_an_id_may_be_of_any_company_that_has_none(stray: object) -> None:
    answer = rows(stray, {"business_id": B, "data": {"name": "Beta"}})
    assert outcomes(enrich(answer, matched(A, B))) == {"b.com": FOUND}


def test_a_rows_id_may_stand_in_its_data_only() -> None:
    assert outcomes(enrich(rows({"data": {"business_id": A, "name": "Alpha"}}), matched(A))) == {"a.com": FOUND}


def test_rows_of_ids_that_nobody_asked_for_are_left_alone() -> None:
    answer = rows({"business_id": C, "data": {"name": "Gamma"}}, {"business_id": A, "data": {"name": "Alpha"}})
    assert outcomes(enrich(answer, matched(A))) == {"a.com": FOUND}


def test_of_several_rows_the_first_that_says_something_is_taken() -> None:
    filled = {"business_id": A, "name": "Alpha"}
    answer = rows(
        *({"business_id": A, "data": data} for data in (None, {"business_id": A}, "text", filled, {"name": "Z"}))
    )
    assert enrich(answer, matched(A)).items["a.com"].payload == filled


def test_data_without_a_field_of_ours_is_billable_and_no_data() -> None:
    item = enrich(rows({"business_id": A, "data": {"locations_distribution": [{"country": "x"}]}}), matched(A))
    assert outcomes(item) == {"a.com": NO_DATA}
    assert item.items["a.com"].is_billable
    assert item.items["a.com"].payload


def test_an_id_is_sent_once_and_a_malformed_one_never() -> None:
    server = Server(rows({"business_id": A, "data": {"name": "Alpha"}}))
    batch = enrich(server, matched(A, "none", A))
    assert server.asked == {"business_ids": [A]}
    assert outcomes(batch) == {"a.com": FOUND, "b.com": NOT_FOUND, "c.com": FOUND}
    assert batch.items["c.com"].payload == batch.items["a.com"].payload
    assert [item.is_billable for item in (batch.items["a.com"], batch.items["c.com"])] == [True, False]
    server = Server({})
    assert outcomes(enrich(server, matched("none"))) == {"a.com": NOT_FOUND}
    assert server.requests == []


def refusal(*locs: list[Any]) -> Server:
    return Server({"detail": [{"loc": loc, "msg": "none is not allowed", "type": "t"} for loc in locs]}, status=422)


def test_a_blamed_id_is_every_company_that_has_it() -> None:
    with pytest.raises(QuestionRefused) as caught:
        enrich(refusal(["body", "business_ids", 0], ["body", "business_ids", 9]), matched(A, B, A, C))
    assert caught.value.items == (0, 2)
    with pytest.raises(QuestionRefused) as caught:
        enrich(refusal(["body", "business_ids", 1]), matched("none", A, A, B))
    assert caught.value.items == (3,)


def test_a_blamed_question_is_named_by_its_place_in_what_was_given() -> None:
    companies = [CompanyKey(key="blank", name=" "), *COMPANIES]
    with pytest.raises(QuestionRefused) as caught:
        match(refusal(["body", "businesses_to_match", 2, "domain"]), companies)
    assert caught.value.items == (3,)
    assert companies[3].domain == "c.com"
    assert "none is not allowed" in str(caught.value)


def test_a_refusal_that_blames_none_names_none() -> None:
    with pytest.raises(QuestionRefused) as caught:
        match(refusal(["body", "businesses_to_match"]))
    assert caught.value.items == ()


@pytest.mark.parametrize("verb", [match, lambda answer: enrich(answer, matched(A))])
def test_a_failure_within_a_success_is_asked_again(verb: Callable[[Any], Any]) -> None:
    answer = {"response_context": {"request_status": "failure", "correlation_id": "c-7"}, "data": []}
    with pytest.raises(AskAgain) as caught:
        verb(answer)
    assert caught.value.correlation_id == "c-7"


@pytest.mark.parametrize(
    "answer", [{}, {"details": "odd"}, {"matched_businesses": {}}, {"matched_businesses": "x"}, []]
)
def test_a_match_answer_of_the_wrong_shape_is_lost(answer: object) -> None:
    with pytest.raises(AnswerLost) as caught:
        match(answer)
    assert caught.value.reason == "bad_answer"


@pytest.mark.parametrize("answer", [{}, {"data": {}}, {"data": "x"}, {"data": 7}, {"matched_businesses": []}])
def test_an_enrich_answer_of_the_wrong_shape_is_lost(answer: object) -> None:
    with pytest.raises(AnswerLost):
        enrich(answer, matched(A))


def test_the_windows_state_comes_with_the_answer() -> None:
    headers = {"x-ratelimit-limit": "200", "x-ratelimit-remaining": "150", "x-ratelimit-reset": "1793700020"}
    rate = match(Server(matches({}, {}), headers=headers)).rate
    assert (rate.limit, rate.remaining, rate.reset_at) == (200, 150, 1793700020.0)


@pytest.mark.parametrize("key", [None, "", "  "])
def test_without_a_key_it_is_off_and_says_what_to_do(key: str | None) -> None:
    off = explorium.build(**{**SETTINGS, "api_key": key})
    assert isinstance(off, ProviderOff)
    assert "EXPLORIUM_API_KEY" in off.fix
    assert "sandbox serve" in off.fix


@pytest.mark.parametrize(
    ("setting", "meaningless", "variable"),
    [
        ("api_key", "två-nycklar", "EXPLORIUM_API_KEY"),
        ("api_key", "two\nlines", "EXPLORIUM_API_KEY"),
        ("api_version", "v3", "EXPLORIUM_API_VERSION"),
        ("base_url", "api.explorium.ai", "EXPLORIUM_BASE_URL"),
        ("base_url", "https://", "EXPLORIUM_BASE_URL"),
        ("base_url", "https://a:b", "EXPLORIUM_BASE_URL"),
        ("base_url", "https://a b", "EXPLORIUM_BASE_URL"),
        ("rate_limit", 0, "EXPLORIUM_RATE_LIMIT"),
        ("rate_unit", "rows", "EXPLORIUM_RATE_UNIT"),
    ],
)
def test_a_setting_without_meaning_is_named(setting: str, meaningless: object, variable: str) -> None:
    with pytest.raises(SettingsError, match=variable) as caught:
        explorium.build(**{**SETTINGS, setting: meaningless})
    assert str(meaningless) not in str(caught.value) or setting != "api_key"


@pytest.mark.parametrize(
    ("base_url", "host"),
    [
        ("https://api.explorium.ai", "api.explorium.ai"),
        ("https://API.explorium.ai:443/", "api.explorium.ai"),
        ("http://127.0.0.1:8800", "127.0.0.1:8800"),
        ("http://[::1]:8800", "[::1]:8800"),
        ("http://sandbox:80/prefix", "sandbox"),
    ],
)
def test_the_host_is_who_answers(base_url: str, host: str) -> None:
    provider = explorium.build(**{**SETTINGS, "base_url": base_url})
    assert not isinstance(provider, ProviderOff)
    assert provider.host == host


def test_the_limit_is_the_keys_and_shows_nothing_of_it() -> None:
    one, other_key, other_host = (
        explorium.build(**{**SETTINGS, **changed})
        for changed in ({}, {"api_key": "sk-2"}, {"base_url": "http://127.0.0.1:8800"})
    )
    ids = {provider.limit.key_id for provider in (one, other_key, other_host)}  # type: ignore[union-attr]
    assert len(ids) == 3
    assert not any(KEY in text for text in (repr(one), str(one), *ids))


def test_messages_name_the_sandbox_where_it_is_one() -> None:
    with pytest.raises(QuestionRefused, match=r"^Explorium \(sandbox\) answered 422"):
        match(refusal(["body"]), is_sandbox=True)
