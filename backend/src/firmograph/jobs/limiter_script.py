"""The shared window's script on Redis: one round trip for each question, Redis's own time as the only clock."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import orjson
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from firmograph.providers.base import RateLimit
from firmograph.providers.rate_limit import (
    BUCKETS,
    BURST_SHARE,
    CATCH_UP_SHARE,
    GRAIN_SHARE,
    LONGEST_PAUSE_S,
    MOST_DOUBLINGS,
)

_SCRIPT = files("firmograph.jobs").joinpath("limiter.lua").read_text(encoding="utf-8")
_CONNECT_S = 2.0
_ANSWER_S = 3.0

_LONGEST_WAIT_S = 1.0  # whoever waits looks at least so often, and so sees a pause or a new window
_ABSENT_S = 2.0  # who is so late for its next look is taken for gone
_STEP_S = 0.02  # how much later than who comes first the next one looks

OUT_OF_REACH = (RedisError, OSError)  # what a question raises when there is no answer to it


def limiter_client(url: str) -> AsyncRedis:
    """A connection pool that gives up soon: whoever waits for a permit tries again by itself."""
    client: AsyncRedis = AsyncRedis.from_url(
        url,
        socket_connect_timeout=_CONNECT_S,
        socket_timeout=_ANSWER_S,
        health_check_interval=30,
        retry=Retry(NoBackoff(), 0),
    )
    return client


class LimiterScript:
    """Asks the script about one key's window."""

    def __init__(self, client: AsyncRedis, key_id: str) -> None:
        self._run = client.register_script(_SCRIPT)
        self._keys = keys_of(key_id)

    async def ask(self, verb: str, question: Mapping[str, Any]) -> dict[str, Any]:
        """The script's reply. Raises `RedisError` or `OSError` when there is none."""
        reply: dict[str, Any] = orjson.loads(
            await self._run(keys=self._keys, args=[orjson.dumps({"verb": verb, **question})])
        )
        return reply


def window_facts(limit: RateLimit, *, window_s: float, longest_call_s: float) -> dict[str, Any]:
    """What every question says of the window it is about."""
    return {
        "limit": limit.per_minute,
        "unit": limit.unit,
        "window_ms": milliseconds(window_s),
        "open_ms": milliseconds(window_s + longest_call_s),
        "bucket_ms": max(1, milliseconds(window_s / BUCKETS)),
        "burst_ms": milliseconds(window_s * BURST_SHARE),
        "grain_share": GRAIN_SHARE,
        "catch_up_ms": milliseconds(window_s * CATCH_UP_SHARE),
        "longest_pause_ms": milliseconds(LONGEST_PAUSE_S),
        "longest_wait_ms": milliseconds(_LONGEST_WAIT_S),
        "absent_ms": milliseconds(_ABSENT_S),
        "step_ms": milliseconds(_STEP_S),
        "most_doublings": MOST_DOUBLINGS,
    }


def milliseconds(seconds: float) -> int:
    """The script's unit of time."""
    return round(seconds * 1000)


def keys_of(key_id: str) -> list[str]:
    """The names of a key's window on Redis; the braces keep them together on a cluster."""
    return [f"firmograph:limit:{{{key_id}}}:{part}" for part in ("state", "log", "waiting", "turns")]


def shared_window_uses(client: Redis, limits: Mapping[str, int]) -> dict[str, tuple[int, float]]:
    """Per key: what its last minute holds on Redis, and until when everybody pauses after a 429 (unix seconds).

    `limits` is the configured limit by the key's digest. Raises `RedisError` when Redis is out of reach.
    """
    run = client.register_script(_SCRIPT)
    found: dict[str, tuple[int, float]] = {}
    for key_id, per_minute in limits.items():
        question = orjson.dumps({"verb": "report", "limit": per_minute})
        reply = orjson.loads(run(keys=keys_of(key_id), args=[question]))
        found[key_id] = (int(reply["used"]), reply["paused_until"] / 1000)
    return found
