"""The sandbox itself: takes a call as it arrived and says what to answer; no network here."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import orjson

from firmograph.clock import Clock
from firmograph.errors import SettingsError
from firmograph.sandbox import faults, refusals
from firmograph.sandbox.answers import (
    asked_key,
    companies_of,
    enrich_answer,
    enrich_rows,
    has_values,
    match_rows,
    refused_positions,
)
from firmograph.sandbox.bodies import Question, UnreadableBody, problem
from firmograph.sandbox.companies import draws_of
from firmograph.sandbox.faults import Fault
from firmograph.sandbox.options import FaultKind, SandboxOptions
from firmograph.sandbox.refusals import Reply
from firmograph.sandbox.registry import IdRegistry
from firmograph.sandbox.stats import MATCH, Stats
from firmograph.sandbox.window import SlidingWindow


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One request to a verb, read to its end. `arrived` is in monotonic seconds."""

    verb: str
    version: int
    read: Callable[[bytes, str], Question]
    key: str
    wants_usage: bool
    content_type: str
    body: bytes
    arrived: float


class Sandbox:
    """What the provider would do, with invented companies. Not for several threads at once."""

    def __init__(self, options: SandboxOptions, clock: Clock) -> None:
        self.options = options
        self.clock = clock
        self.stats = Stats()
        self.charged = 0
        self._registry = IdRegistry(options.state_path)
        self._windows: dict[str, SlidingWindow] = {}
        self._sequence = 0

    @property
    def remaining_credits(self) -> int:
        return max(0, self.options.credits - self.charged)

    def close(self) -> None:
        self._registry.close()

    def is_known_key(self, key: str) -> bool:
        """Whether a request with this key is let in."""
        return bool(key.strip()) and self.options.api_key in (None, key)

    def rate_headers(self, key: str) -> dict[str, str]:
        """What every answer says of the key's window; nothing when there is no limit."""
        limit = self.options.rate_per_minute
        if not limit:
            return {}
        window, now = self._window(key), self.clock.monotonic()
        reset = self.clock.now().timestamp() + window.seconds_until_reset(now)
        return {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(max(0, limit - window.used(now))),
            "X-RateLimit-Reset": str(math.ceil(reset)),
        }

    def answer(self, call: Call) -> Reply:
        """What to send back: in this order the key, the limit, a fault, the body's problems and the credits decide."""
        correlation_id = uuid4().hex
        if not self.is_known_key(call.key):
            return refusals.general(401, "Invalid or missing API key.", correlation_id)
        try:
            question = call.read(call.body, call.content_type)
        except UnreadableBody:
            return refusals.general(400, "There was an error parsing the body.", correlation_id)
        keys = question.ids if call.verb != MATCH else [asked_key(item) for item in question.items]
        if not question.problems:
            self.stats.verbs[call.verb].count_asked(keys)
        refused = self._limited(call.key, question.entities, call.arrived)
        if refused:
            return refused
        self._sequence += 1
        fault = faults.draw_fault(self.options, call.verb, self._sequence) if not question.problems else None
        reply = self._decided(call, question, fault, correlation_id)
        is_sound = reply.status == HTTPStatus.OK and not (fault and fault.kind in faults.SPOILT)
        return replace(reply, delay=self._delay(fault), delivered=keys if is_sound else None)

    def credits_answer(self, key: str, arrived: float) -> Reply:
        """The balance. It names no entity, so that it weighs only where requests are counted."""
        context = self._context(uuid4().hex, arrived, "success")
        if not self.is_known_key(key):
            failed = context | {"request_status": "failure"}
            return refusals.enveloped(401, "UNAUTHORIZED", "Invalid or missing API key", failed)
        refused = self._limited(key, 0, arrived)
        if refused:
            return refused
        body = {
            "response_context": context,
            "allocated_credits": self.options.credits,
            "remaining_credits": self.remaining_credits,
            "account_type": "trial",
        }
        return Reply(status=200, body=orjson.dumps(body), delay=self._delay(None))

    def stats_shown(self) -> dict[str, Any]:
        """Counts, credits and options, as JSON can hold them."""
        balance = {"allocated": self.options.credits, "charged": self.charged, "remaining": self.remaining_credits}
        return self.stats.shown() | {"credits": balance, "options": self.options.shown()}

    def change(self, changes: Mapping[str, Any]) -> None:
        """Replace some options. Raises `SettingsError`."""
        if not isinstance(changes, Mapping):
            raise SettingsError("sandbox: send the options to change as one JSON object.")
        self.options = self.options.changed(changes)

    def _decided(self, call: Call, question: Question, fault: Fault | None, correlation_id: str) -> Reply:
        if fault:
            self.stats.faults[fault.kind.value] += 1
            self.stats.rate_limited_by_fault += fault.kind is FaultKind.RATE_LIMITED
            refused = faults.refusal(fault, question, correlation_id)
            if refused:
                return refused
        if question.problems:
            return refusals.unprocessable(question.problems)
        answered = self._matched(question) if call.verb == MATCH else self._enriched(call, question, correlation_id)
        if isinstance(answered, Reply):
            return answered
        status, answer, billed = answered
        self.charged += billed
        answer = {"response_context": self._context(correlation_id, call.arrived, status)} | answer
        if call.wants_usage:
            answer["credit_usage"] = {"total_credits": billed, "total_results": billed}
        if not fault:
            return Reply(status=200, body=orjson.dumps(answer))
        faults.spoil(fault, answer)
        body, content_type = faults.garble(fault, orjson.dumps(answer))
        return Reply(status=200, body=body, content_type=content_type)

    def _matched(self, question: Question) -> tuple[str, dict[str, Any], int]:
        rows = match_rows(question.items, self.options, self._registry)
        matches = sum(1 for row in rows if row["business_id"])
        answer = {"total_results": len(rows), "total_matches": matches, "matched_businesses": rows}
        return "success" if matches else "miss", answer, 0

    def _enriched(self, call: Call, question: Question, correlation_id: str) -> Reply | tuple[str, dict[str, Any], int]:
        companies = companies_of(question.ids, self.options, self._registry)
        refused = refused_positions(companies, self.options)
        if refused:
            words = "value is not a valid business id"
            return refusals.unprocessable([problem(question.place_of(at), words, "value_error") for at in refused])
        rows, billable = enrich_rows(question.ids, companies, self.options)
        if self.remaining_credits < max(1, billable):
            return refusals.general(403, refusals.NO_CREDITS, correlation_id)
        status = "success" if any(map(has_values, rows)) else "miss"
        return status, enrich_answer(question, rows, version=call.version), billable

    def _limited(self, key: str, entities: int, arrived: float) -> Reply | None:
        """A 429 when the question does not fit into the key's minute; else it is counted."""
        limit = self.options.rate_per_minute
        weight = entities if self.options.rate_unit == "entities" else 1
        window = self._window(key)
        if not limit or window.admit(weight, limit, arrived):
            return None
        self.stats.rate_limited += 1
        draws = draws_of(f"{self.options.seed} limit {self.stats.rate_limited}")[1]
        after = window.seconds_until_room(weight, limit, arrived)
        return refusals.too_many(after, is_coded=bool(draws[0] % 2), has_header=bool(draws[1] % 2))

    def _window(self, key: str) -> SlidingWindow:
        return self._windows.setdefault(key, SlidingWindow())

    def _delay(self, fault: Fault | None) -> float:
        is_slow = fault is not None and fault.kind is FaultKind.SLOW
        return (self.options.latency_ms + (self.options.slow_ms if is_slow else 0)) / 1000

    def _context(self, correlation_id: str, arrived: float, status: str) -> dict[str, Any]:
        took = self.clock.monotonic() - arrived + self.options.latency_ms / 1000
        return {
            "correlation_id": correlation_id,
            "request_status": status,
            "time_took_in_seconds": round(took, 3),
        }
