"""What we know about a company before asking: how it is keyed, and what can be sent to a provider."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class CompanyKey:
    """One company to ask about.

    `key` is the target's key within its run: the registrable web domain, or, where the row had none,
    `linkedin:<slug>` or `name:<folded name>`. At least one of `domain`, `linkedin_url` and `name` is set.
    """

    key: str
    domain: str | None = None
    name: str | None = None
    linkedin_url: str | None = None

    @property
    def is_name_only(self) -> bool:
        """Whether a name is all there is to go by: never trusted above `low`."""
        return self.domain is None and self.linkedin_url is None

    def fingerprint(self) -> str:
        """Stable digest of what is sent, case and spacing aside: the same fingerprint is the same question."""
        parts = (self.domain, fold(self.name), self.linkedin_url)
        return hashlib.sha256("\x1f".join(part or "" for part in parts).encode()).hexdigest()[:32]


def fold(text: str | None) -> str:
    """Text without differences of case and spacing, for comparing and for keys; `None` becomes empty."""
    return " ".join((text or "").casefold().split())
