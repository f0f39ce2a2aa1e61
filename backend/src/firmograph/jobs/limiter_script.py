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

_SCRIPT = files("firmograph.jobs").joinpath("limiter.lua").read_text(encoding="utf-8")
_CONNECT_S = 2.0
_ANSWER_S = 3.0

UNUSED = (0, 0.0)


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
