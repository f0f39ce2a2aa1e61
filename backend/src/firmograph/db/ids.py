"""Ids: UUIDv7 (RFC 9562), so that ids sort by the time they were made."""

from __future__ import annotations

import os
import secrets
from datetime import datetime

_RANDOM_BYTES = 10  # 74 of their bits are used


def new_id(now: datetime) -> str:
    """A fresh UUIDv7 of that moment, as text."""
    return new_ids(now, 1)[0]


def new_ids(now: datetime, count: int) -> list[str]:
    """So many of them at once, in no order among themselves."""
    moment = f"{int(now.timestamp() * 1000) & (1 << 48) - 1:012x}"
    start = f"{moment[:8]}-{moment[8:]}-7"
    digits = os.urandom(_RANDOM_BYTES * count).hex()
    ids = []
    for place in range(0, len(digits), 2 * _RANDOM_BYTES):
        variant = "89ab"[int(digits[place], 16) & 3]
        rest = digits[place + 1 : place + 19]
        ids.append(f"{start}{rest[:3]}-{variant}{rest[3:6]}-{rest[6:]}")
    return ids


def new_token() -> str:
    """A value nobody else has: marks one claim."""
    return secrets.token_hex(16)
