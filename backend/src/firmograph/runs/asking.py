"""Asking: one leased batch goes out in one call, and its answer or failure is written down."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import InternalError, OperationalError

from firmograph.clock import Clock
from firmograph.core.outcomes import PauseReason
from firmograph.errors import AnswerLost, AskAgain, NotEntitled, ProviderError, ProviderUnusable, RateLimited
from firmograph.log import during, get_logger
from firmograph.providers.base import BatchAnswer, MatchedCompany, RateFacts
from firmograph.providers.rate_limit import Limiter, Permit
from firmograph.runs import answers, finish
from firmograph.runs.batch import Batch, Lane
from firmograph.runs.plan import AnyProvider, RunPlan

log = get_logger(__name__)

_STORE_AGAIN_S = (0.5, 1.0, 2.0, 4.0)

Work = Callable[[Connection], Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tools:
    """What every drain of a process shares."""

    in_database: Callable[[Work], Awaitable[Any]]  # a short unit of work
    look: Callable[[Work], Awaitable[Any]]  # the same, only reading: never waits for a writer
    providers: Mapping[str, AnyProvider]
    limiters: Mapping[str, Limiter]  # by the key's digest
    clock: Clock
    owner: str
    concurrency: int

    def writing(self, connection: Connection, plan: RunPlan) -> answers.Writing:
        """Where this process writes a run's answers, now."""
        return answers.Writing(connection=connection, plan=plan, providers=self.providers, now=self.clock.now())

    def limiter(self, lane: Lane) -> Limiter | None:
        """The limiter of the lane's key, `None` where nothing limits us."""
        limit = lane.provider.limit
        return None if limit is None else self.limiters[limit.key_id]


@dataclass(slots=True)
class Hindrances:
    """Steps that can't be asked: until a person acts, or for the rest of this run."""

    blocked: dict[int, tuple[PauseReason, str]] = field(default_factory=dict)
    switched_off: dict[int, str] = field(default_factory=dict)


class Asker:
    """Sends batches of one run. Whatever happens to a call, its targets are free again afterwards."""

    def __init__(self, plan: RunPlan, tools: Tools, hindrances: Hindrances) -> None:
        self._plan = plan
        self._tools = tools
        self._hindrances = hindrances

    async def ask(self, batch: Batch, permit: Permit | None) -> None:
        """One call, from its permit to the last row written."""
        with during("provider_batch", **_facts(batch)):
            await self._ask(batch, permit)

    async def _ask(self, batch: Batch, permit: Permit | None) -> None:
        started = self._tools.clock.monotonic()
        try:
            answer = await self._call(batch)
        except ProviderError as error:
            await self._note_failure(batch, permit, error)
            return
        milliseconds = round((self._tools.clock.monotonic() - started) * 1000)
        limiter = self._tools.limiter(batch.lane)
        if limiter is not None and permit is not None:
            await limiter.answered(permit, answer.rate)
        await self._store(
            lambda c: answers.store_answer(self._tools.writing(c, self._plan), batch, answer, duration_ms=milliseconds)
        )
        log.debug("batch_answered", **_facts(batch), ms=milliseconds)

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
        limiter = self._tools.limiter(batch.lane)
        if limiter is not None and permit is not None:
            if isinstance(error, RateLimited):
                await limiter.refused(permit, error)
            else:
                await limiter.answered(permit, RateFacts())
        if isinstance(error, ProviderUnusable):
            self._hindrances.blocked[batch.lane.step] = (PauseReason(error.reason), str(error))
        if isinstance(error, NotEntitled):
            self._hindrances.switched_off[batch.lane.step] = str(error)
        await self._store(lambda c: self._store_failure(c, batch, error))

    async def _store(self, work: Work) -> None:
        """Write an answer down, trying for a while where the database is busy or full: it may have been paid for."""
        for wait in _STORE_AGAIN_S:
            try:
                await self._tools.in_database(work)
            except (OperationalError, InternalError) as error:  # the latter: PostgreSQL is read-only
                log.warning("answer_not_stored_yet", error=str(error.orig), again_in_s=wait)
                await self._tools.clock.sleep(wait)
            else:
                return
        await self._tools.in_database(work)

    def _store_failure(self, connection: Connection, batch: Batch, error: ProviderError) -> None:
        answers.store_failure(self._tools.writing(connection, self._plan), batch, error)
        if isinstance(error, NotEntitled):
            finish.switch_off(connection, batch.run_id, batch.lane.provider.spec.name, str(error))


def _facts(batch: Batch) -> dict[str, Any]:
    """What every log line of a batch says."""
    return {
        "run_id": batch.run_id,
        "provider": batch.lane.provider.spec.name,
        "verb": batch.lane.verb,
        "entities": batch.entities,
    }
