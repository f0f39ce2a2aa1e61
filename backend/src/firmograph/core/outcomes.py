"""The states and outcomes of runs and targets, the reasons beside them, and which state may follow which."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class RunState(StrEnum):
    """Where a run stands."""

    IMPORTING = "importing"  # its list is being read
    QUEUED = "queued"  # read; nobody works on it yet
    RUNNING = "running"
    PAUSED = "paused"  # a person, a refused key or a used-up budget stopped it; `resume` goes on
    SUCCEEDED = "succeeded"  # no target failed
    PARTIAL = "partial"  # some targets failed
    FAILED = "failed"  # all targets failed, or the list could not be read
    CANCELLED = "cancelled"


TERMINAL_STATES = frozenset({RunState.SUCCEEDED, RunState.PARTIAL, RunState.FAILED, RunState.CANCELLED})

# What a worker has still to do with.
UNDER_WAY = (RunState.IMPORTING, RunState.QUEUED, RunState.RUNNING)

ALLOWED: dict[RunState, frozenset[RunState]] = {
    RunState.IMPORTING: frozenset({RunState.QUEUED, RunState.PAUSED, RunState.FAILED, RunState.CANCELLED}),
    RunState.QUEUED: frozenset({RunState.RUNNING, RunState.PAUSED, RunState.CANCELLED, *TERMINAL_STATES}),
    RunState.RUNNING: frozenset({RunState.PAUSED, *TERMINAL_STATES}),
    RunState.PAUSED: frozenset({RunState.IMPORTING, RunState.QUEUED, RunState.CANCELLED}),
    # `retry` opens an ended run again
    RunState.SUCCEEDED: frozenset({RunState.QUEUED}),
    RunState.PARTIAL: frozenset({RunState.QUEUED}),
    RunState.FAILED: frozenset({RunState.QUEUED}),
    RunState.CANCELLED: frozenset({RunState.QUEUED}),
}


class PauseReason(StrEnum):
    """Why a run is paused; each names what a person does next."""

    BY_USER = "paused_by_user"
    INTERRUPTED = "interrupted"
    KEY_REFUSED = "key_refused"
    CREDITS_USED_UP = "credits_used_up"
    BUDGET_USED_UP = "budget_used_up"
    PROVIDER_OFF = "provider_off"
    WORKER_TROUBLE = "worker_trouble"


class TargetState(StrEnum):
    """Where a target stands."""

    OPEN = "open"
    LEASED = "leased"
    DONE = "done"


class Outcome(StrEnum):
    """How a target, and each of its records, ended. Records also have `rejected` and `pending`."""

    ENRICHED = "enriched"
    NO_MATCH = "no_match"
    FAILED = "failed"
    SKIPPED = "skipped"
    REJECTED = "rejected"
    PENDING = "pending"


class Reason(StrEnum):
    """Why a target ended without a value. One word each; the note beside it tells more."""

    PROVIDER_ERROR = "provider_error"
    TIMEOUT = "timeout"
    BAD_ANSWER = "bad_answer"
    BUDGET = "budget"
    CANCELLED = "cancelled"
    CONDITION = "condition"
    NOT_ENTITLED = "not_entitled"
    NOT_FOUND = "not_found"
    NO_DATA = "no_data"
    LOW_CONFIDENCE = "low_confidence"

    __hash__ = str.__hash__  # as in `Field`


FAILURES = (Reason.PROVIDER_ERROR, Reason.TIMEOUT, Reason.BAD_ANSWER)
SKIPS = (Reason.CANCELLED, Reason.BUDGET, Reason.NOT_ENTITLED, Reason.CONDITION)
# The miss that tells most comes first: a wrong company was seen, a company without data, nothing at all.
MISSES = (Reason.LOW_CONFIDENCE, Reason.NO_DATA, Reason.NOT_FOUND)


class Rejection(StrEnum):
    """Why a record is not sent anywhere."""

    EMPTY = "empty"
    PLACEHOLDER = "placeholder"
    NOT_A_DOMAIN = "not_a_domain"
    FREEMAIL = "freemail"
    DISPOSABLE = "disposable"
    SOCIAL_PROFILE = "social_profile"
    HOSTED_PAGE = "hosted_page"
    IP_ADDRESS = "ip_address"
    RESERVED = "reserved"
    UNKNOWN_SUFFIX = "unknown_suffix"


def target_outcome(*, has_value: bool, step_reasons: Iterable[Reason]) -> tuple[Outcome, Reason | None]:
    """The outcome of a target from what its steps came to.

    A value wins; then an error that retries did not cure; then a skip; what is left is a miss. Among several reasons of
    one kind the order of the tuples above decides.
    """
    if has_value:
        return Outcome.ENRICHED, None
    reasons = set(step_reasons)
    for outcome, ordered in (
        (Outcome.FAILED, FAILURES),
        (Outcome.SKIPPED, SKIPS),
        (Outcome.NO_MATCH, MISSES),
    ):
        for reason in ordered:
            if reason in reasons:
                return outcome, reason
    return Outcome.NO_MATCH, Reason.NOT_FOUND
