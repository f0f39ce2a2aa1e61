"""The provider `explorium`: two batched calls, each answer taken apart by company."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from firmograph.clock import Clock, SystemClock
from firmograph.core.company import CompanyKey
from firmograph.errors import QuestionRefused, SettingsError
from firmograph.providers.base import (
    BatchAnswer,
    CreditBalance,
    ItemAnswer,
    LookupOutcome,
    MatchedCompany,
    ProviderOff,
    ProviderSpec,
    RateLimit,
)
from firmograph.providers.explorium.client import MATCH_PATHS, ExploriumClient, Reply
from firmograph.providers.explorium.mapper import FIELDS, has_readings, read_firmographics, says_nothing
from firmograph.providers.explorium.pairing import pair
from firmograph.providers.explorium.wire import MatchItem, MatchRow, amount, is_business_id
from firmograph.providers.http import httpx

# Contract, sections 0 and 5.6: batches of 50 for both calls; a match is not in the price list, firmographics cost 1.
SPEC = ProviderSpec(
    name="explorium",
    title="Explorium",
    family="firmographics",
    fields=FIELDS,
    match_batch=50,
    enrich_batch=50,
    match_price=0.0,
    enrich_price=1.0,
    read=read_firmographics,
)
_NOT_AN_ID = "not an id of Explorium's form (32 hexadecimal digits)"


class ExploriumProvider:
    """Explorium by API, or whatever else speaks its contract at `host`."""

    def __init__(
        self, client: ExploriumClient, *, host: str, limit: RateLimit, is_sandbox: bool, spec: ProviderSpec = SPEC
    ) -> None:
        self.spec = spec
        self.host = host
        self.limit: RateLimit | None = limit
        self.is_sandbox = is_sandbox
        self._client = client

    def __repr__(self) -> str:
        return f"<ExploriumProvider {self.host}{' (sandbox)' if self.is_sandbox else ''}>"

    async def match(self, companies: Sequence[CompanyKey]) -> BatchAnswer:
        """One call: which of these Explorium knows. A company with nothing to send is not found without being asked."""
        items: dict[str, ItemAnswer] = {}
        asked: dict[MatchItem, list[int]] = {}
        for position, company in enumerate(companies):
            item = MatchItem.of(company)
            if item.is_empty:
                items[company.key] = ItemAnswer(outcome=LookupOutcome.NOT_FOUND, note="nothing that could be sent")
            else:
                asked.setdefault(item, []).append(position)
        if not asked:
            return BatchAnswer(items=items)
        try:
            reply = await self._client.match(list(asked))
        except QuestionRefused as refusal:
            raise _at_positions(refusal, list(asked.values())) from None
        rows = pair(list(asked), reply.rows)
        for index, positions in enumerate(asked.values()):
            if reply.is_miss and not reply.rows:
                answer = ItemAnswer(outcome=LookupOutcome.NOT_FOUND)
            elif index in rows:
                answer = _matched(rows[index])
            else:
                continue
            items |= {companies[position].key: answer for position in positions}
        return _batch(items, reply)

    async def enrich(self, matches: Sequence[MatchedCompany]) -> BatchAnswer:
        """One call: the firmographics of these. An id that several companies share is asked, and billable, once."""
        items: dict[str, ItemAnswer] = {}
        asked: dict[str, list[int]] = {}
        for position, match in enumerate(matches):
            if is_business_id(match.provider_id):
                asked.setdefault(match.provider_id, []).append(position)
            else:
                note = f"{_NOT_AN_ID}, so it was not sent"
                items[match.company.key] = ItemAnswer(outcome=LookupOutcome.NOT_FOUND, note=note)
        if not asked:
            return BatchAnswer(items=items)
        try:
            reply = await self._client.firmographics(list(asked))
        except QuestionRefused as refusal:
            raise _at_positions(refusal, list(asked.values())) from None
        answers = _enriched(list(asked), reply.rows)
        for business_id, answer in answers.items():
            first, *others = (matches[position].company.key for position in asked[business_id])
            items[first] = answer
            items |= {key: _free_copy(answer, of=first) for key in others if key != first}
        return _batch(items, reply)

    async def check(self) -> CreditBalance | None:
        """The credits that are left on the key; asking is free."""
        body = (await self._client.credits()).body
        return CreditBalance(
            remaining=amount(body.get("remaining_credits")), allocated=amount(body.get("allocated_credits"))
        )

    async def aclose(self) -> None:
        await self._client.aclose()


def _at_positions(refusal: QuestionRefused, positions: Sequence[Sequence[int]]) -> QuestionRefused:
    """The refusal with places in what was sent turned into places in what we were given."""
    blamed = {position for item in refusal.items if item < len(positions) for position in positions[item]}
    return QuestionRefused(
        str(refusal), items=tuple(sorted(blamed)), status=refusal.status, correlation_id=refusal.correlation_id
    )


def _batch(items: Mapping[str, ItemAnswer], reply: Reply) -> BatchAnswer:
    return BatchAnswer(
        items=items,
        status=reply.status,
        correlation_id=reply.context.correlation_id,
        credits=reply.context.credits,
        rate=reply.rate,
        is_sandbox=reply.is_sandbox,
    )


def _matched(row: MatchRow) -> ItemAnswer:
    if is_business_id(row.business_id):
        return ItemAnswer(
            outcome=LookupOutcome.FOUND,
            provider_id=row.business_id,
            payload=row.raw,
            note=row.error,
            is_billable=True,
        )
    note = row.error
    if note is None and row.business_id is not None:
        note = f"the answer's id is {_NOT_AN_ID}"
    return ItemAnswer(outcome=LookupOutcome.NOT_FOUND, payload=row.raw, note=note)


def _enriched(business_ids: Iterable[str], rows: Iterable[Any]) -> dict[str, ItemAnswer]:
    """What the rows say of each id. An id is left out when a row that can't be read may have been its."""
    data: dict[str, list[Any]] = {}
    is_any_lost = False
    for row in rows:
        if row is None:
            continue
        business_id = _row_id(row)
        if business_id is None:
            is_any_lost = True
        else:
            data.setdefault(business_id, []).append(row.get("data"))
    answers: dict[str, ItemAnswer] = {}
    for business_id in business_ids:
        if business_id in data:
            answer = _firmographics(business_id, data[business_id])
        else:
            answer = None if is_any_lost else ItemAnswer(outcome=LookupOutcome.NO_DATA, provider_id=business_id)
        if answer is not None:
            answers[business_id] = answer
    return answers


