"""What a Redis server says of itself, for `doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError


@dataclass(frozen=True, slots=True)
class RedisFacts:
    """`policy` and `appendonly` are `None` where the server does not tell, a managed one say."""

    version: str
    number: tuple[int, int]
    policy: str | None
    appendonly: bool | None


def ask_facts(redis: Redis) -> RedisFacts:
    """Ask the server. Raises `RedisError` when it is away."""
    told: Any = redis.info("server")
    version = str(told.get("redis_version", "0.0"))
    major, minor, *_ = [*(int(part) for part in version.split(".") if part.isdigit()), 0, 0]
    appendonly = _setting(redis, "appendonly")
    return RedisFacts(
        version=version,
        number=(major, minor),
        policy=_setting(redis, "maxmemory-policy"),
        appendonly=None if appendonly is None else appendonly == "yes",
    )


def _setting(redis: Redis, name: str) -> str | None:
    try:
        told: Any = redis.config_get(name)
    except ResponseError:  # CONFIG is not for everybody
        return None
    value = told.get(name)
    return None if value is None else str(value)
