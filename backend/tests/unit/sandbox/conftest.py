"""A sandbox without a network, on a clock that only moves when told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from firmograph.sandbox import bodies
from firmograph.sandbox.calls import Call, Sandbox
from firmograph.sandbox.options import SandboxOptions
from firmograph.sandbox.refusals import Reply
from firmograph.sandbox.stats import ENRICH, MATCH

READERS = {
    "match": (MATCH, 2, bodies.read_match),
    "enrich": (ENRICH, 2, bodies.read_v2_enrich),
    "bulk_enrich": (ENRICH, 1, bodies.read_bulk_enrich),
    "single_enrich": (ENRICH, 1, bodies.read_single_enrich),
}


class StillClock:
    """A clock that stands still until it is told to move on."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class Bench:
    """Asks one sandbox, and reads its answers."""

    def __init__(self, **options: Any) -> None:
        self.clock = StillClock()
        self.sandbox = Sandbox(SandboxOptions(**options), self.clock)

    def reply(self, verb: str, body: Any, *, key: str = "k", usage: bool = False, content_type: str = "") -> Reply:
        name, version, read = READERS[verb]
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.sandbox.answer(
            Call(
                verb=name,
                version=version,
                read=read,
                key=key,
                wants_usage=usage,
                content_type=content_type or "application/json",
                body=sent,
                arrived=self.clock.monotonic(),
            )
        )

    def ask(self, verb: str, body: Any, **how: Any) -> tuple[int, Any]:
        reply = self.reply(verb, body, **how)
        return reply.status, json.loads(reply.body)

    def match(self, *domains: str) -> list[str | None]:
        status, answer = self.ask("match", {"businesses_to_match": [{"domain": domain} for domain in domains]})
        assert status == 200
        return [row["business_id"] for row in answer["matched_businesses"]]


@pytest.fixture
def bench() -> Iterator[Callable[..., Bench]]:
    """Makes sandboxes; they are closed in the end."""
    made: list[Bench] = []

    def make(**options: Any) -> Bench:
        made.append(Bench(**({"miss_rate": 0.0, "no_data_rate": 0.0} | options)))
        return made[-1]

    yield make
    for each in made:
        each.sandbox.close()
