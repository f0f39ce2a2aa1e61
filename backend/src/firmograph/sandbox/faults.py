"""Faults: drawn by seed and sequence number, so that the same run meets the same ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from firmograph.sandbox import refusals
from firmograph.sandbox.bodies import Question, problem
from firmograph.sandbox.companies import Draws, draws_of, is_below, pick
from firmograph.sandbox.options import FaultKind, SandboxOptions
from firmograph.sandbox.refusals import Reply
from firmograph.sandbox.stats import MATCH

# An enrich answer has no such thing: a row left out, or one with an error, would be a lawful miss.
MATCH_ONLY = frozenset({FaultKind.WRONG_LENGTH, FaultKind.ITEM_ERROR})
# The answer goes out with status 200, and can't be used.
SPOILT = frozenset({FaultKind.NOT_JSON, FaultKind.CUT_JSON, FaultKind.WRONG_LENGTH, FaultKind.FAILURE, FaultKind.HUGE})
HUGE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one call; `draws` decide its particulars."""

    kind: FaultKind
    draws: Draws


def draw_fault(options: SandboxOptions, verb: str, sequence: int) -> Fault | None:
    """The fault of the call with that sequence number, or `None`."""
    kinds = [kind for kind in options.faults if verb == MATCH or kind not in MATCH_ONLY]
    if not options.fail_rate or not kinds:
        return None
    draws = draws_of(f"{options.seed} call {sequence}")[1]
    return Fault(kinds[pick(draws[1], len(kinds))], draws) if is_below(draws[0], options.fail_rate) else None


def refusal(fault: Fault, question: Question, correlation_id: str) -> Reply | None:
    """The refusal the fault means, or `None` when it lets the call be answered."""
    toss = bool(fault.draws[2] % 2)
    match fault.kind:
        case FaultKind.SERVER_ERROR:
            return refusals.general(500, "An unexpected error occurred.", correlation_id)
        case FaultKind.BAD_GATEWAY:
            return refusals.gateway_page(502)
        case FaultKind.UNAVAILABLE:
            spoken = refusals.general(503, "The service is temporarily unavailable.", correlation_id)
            return spoken if toss else Reply(status=503, body=b"")
        case FaultKind.RATE_LIMITED:
            return refusals.too_many(1, is_coded=toss, has_header=bool(fault.draws[3] % 2))
        case FaultKind.REFUSED_ITEM:
            position = pick(fault.draws[4], question.entities)
            return refusals.unprocessable([problem(question.place_of(position), "value is not valid", "value_error")])
        case _:
            return None


def spoil(fault: Fault, answer: dict[str, Any]) -> None:
    """Change an answer's JSON as the fault means, in place."""
    key = "matched_businesses" if "matched_businesses" in answer else "data"
    match fault.kind:
        case FaultKind.FAILURE:
            answer["response_context"] |= {"request_status": "failure"}
            answer[key] = []
        case FaultKind.WRONG_LENGTH:
            position = pick(fault.draws[4], len(answer[key]))
            answer[key][position : position + 1] = [answer[key][position]] * 2 if fault.draws[2] % 2 else []
        case FaultKind.ITEM_ERROR:
            position = pick(fault.draws[4], len(answer[key]))
            row = {"input": answer[key][position]["input"], "error": "Failed to match", "error_type": "internal"}
            answer[key][position] = row
            answer["total_matches"] = sum(1 for row in answer[key] if row.get("business_id"))


def garble(fault: Fault, body: bytes) -> tuple[bytes, str]:
    """The bytes that go out instead of `body`, with their content type."""
    match fault.kind:
        case FaultKind.NOT_JSON:
            return refusals.GATEWAY_PAGE, refusals.PAGE if fault.draws[2] % 2 else refusals.JSON
        case FaultKind.CUT_JSON:
            return body[: 1 + pick(fault.draws[4], len(body) - 1)], refusals.JSON
        case FaultKind.HUGE:
            return body + b" " * HUGE_BYTES, refusals.JSON
        case _:
            return body, refusals.JSON
