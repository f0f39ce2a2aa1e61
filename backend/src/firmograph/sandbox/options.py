"""What the sandbox can be told: pace, limit, faults, and how many of its companies give trouble."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from firmograph.errors import SettingsError


class FaultKind(StrEnum):
    """What can go wrong with a call."""

    SERVER_ERROR = "server_error"  # 500 with the general error body
    BAD_GATEWAY = "bad_gateway"  # 502 with a page
    UNAVAILABLE = "unavailable"  # 503 with the general body or none
    RATE_LIMITED = "rate_limited"  # a 429 although the window has room
    NOT_JSON = "not_json"  # 200 with a page
    CUT_JSON = "cut_json"  # 200 whose JSON stops in the middle
    WRONG_LENGTH = "wrong_length"  # match only: a row too few or too many
    FAILURE = "failure"  # 200 whose `request_status` is `failure`, without rows
    REFUSED_ITEM = "refused_item"  # 422 naming one index of a sound batch
    ITEM_ERROR = "item_error"  # match only: one row carries `error` and `error_type`
    SLOW = "slow"  # the right answer, late
    HUGE = "huge"  # the right answer with a long tail of blanks; only on demand


# A client that asks again ends with the same companies as without these.
PASSING_FAULTS = (
    FaultKind.SERVER_ERROR,
    FaultKind.BAD_GATEWAY,
    FaultKind.UNAVAILABLE,
    FaultKind.RATE_LIMITED,
    FaultKind.NOT_JSON,
    FaultKind.CUT_JSON,
    FaultKind.WRONG_LENGTH,
    FaultKind.FAILURE,
    FaultKind.SLOW,
)
# These cost the item they name: by the contract such a row is a miss.
ITEM_FAULTS = (FaultKind.REFUSED_ITEM, FaultKind.ITEM_ERROR)
DEFAULT_FAULTS = PASSING_FAULTS + ITEM_FAULTS

RateUnit = Literal["entities", "requests"]
SHARES = ("fail_rate", "miss_rate", "no_data_rate", "bad_id_rate", "malformed_id_rate")
COUNTS = ("latency_ms", "slow_ms", "rate_per_minute", "seed", "credits")


@dataclass(frozen=True, kw_only=True)
class SandboxOptions:
    """How the sandbox behaves. Shares are between 0 and 1; raises `SettingsError` for a value without meaning.

    `rate_per_minute` 0 is no limit. `fail_rate` is the share of match and enrich calls that meet one of `faults`, drawn
    by seed and sequence number. `bad_id_rate` is the share of companies whose id the enrich verb refuses with a 422
    naming its index; `malformed_id_rate` that of companies for which match answers an id that is none: both always hit
    the same companies. Without `api_key` every key that isn't blank is taken. `state_path` is a file that remembers the
    ids given out, so that a sandbox started again still knows them.
    """

    latency_ms: int = 120
    slow_ms: int = 5_000
    rate_per_minute: int = 200
    rate_unit: RateUnit = "entities"
    fail_rate: float = 0.0
    faults: tuple[FaultKind, ...] = DEFAULT_FAULTS
    seed: int = 1
    credits: int = 1_000_000
    api_key: str | None = None
    miss_rate: float = 0.12
    no_data_rate: float = 0.04
    bad_id_rate: float = 0.0
    malformed_id_rate: float = 0.0
    state_path: Path | None = None

    def __post_init__(self) -> None:
        for name in SHARES:
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
                raise SettingsError(f"sandbox: {name} is a share between 0 and 1, not {value!r}.")
        for name in COUNTS:
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                raise SettingsError(f"sandbox: {name} is a whole number from 0 up, not {value!r}.")
        if self.rate_unit not in ("entities", "requests"):
            raise SettingsError(f"sandbox: rate_unit is 'entities' or 'requests', not {self.rate_unit!r}.")
        if self.api_key is not None and not isinstance(self.api_key, str):
            raise SettingsError("sandbox: api_key is text, or null to take any key.")
        object.__setattr__(self, "faults", _fault_kinds(self.faults))

    def changed(self, changes: Mapping[str, Any]) -> SandboxOptions:
        """These options with some replaced. Raises `SettingsError` for an unknown name, or one fixed at start."""
        known = [field.name for field in fields(self) if field.name != "state_path"]
        for name in changes:
            if name not in known:
                raise SettingsError(f"sandbox: no option {name!r} that can be changed; there are {', '.join(known)}.")
        return replace(self, **changes)

    def shown(self) -> dict[str, Any]:
        """The options as JSON can hold them, the key left out."""
        shown = asdict(self)
        del shown["api_key"]
        return shown | {"state_path": str(self.state_path) if self.state_path else None}


def _fault_kinds(names: Any) -> tuple[FaultKind, ...]:
    if not isinstance(names, list | tuple):
        raise SettingsError(f"sandbox: faults is a list of names, not {names!r}.")
    try:
        return tuple(FaultKind(name) for name in names)
    except ValueError:
        raise SettingsError(f"sandbox: faults are among {', '.join(FaultKind)}, not {list(names)!r}.") from None
