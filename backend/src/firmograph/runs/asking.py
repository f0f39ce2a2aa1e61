"""Asking: one leased batch goes out in one call, and its answer or failure is written down."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from firmograph.core.outcomes import PauseReason
from firmograph.errors import AnswerLost, AskAgain, NotEntitled, ProviderError, ProviderUnusable, RateLimited
from firmograph.log import during, get_logger
from firmograph.providers.base import BatchAnswer, LookupOutcome, MatchedCompany, RateFacts
from firmograph.providers.rate_limit import Permit, PermitLost
from firmograph.runs import finish, reading
from firmograph.runs.batch import Batch
from firmograph.runs.permits import Permits
from firmograph.runs.plan import RunPlan
from firmograph.runs.tools import Tools
from firmograph.runs.writer import AnswerWriter

log = get_logger(__name__)

_LONGEST_MATCH_S = 30.0  # after a longer one, the lease may not last for the enrich


@dataclass(slots=True)
class Hindrances:
    """Steps that can't be asked: until a person acts, or for the rest of this run."""

    blocked: dict[int, tuple[PauseReason, str]] = field(default_factory=dict)
    switched_off: dict[int, str] = field(default_factory=dict)

    def hinder(self, step: int) -> bool:
        return step in self.blocked or step in self.switched_off


class Asker:
    """Sends batches of one run. Whatever happens to a call, its targets are free again afterwards."""

    def __init__(self, plan: RunPlan, tools: Tools, hindrances: Hindrances, permits: Permits) -> None:
        self._plan = plan
        self._tools = tools
        self._hindrances = hindrances
        self._permits = permits
        self._writer = AnswerWriter(plan, tools)

    async def ask(self, batch: Batch, permit: Permit | None) -> None:
        """One call, from its permit to the last row written; and, where its matches may go on at once, their enrich."""
        following: Batch | None = batch
        while following is not None:
            try:
                await self._permits.keep(following.lane, permit, following.entities)
            except PermitLost as error:
                await self._write_failure(following, _not_asked(error))
                return
            with during("provider_batch", **_facts(following)):
                following, permit = await self._ask_once(following, permit)

    async def _ask_once(self, batch: Batch, permit: Permit | None) -> tuple[Batch | None, Permit | None]:
        started = self._tools.clock.monotonic()
        try:
            answer = await self._call(batch)
        except ProviderError as error:
            await self._note_failure(batch, permit, error)
            return None, None
        milliseconds = round((self._tools.clock.monotonic() - started) * 1000)
        await self._tell_limiter(batch, permit, answer.rate)
        onward, next_permit = await self._leave_to_go_on(batch, answer, milliseconds / 1000)
        read = reading.read(
            self._plan, batch, answer, duration_ms=milliseconds, now=self._tools.clock.now(), onward=onward
        )
        following = None
        try:
            following = await self._writer.write(read)
        finally:
            if following is None:
                await self._permits.give_back(batch.lane.enriching(), next_permit)
        log.debug("batch_answered", **_facts(batch), ms=milliseconds)
        return following, next_permit

    async def _leave_to_go_on(self, batch: Batch, answer: BatchAnswer, duration_s: float) -> tuple[int, Permit | None]:
        """How many of a match's companies may be enriched at once, with the permit for it: none where it must wait."""
        found = sum(
            item.outcome is LookupOutcome.FOUND and item.provider_id is not None for item in answer.items.values()
        )
        lane = batch.lane
        is_late = duration_s > _LONGEST_MATCH_S
        if not lane.is_match or not found or is_late or self._hindrances.hinder(lane.step):
            return 0, None
        following = lane.enriching()
        return await self._permits.at_once(following, min(found, following.batch))

    async def _call(self, batch: Batch) -> BatchAnswer:
        """The provider's answer. Anything but a provider's own error is turned into one, so that no lease is kept."""
        provider = batch.lane.provider
        try:
            if batch.lane.is_match:
                return await provider.match([target.company for target in batch.targets])
            return await provider.enrich(
                [
                    MatchedCompany(company=target.company, provider_id=target.provider_id or "")
                    for target in batch.targets
                ]
            )
        except ProviderError:
            raise
        except asyncio.CancelledError:
            raise AnswerLost("stopped before the answer came", reason="timeout") from None
        except Exception as error:
            log.exception("provider_broke", **_facts(batch))
            raise AskAgain(f"{provider.spec.name} broke: {type(error).__name__}") from error

    async def _note_failure(self, batch: Batch, permit: Permit | None, error: ProviderError) -> None:
        log.info("batch_failed", **_facts(batch), kind=type(error).__name__, error=str(error))
        await self._tell_limiter(batch, permit, error if isinstance(error, RateLimited) else RateFacts())
        if isinstance(error, ProviderUnusable):
            self._hindrances.blocked[batch.lane.step] = (PauseReason(error.reason), str(error))
        if isinstance(error, NotEntitled):
            self._hindrances.switched_off[batch.lane.step] = str(error)
            await self._tools.write(
                lambda c: finish.switch_off(c, batch.run_id, batch.lane.provider.spec.name, str(error))
            )
        await self._write_failure(batch, error)

    async def _tell_limiter(self, batch: Batch, permit: Permit | None, told: RateFacts | RateLimited) -> None:
        """Whatever the limiter meets, the answer is written: its entry leaves the window by itself, later."""
        limiter = self._tools.limiter(batch.lane)
        if limiter is None or permit is None:
            return
        try:
            if isinstance(told, RateLimited):
                await limiter.refused(permit, told)
            else:
                await limiter.answered(permit, told)
        except Exception as error:  # noqa: BLE001 - see above
            log.warning("limiter_not_told", **_facts(batch), error=str(error))

    async def _write_failure(self, batch: Batch, error: ProviderError) -> None:
        await self._writer.write(reading.read_failure(batch, error, now=self._tools.clock.now()))


def _not_asked(error: PermitLost) -> RateLimited:
    """A call that was not made, for want of a permit that holds: its targets are free again, at no one's cost."""
    return RateLimited(f"not asked: {error}")


def _facts(batch: Batch) -> dict[str, Any]:
    """What every log line of a batch says."""
    return {
        "run_id": batch.run_id,
        "provider": batch.lane.provider.spec.name,
        "verb": batch.lane.verb,
        "entities": batch.entities,
    }