def _row_id(row: Any) -> str | None:
    if not isinstance(row, Mapping):
        return None
    inner = row.get("data")
    candidates = (row.get("business_id"), inner.get("business_id") if isinstance(inner, Mapping) else None)
    return next((candidate for candidate in candidates if is_business_id(candidate)), None)


def _firmographics(business_id: str, candidates: Sequence[Any]) -> ItemAnswer | None:
    """The first row that says something, else that there is none; `None` when none of them can be read."""
    readable = [data for data in candidates if isinstance(data, Mapping) or says_nothing(data)]
    for data in readable:
        if isinstance(data, Mapping) and _is_filled(data):
            outcome = LookupOutcome.FOUND if has_readings(data) else LookupOutcome.NO_DATA
            return ItemAnswer(outcome=outcome, provider_id=business_id, payload=data, is_billable=True)
    if not readable:
        return None
    return ItemAnswer(outcome=LookupOutcome.NO_DATA, provider_id=business_id, payload=readable[0])


def _is_filled(data: Mapping[str, Any]) -> bool:
    return any(not says_nothing(value) for name, value in data.items() if name != "business_id")


def _free_copy(answer: ItemAnswer, *, of: str) -> ItemAnswer:
    """The same answer for another company with the same id, which the provider bills only once."""
    return ItemAnswer(
        outcome=answer.outcome,
        provider_id=answer.provider_id,
        payload=answer.payload,
        note=f"has the same id as {of}, asked once",
    )


def build(  # noqa: PLR0913 - the settings of a key, each by name
    *,
    api_key: str | None,
    base_url: str,
    api_version: str,
    rate_limit: int,
    rate_unit: str,
    is_sandbox: bool,
    match_credits: float = SPEC.match_price,
    firmographics_credits: float = SPEC.enrich_price,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Clock | None = None,
) -> ExploriumProvider | ProviderOff:
    """The provider, or why it is off. The two prices are credits a company, by the plan of the key.

    Raises `SettingsError`, naming the variable, for a setting without meaning.
    """
    key = (api_key or "").strip()
    if not key:
        return ProviderOff(
            spec=SPEC,
            reason="no API key is set",
            fix="Set EXPLORIUM_API_KEY. To try it without a key, start `firmograph sandbox serve` and set "
            "EXPLORIUM_BASE_URL to its address.",
        )
    _refuse_meaningless(key, api_version, rate_limit, rate_unit)
    host = _host(base_url)
    client = ExploriumClient(
        api_key=key,
        base_url=base_url,
        version=api_version,
        who="Explorium (sandbox)" if is_sandbox else "Explorium",
        clock=clock or SystemClock(),
        transport=transport,
    )
    key_id = hashlib.sha256(f"{key}\x1f{host}".encode()).hexdigest()[:16]
    limit = RateLimit(key_id=key_id, per_minute=rate_limit, unit=rate_unit)
    spec = replace(SPEC, match_price=match_credits, enrich_price=firmographics_credits)
    return ExploriumProvider(client, host=host, limit=limit, is_sandbox=is_sandbox, spec=spec)


def _refuse_meaningless(key: str, api_version: str, rate_limit: int, rate_unit: str) -> None:
    if not key.isascii() or not key.isprintable():
        raise SettingsError("EXPLORIUM_API_KEY holds characters that no key has: copy it again.")
    if api_version not in MATCH_PATHS:
        raise SettingsError("EXPLORIUM_API_VERSION must be v1 or v2.")
    if rate_limit < 1 or rate_unit not in {"entities", "requests"}:
        raise SettingsError("EXPLORIUM_RATE_LIMIT must be 1 or more, and EXPLORIUM_RATE_UNIT entities or requests.")


def _host(base_url: str) -> str:
    """Who answers: the host, with its port where that isn't the scheme's own."""
    try:
        parts = urlsplit(base_url)
        host, port = parts.hostname, parts.port
        httpx.URL(base_url)
    except (ValueError, httpx.InvalidURL):
        host, port = None, None
    if not host or parts.scheme not in {"http", "https"} or base_url.split() != [base_url]:
        raise SettingsError("EXPLORIUM_BASE_URL must be a web address such as https://api.explorium.ai.")
    shown = f"[{host}]" if ":" in host else host
    return shown if port in {None, 443 if parts.scheme == "https" else 80} else f"{shown}:{port}"
