"""The HTTP policy: what a status means, how long to wait, and what may be shown of a provider's words."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmograph.errors import (
    AnswerLost,
    AskAgain,
    NotEntitled,
    ProviderError,
    ProviderUnusable,
    QuestionRefused,
    RateLimited,
)
from firmograph.providers.answer_text import MAX_TEXT, clean_text
from firmograph.providers.http import Answer, LoopClients, ask, httpx, make_client, read_json
from firmograph.providers.statuses import Complaint, raise_for_status, rate_facts, seconds_to_wait

NOW = datetime(2026, 11, 3, 10, 0, tzinfo=UTC)


def error_for(
    status: int, complaint: Complaint | None = None, *, is_whole: bool = True, **headers: str
) -> ProviderError:
    answer = Answer(
        status=status,
        headers=httpx.Headers({name.replace("_", "-"): value for name, value in headers.items()}),
        is_whole=is_whole,
    )
    with pytest.raises(ProviderError) as caught:
        raise_for_status(answer, complaint or Complaint(), who="Acme", now=NOW)
    return caught.value


@pytest.mark.parametrize("status", [200, 201, 204, 206])
def test_a_success_raises_nothing(status: int) -> None:
    raise_for_status(Answer(status=status), Complaint(), who="Acme", now=NOW)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (301, AskAgain),
        (304, AskAgain),
        (400, QuestionRefused),
        (401, ProviderUnusable),
        (402, ProviderUnusable),
        (403, NotEntitled),
        (404, QuestionRefused),
        (405, QuestionRefused),
        (408, AskAgain),
        (418, QuestionRefused),
        (422, QuestionRefused),
        (425, AskAgain),
        (429, RateLimited),
        (500, AskAgain),
        (503, AskAgain),
        (599, AskAgain),
    ],
)
def test_a_status_has_one_class(status: int, expected: type[ProviderError]) -> None:
    error = error_for(status, Complaint(correlation_id="c-9"))
    assert type(error) is expected
    assert error.status == status
    assert error.correlation_id == "c-9"
    assert str(error).startswith(f"Acme answered {status}")


def test_the_status_is_put_in_words_where_the_body_has_none() -> None:
    assert str(error_for(502)) == "Acme answered 502: Bad Gateway"
    assert str(error_for(599)) == "Acme answered 599: a status without a name"


@pytest.mark.parametrize("status", [400, 403, 422])
def test_a_body_that_decides_but_was_cut_short_is_asked_for_again(status: int) -> None:
    assert type(error_for(status, is_whole=False)) is AskAgain


def test_a_cut_body_changes_nothing_where_the_status_says_it_all() -> None:
    assert type(error_for(401, is_whole=False)) is ProviderUnusable
    assert type(error_for(404, is_whole=False)) is QuestionRefused


@pytest.mark.parametrize(
    ("headers", "from_body", "expected"),
    [
        ({"retry-after": "7"}, 60.0, 7.0),
        ({"retry-after": "0"}, None, 0.0),
        ({"retry-after": "1.5"}, None, 1.5),
        ({"retry-after": "999999999"}, None, 86400.0),
        ({"retry-after": "-3"}, 60.0, 60.0),
        ({"retry-after": "inf"}, None, None),
        ({"retry-after": "1e3"}, None, None),
        ({"retry-after": "Tue, 03 Nov 2026 10:00:30 GMT"}, None, 30.0),
        ({"retry-after": "Tue, 03 Nov 2026 09:00:00 GMT"}, None, 0.0),
        ({"retry-after": "Tue, 03 Nov 2026 10:00:30 GMT", "date": "Tue, 03 Nov 2026 10:00:20 GMT"}, None, 10.0),
        ({"retry-after": "Tue, 99 Nov 2026 10:00:30 GMT"}, 5.0, 5.0),
        ({"x-ratelimit-reset": str(int(NOW.timestamp()) + 12)}, None, 12.0),
        ({"x-ratelimit-reset": str(int(NOW.timestamp()) + 12)}, 5.0, 5.0),
        ({"x-ratelimit-reset": str(int(NOW.timestamp()) - 12)}, None, None),
        ({"x-ratelimit-reset": str(int(NOW.timestamp()) + 99999)}, None, None),
        ({"x-ratelimit-reset": "60"}, None, None),
        ({}, None, None),
        ({}, float("nan"), None),
        ({}, -1.0, None),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], from_body: float | None, expected: float | None) -> None:
    assert seconds_to_wait(httpx.Headers(headers), from_body, now=NOW, is_limit=True) == expected


def test_the_windows_reset_is_no_reason_to_wait_after_a_fault() -> None:
    headers = httpx.Headers({"x-ratelimit-reset": str(int(NOW.timestamp()) + 12)})
    assert seconds_to_wait(headers, None, now=NOW, is_limit=False) is None


def test_rate_facts_are_read_and_garbage_is_none() -> None:
    facts = rate_facts(
        httpx.Headers({"X-RateLimit-Limit": "200", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1793700020"})
    )
    assert (facts.limit, facts.remaining, facts.reset_at) == (200, 0, 1793700020.0)
    garbage = {"X-RateLimit-Limit": "many", "X-RateLimit-Remaining": "-5", "X-RateLimit-Reset": "1e400"}
    assert rate_facts(httpx.Headers(garbage)) == rate_facts({})


@given(text=st.text(max_size=40))
def test_no_header_breaks_the_reading(text: str) -> None:
    headers = dict.fromkeys(("retry-after", "date", "x-ratelimit-limit", "x-ratelimit-reset"), text)
    rate_facts(headers)
    wait = seconds_to_wait(httpx.Headers({k: v.encode() for k, v in headers.items()}), None, now=NOW, is_limit=True)
    assert wait is None or 0 <= wait <= 86400


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  two\n\tlines\x00 ", "two lines"),
        ("<html><h1>502</h1><script>alert(1)</script>Bad &amp; Gateway", "502 Bad & Gateway"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;x", "x"),
        ("key sk-1 refused", "key [key] refused"),
        ("key SK-1 refused", "key [key] refused"),
        ("key sk&#45;1 refused", "key [key] refused"),
        ("key s<b>k-1</b>", "key s k-1"),
        ("\x1b[31mred\x1b[0m \u202egnp\u200b", "[31mred [0m gnp"),
        ("a < b and c > d", "a < b and c > d"),
        ("", ""),
    ],
)
def test_words_are_made_safe_to_show(text: str, shown: str) -> None:
    assert clean_text(text, secrets=["sk-1"]) == shown


def test_long_words_are_cut_after_a_sentence_or_a_word() -> None:
    assert clean_text("First sentence of a certain length, to be kept whole. " + "word " * 80).endswith("kept whole.")
    cut = clean_text("word " * 100)
    assert cut.endswith("word…")
    assert len(cut) <= MAX_TEXT


@settings(max_examples=60)
@given(text=st.text(max_size=600), secret=st.text(min_size=3, max_size=12, alphabet="abc123-"))
def test_a_secret_is_never_shown(text: str, secret: str) -> None:
    shown = clean_text(text + secret + text, secrets=[secret])
    assert secret not in shown.replace("[key]", "")
    assert len(shown) <= MAX_TEXT


def asked(handler, *, seconds: float = 5.0, base_url: str = "https://acme.invalid", method: str = "GET") -> Answer:
    async def run() -> Answer:
        client = make_client(base_url, headers={"api_key": "sk-1"}, transport=httpx.MockTransport(handler))
        async with client:
            return await ask(client, client.build_request(method, "/x"), who="Acme", seconds=seconds, max_bytes=1000)

    return asyncio.run(run())


def test_a_request_names_us_and_carries_the_key() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={})

    assert asked(handler, base_url="https://acme.invalid/prefix").body == b"{}"
    assert str(seen[0].url) == "https://acme.invalid/prefix/x"
    assert seen[0].headers["api_key"] == "sk-1"
    assert seen[0].headers["user-agent"].startswith("firmograph/")


@pytest.mark.parametrize(
    ("raised", "expected", "reason"),
    [
        (httpx.ConnectError("refused"), AskAgain, None),
        (httpx.ConnectTimeout("slow"), AskAgain, None),
        (httpx.PoolTimeout("full"), AskAgain, None),
        (httpx.ProxyError("407"), AskAgain, None),
        (httpx.ReadTimeout(""), AnswerLost, "timeout"),
        (httpx.WriteTimeout(""), AnswerLost, "timeout"),
        (httpx.ReadError(""), AnswerLost, "bad_answer"),
        (httpx.WriteError(""), AnswerLost, "bad_answer"),
        (httpx.RemoteProtocolError("Server disconnected"), AnswerLost, "bad_answer"),
        (ConnectionResetError("reset"), AnswerLost, "bad_answer"),
    ],
)
def test_what_went_wrong_before_an_answer(raised: Exception, expected: type[ProviderError], reason: str | None) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise raised

    with pytest.raises(expected) as caught:
        asked(handler)
    assert getattr(caught.value, "reason", None) == reason
    assert caught.value.__cause__ is None


def test_the_whole_call_has_a_deadline_also_when_the_answer_drips() -> None:
    async def drip():
        while True:
            yield b" "
            await asyncio.sleep(0.005)

    with pytest.raises(AnswerLost) as caught:
        asked(lambda _: httpx.Response(200, content=drip()), seconds=0.05)
    assert caught.value.reason == "timeout"
    assert asked(lambda _: httpx.Response(401, content=drip()), seconds=0.05).status == 401


def test_a_success_over_the_size_cap_is_lost_and_an_error_is_cut() -> None:
    with pytest.raises(AnswerLost) as caught:
        asked(lambda _: httpx.Response(200, content=b"x" * 1001))
    assert caught.value.reason == "bad_answer"
    long_error = asked(lambda _: httpx.Response(500, content=b"x" * 100_000))
    assert (long_error.status, long_error.is_whole, len(long_error.body)) == (500, False, 65536)


def test_redirects_are_not_followed() -> None:
    answer = asked(lambda _: httpx.Response(307, headers={"location": "https://elsewhere.invalid"}))
    assert answer.status == 307


def test_a_byte_order_mark_is_no_reason_to_lose_an_answer() -> None:
    assert read_json(Answer(status=200, body=b'\xef\xbb\xbf{"a": 1}'), who="Acme") == {"a": 1}


@pytest.mark.parametrize("body", [b"", b"  ", b"{", b"<html>", b"NaN", b"[" * 5000])
def test_what_is_not_json_is_a_lost_answer(body: bytes) -> None:
    with pytest.raises(AnswerLost):
        read_json(Answer(status=200, body=body), who="Acme")


def test_a_client_belongs_to_its_loop_and_is_opened_again_after_closing() -> None:
    clients = LoopClients(lambda: make_client("http://127.0.0.1:9", headers={}))

    async def twice() -> tuple[httpx.AsyncClient, httpx.AsyncClient]:
        first = clients.current()
        assert clients.current() is first
        await clients.aclose()
        assert first.is_closed
        second = clients.current()
        await clients.aclose()
        await clients.aclose()
        return first, second

    assert len({id(client) for client in (*asyncio.run(twice()), *asyncio.run(twice()))}) == 4


@pytest.mark.parametrize(
    ("base_url", "is_proxied"),
    [
        ("http://127.0.0.1:8800", False),
        ("http://localhost:1", False),
        ("http://[::1]:1", False),
        ("http://a.com", True),
    ],
)
def test_a_proxy_is_used_for_other_machines_only(
    base_url: str, monkeypatch: pytest.MonkeyPatch, *, is_proxied: bool
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid:3128")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert make_client(base_url, headers={}).trust_env is is_proxied
