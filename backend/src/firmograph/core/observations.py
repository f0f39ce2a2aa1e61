"""One provider's value for one field, with its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from firmograph.core.fields import Field, FieldValue
from firmograph.core.match import Confidence


class Reading(NamedTuple):
    """What a mapper read from a payload: a value for a field, or only `raw` where the value could not be read.

    `value` is `None` for raw text we don't understand (an unknown band, a revenue not in US dollars): such a reading
    is kept as evidence and never resolved.
    """

    field: Field
    value: FieldValue | None
    raw: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """A reading with its provenance. `observed_at` is aware; `source` is the provider as shown to people."""

    field: Field
    value: FieldValue | None
    raw: str
    provider: str
    is_sandbox: bool
    confidence: Confidence
    observed_at: datetime
    lookup_id: str

    def __post_init__(self) -> None:
        if self.observed_at.tzinfo is None:
            raise ValueError("observed_at must be aware")

    @property
    def source(self) -> str:
        return source_label(self.provider, is_sandbox=self.is_sandbox)


def source_label(provider: str, *, is_sandbox: bool) -> str:
    """How a provider is named wherever a value of its is shown: `explorium`, or `explorium(sandbox)`."""
    return f"{provider}(sandbox)" if is_sandbox else provider
