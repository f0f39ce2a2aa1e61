"""What every provider that is asked over HTTP makes of what goes wrong on the wire: again, next, or stop."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from explorium_server import ACME_ID, KEY, company, make_explorium, speak_explorium
from scripted_server import Reply, ScriptedServer, answer, head, raw, reset, serving, silence

from firmograph.errors import (
    AnswerLost,
    AskAgain,
    NotEntitled,
    ProviderError,
    ProviderUnusable,
    QuestionRefused,
    RateLimited,
)
from firmograph.providers.base import MatchedCompany, Provider
from firmograph.providers.http import httpx

ASKED = [company("acme.com", "Acme"), company("other.com")]
MATCHED = [MatchedCompany(company=ASKED[0], provider_id=ACME_ID)]
VERBS: dict[str, Callable[[Provider], Any]] = {
    "match": lambda provider: provider.match(ASKED),
    "enrich": lambda provider: provider.enrich(MATCHED),
    "check": lambda provider: provider.check(),
}
PROVIDERS = {"explorium": make_explorium}
pytestmark = [pytest.mark.parametrize("make", PROVIDERS.values(), ids=PROVIDERS)]
each_verb = pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)


class Impatient(httpx.AsyncBaseTransport):
    """The real transport with no patience for reading, so that a test of timeouts takes none."""

    def __init__(self) -> None:
        self._real = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions["timeout"] = {**request.extensions["timeout"], "read": 0.05}
        return await self._real.handle_async_request(request)

    async def aclose(self) -> None:
        await self._real.aclose()


def failing(make: Callable[..., Provider], verb: Callable[[Provider], Any], *replies: Reply, **given: Any) -> Any:
    """The error that the verb ends in. Whatever went wrong, the key is not in anything that is printed of it."""

    async def run() -> ProviderError:
        async with serving(*replies) as server:
            provider = make(server.base_url, **given)
            with pytest.raises(ProviderError) as caught:
                await verb(provider)
            await provider.aclose()
            assert len(server.requests) == 1, "one call, never retried"
            shown = [str(caught.value), repr(caught.value), repr(provider), *traceback.format_exception(caught.value)]
            assert not any(KEY in text for text in shown)
            return caught.value

    return asyncio.run(run())


@each_verb
def test_a_refused_key_stops_the_provider_and_is_not_shown(make, verb) -> None:
    error = failing(make, verb, answer(401, {"error": {"message": f"key {KEY} is unknown"}}))
    assert isinstance(error, ProviderUnusable)
    assert error.reason == "key_refused"
    assert error.status == 401


@each_verb
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (402, b""),
        (403, {"details": "You have insufficient credits to perform this operation. Please purchase more."}),
        (403, {"detail": [{"loc": ["body"], "msg": "Insufficient credits", "type": "x"}]}),
        (403, {"error": "forbidden", "message": "insufficient credits"}),
        (403, {"response_context": {}, "error": {"code": "INSUFFICIENT_CREDITS", "message": "no", "details": None}}),
        (403, b"<html>Insufficient Credits</html>"),
    ],
)
def test_used_up_credits_stop_the_provider(make, verb, status: int, body: object) -> None:
    error = failing(make, verb, answer(status, body))
    assert isinstance(error, ProviderUnusable)
    assert error.reason == "credits_used_up"


@each_verb
def test_any_other_403_is_about_the_plan(make, verb) -> None:
    assert isinstance(failing(make, verb, answer(403, {"details": "Not part of your plan"})), NotEntitled)


@each_verb
@pytest.mark.parametrize(
    ("headers", "body", "after"),
    [
        ({"retry-after": "7"}, {"retry_after": 60}, 7.0),
        ({}, {"error": "rate_limit_exceeded", "message": "Wait.", "retry_after": 60}, 60.0),
        ({}, {"code": 429, "message": "Wait.", "retry_after": 30}, 30.0),
        ({"date": "Tue, 03 Nov 2026 10:00:00 GMT", "retry-after": "Tue, 03 Nov 2026 10:00:09 GMT"}, b"", 9.0),
        ({"date": "Tue, 03 Nov 2026 10:00:00 GMT", "x-ratelimit-reset": "1793700020"}, b"", 20.0),
        ({"x-ratelimit-reset": "1234567890", "retry-after": "soon"}, b"<html>", None),
    ],
)
def test_a_rate_limit_is_waited_for(make, verb, headers: dict[str, str], body: object, after: float | None) -> None:
    error = failing(make, verb, answer(429, body, headers))
    assert isinstance(error, RateLimited)
    assert error.after == after


@each_verb
@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504])
def test_a_fault_of_the_server_is_asked_again(make, verb, status: int) -> None:
    error = failing(make, verb, answer(status, b"<h1>Bad Gateway</h1>", {"retry-after": "3"}))
    assert isinstance(error, AskAgain)
    assert not isinstance(error, RateLimited)
    assert error.after == 3.0
    assert "<" not in str(error)


@each_verb
@pytest.mark.parametrize("status", [400, 404, 405, 413, 422])
def test_a_refused_question_is_not_asked_again(make, verb, status: int) -> None:
    error = failing(make, verb, answer(status, {"detail": [{"loc": ["body"], "msg": "field required"}]}))
    assert isinstance(error, QuestionRefused)
    assert error.items == ()


@each_verb
def test_a_redirect_is_not_followed(make, verb) -> None:
    error = failing(make, verb, answer(301, b"", {"location": "https://elsewhere.example/v2"}))
    assert isinstance(error, AskAgain)
    assert "elsewhere.example" in str(error)


@each_verb
@pytest.mark.parametrize(
    "body",
    [b"", b"<html>welcome</html>", json.dumps({"data": [{}] * 20}).encode()[:-9], b"[]", b'"text"', b"null", b"\xff{}"],
)
def test_a_success_that_is_no_json_object_is_a_lost_answer(make, verb, body: bytes) -> None:
    error = failing(make, verb, answer(200, body))
    assert isinstance(error, AnswerLost)
    assert error.reason == "bad_answer"
    assert error.status == 200


@each_verb
@pytest.mark.parametrize(
    "reply",
    [
        raw(head(200, {"content-length": "900"}) + b'{"data": ['),
        raw(head(200, {"transfer-encoding": "chunked"}) + b'9\r\n{"data": \r\n'),
        raw(head(200, {"content-length": "9", "content-encoding": "gzip"}) + b"not gzip!"),
        raw(b"SSH-2.0-OpenSSH\r\n"),
        raw(b""),
        reset(),
    ],
    ids=["cut", "cut chunked", "not gzip", "not http", "closed", "reset"],
)
def test_an_answer_that_breaks_off_is_lost(make, verb, reply: Reply) -> None:
    error = failing(make, verb, reply)
    assert isinstance(error, AnswerLost)
    assert error.reason == "bad_answer"


@each_verb
@pytest.mark.parametrize(
    "reply", [silence(), silence(head(200, {"content-length": "90"}) + b'{"data"')], ids=["no head", "no body"]
)
def test_an_answer_that_does_not_come_is_lost(make, verb, reply: Reply) -> None:
    error = failing(make, verb, reply, transport=Impatient())
    assert isinstance(error, AnswerLost)
    assert error.reason == "timeout"


@each_verb
def test_a_refusal_whose_body_is_lost_is_asked_again(make, verb) -> None:
    """Without the body nobody knows which item was blamed, and a refused call costs nothing."""
    error = failing(make, verb, raw(head(422, {"content-length": "900"}) + b'{"detail": ['))
    assert isinstance(error, AskAgain)


@each_verb
def test_a_bomb_is_not_unpacked(make, verb) -> None:
    bomb = gzip.compress(b" " * 40_000_000, 1)
    assert len(bomb) < 200_000
    error = failing(make, verb, answer(200, bomb, {"content-encoding": "gzip"}))
    assert isinstance(error, AnswerLost)
    assert "33,554,432 bytes" in str(error)


@each_verb
def test_nobody_there_is_asked_again(make, verb) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    async def run() -> None:
        provider = make(f"http://127.0.0.1:{port}")
        with pytest.raises(AskAgain) as caught:
            await verb(provider)
        assert not isinstance(caught.value, RateLimited)
        await provider.aclose()

    asyncio.run(run())


@each_verb
def test_a_handshake_that_fails_is_asked_again(make, verb) -> None:
    async def speak_plainly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 This is not TLS\r\n\r\n")
        await writer.drain()
        writer.close()

    async def run() -> None:
        async with await asyncio.start_server(speak_plainly, "127.0.0.1", 0) as server:
            provider = make(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
            with pytest.raises(AskAgain):
                await verb(provider)
            await provider.aclose()

    asyncio.run(run())


def test_the_key_goes_in_its_header_and_blanks_go_nowhere(make) -> None:
    async def run() -> ScriptedServer:
        async with serving(answer(body=speak_explorium)) as server:
            provider = make(server.base_url)
            await provider.match(ASKED)
            await provider.aclose()
            return server

    request = asyncio.run(run()).requests[0]
    assert request.headers["api_key"] == KEY
    assert request.headers["user-agent"].startswith("firmograph/")
    assert "null" not in request.body.decode()


def test_one_provider_serves_several_event_loops_at_once(make) -> None:
    """A process may drain two runs in two threads; connections can't be shared between their loops."""

    async def drain(provider: Provider) -> int:
        answered = [await provider.match(ASKED) for _ in range(3)]
        await provider.aclose()
        return sum(len(batch.items) for batch in answered)

    async def run() -> list[int]:
        async with serving(answer(body=speak_explorium)) as server:
            provider = make(server.base_url)
            drains = (asyncio.to_thread(asyncio.run, drain(provider)) for _ in range(4))
            return await asyncio.gather(*drains)

    assert asyncio.run(run()) == [6, 6, 6, 6]
