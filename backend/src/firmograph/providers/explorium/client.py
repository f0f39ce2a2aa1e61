"""One HTTP call to Explorium: its address, its headers, and what its answer amounts to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from firmograph.clock import Clock
from firmograph.errors import AnswerLost, AskAgain
from firmograph.providers.base import RateFacts
from firmograph.providers.explorium.wire import Context, MatchItem, complaint_of
from firmograph.providers.http import LoopClients, ask, httpx, make_client, read_json
from firmograph.providers.statuses import raise_for_status, rate_facts

# Contract, section 1.2. Only lists are sent, so that one reading of the answer serves both versions.
MATCH_PATHS = {"v1": "/v1/businesses/match", "v2": "/v2/businesses/match"}
FIRMOGRAPHICS_PATHS = {
    "v1": "/v1/businesses/firmographics/bulk_enrich",
    "v2": "/v2/businesses/firmographics/enrich",
}
CREDITS_PATHS = {"v1": "/v1/credits", "v2": "/v2/credits"}


# Not Explorium's: the sandbox names itself, so that its answers are marked however it was reached.
SANDBOX_HEADER = "x-firmograph-sandbox"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """A well-formed answer. `rows` is the list that was asked for, empty where it was null."""

    body: Mapping[str, Any]
    rows: Sequence[Any]
    context: Context
    status: int
    rate: RateFacts
    is_sandbox: bool

    @property
    def is_miss(self) -> bool:
        return self.context.request_status == "miss"


class ExploriumClient:
    """The three calls. Each raises the `ProviderError` classes; no text of theirs holds the key."""

    def __init__(
        self,
        *,
        api_key: str,
        base_url: str,
        version: str,
        who: str,
        clock: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        # A figure of what the call cost comes only when asked for, and the asking is free (contract, section 5.6).
        headers = {"api_key": api_key, "credit-usage": "true"}
        self._clients = LoopClients(lambda: make_client(base_url, headers=headers, transport=transport))
        self._version = version
        self._secrets = (api_key,)
        self._who = who
        self._clock = clock

    async def match(self, items: Sequence[MatchItem]) -> Reply:
        """Ask which companies are known. The rows are those of `matched_businesses`."""
        body = {"businesses_to_match": [item.to_json() for item in items]}
        return await self._call("POST", MATCH_PATHS[self._version], body, rows="matched_businesses")

    async def firmographics(self, business_ids: Sequence[str]) -> Reply:
        """Ask for the firmographics of ids that have the right form. The rows are those of `data`."""
        path = FIRMOGRAPHICS_PATHS[self._version]
        return await self._call("POST", path, {"business_ids": list(business_ids)}, rows="data")

    async def credits(self) -> Reply:
        """Ask for the balance, which is free. There are no rows."""
        return await self._call("GET", CREDITS_PATHS[self._version])

    async def aclose(self) -> None:
        await self._clients.aclose()

    async def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, rows: str | None = None
    ) -> Reply:
        client = self._clients.current()
        answer = await ask(client, client.build_request(method, path, json=body), who=self._who)
        if not answer.is_success:
            complaint = complaint_of(answer.body, secrets=self._secrets)
            raise_for_status(answer, complaint, who=self._who, now=self._clock.now())
        parsed = read_json(answer, who=self._who)
        if not isinstance(parsed, dict):
            raise self._malformed("an object was expected", answer.status)
        context = Context.of(parsed, secrets=self._secrets)
        if context.request_status == "failure":
            text = f"{self._who} answered {answer.status}, but says that the request failed."
            raise AskAgain(text, status=answer.status, correlation_id=context.correlation_id)
        found = self._rows(parsed, rows, context, answer.status) if rows else []
        return Reply(
            body=parsed,
            rows=found,
            context=context,
            status=answer.status,
            rate=rate_facts(answer.headers),
            is_sandbox=SANDBOX_HEADER in answer.headers,
        )

    def _rows(self, body: Mapping[str, Any], name: str, context: Context, status: int) -> list[Any]:
        if name not in body and context.request_status != "miss":
            raise self._malformed(f"{name} is missing", status, context.correlation_id)
        rows = body.get(name)
        if rows is None:
            return []
        if not isinstance(rows, list):
            raise self._malformed(f"{name} is no list", status, context.correlation_id)
        return rows

    def _malformed(self, what: str, status: int, correlation_id: str | None = None) -> AnswerLost:
        text = f"{self._who} answered {status}, but not in the agreed form: {what}."
        return AnswerLost(text, reason="bad_answer", status=status, correlation_id=correlation_id)
