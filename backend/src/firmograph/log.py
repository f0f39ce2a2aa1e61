"""Structured logs: one event per line, constant names, facts as keywords, secrets replaced before they are written."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRET_WORDS = ("api_key", "apikey", "token", "secret", "password", "authorization", "cookie")
_REDACTED = "[redacted]"
_SHORTEST_SECRET = 4  # replacing single letters would only garble


class Redact:
    """A structlog processor that hides known secret values and whatever stands under a secret's name."""

    def __init__(self, secrets: tuple[str, ...] = ()) -> None:
        self._secrets = tuple(secret for secret in secrets if len(secret) >= _SHORTEST_SECRET)

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        for name, value in event.items():
            if any(word in name.lower() for word in SECRET_WORDS) and name != "lease_token":
                event[name] = _REDACTED
            elif isinstance(value, str):
                event[name] = self.clean(value)
        return event

    def clean(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, _REDACTED)
        return text


def set_up_logging(*, level: str, as_json: bool, secrets: tuple[str, ...] = ()) -> None:
    """Send events of at least `level` to standard error, as JSON lines or for a person."""
    renderer: Any = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            Redact(secrets),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def get_logger(name: str) -> Any:
    """A logger whose events carry the module's name."""
    return structlog.get_logger(module=name)
