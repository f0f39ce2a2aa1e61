"""Ids: UUIDv7 (RFC 9562), so that ids sort by the time they were made."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime


def new_id(now: datetime) -> str:
    """A fresh UUIDv7 of that moment, as text."""
    milliseconds = int(now.timestamp() * 1000)
    random_bits = secrets.randbits(74)
    value = (milliseconds & (1 << 48) - 1) << 80 | 7 << 76 | (random_bits >> 62) << 64 | 2 << 62
    return str(uuid.UUID(int=value | random_bits & (1 << 62) - 1))


def new_token() -> str:
    """A value nobody else has: marks one claim."""
    return secrets.token_hex(16)
