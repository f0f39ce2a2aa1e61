"""What every drain of a process shares: its ways into the database, providers, limiters, clock and name."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from firmograph.clock import Clock
from firmograph.db.conflicts import was_undone
from firmograph.log import get_logger
from firmograph.providers.rate_limit import Limiter
from firmograph.runs import answers
from firmograph.runs.batch import Lane
from firmograph.runs.plan import AnyProvider, RunPlan

log = get_logger(__name__)

_UNDONE_AGAIN_S = (0.01, 0.05, 0.2, 0.5)

Work = Callable[[Connection], Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tools:
    """What every drain of a process shares. `owner` signs its leases and calls."""

    in_database: Callable[[Work], Awaitable[Any]]  # a short unit of work
    look: Callable[[Work], Awaitable[Any]]  # the same, only reading: never waits for a writer
    providers: Mapping[str, AnyProvider]
    limiters: Mapping[str, Limiter]  # by the key's digest
    clock: Clock
    owner: str
    concurrency: int

    async def write(self, work: Work) -> Any:
        """A unit of work, begun again when the database undid it for another's sake."""
        for wait in _UNDONE_AGAIN_S:
            try:
                return await self.in_database(work)
            except DBAPIError as error:
                if not was_undone(error):
                    raise
                log.info("unit_of_work_undone", error=str(error.orig))
                await self.clock.sleep(wait * random.uniform(0.5, 1.5))  # noqa: S311 - guards nothing
        return await self.in_database(work)

    def writing(self, connection: Connection, plan: RunPlan) -> answers.Writing:
        """Where this process writes a run's answers, now."""
        return answers.Writing(
            connection=connection, plan=plan, providers=self.providers, now=self.clock.now(), owner=self.owner
        )

    def limiter(self, lane: Lane) -> Limiter | None:
        """The limiter of the lane's key, `None` where nothing limits us."""
        limit = lane.provider.limit
        return None if limit is None else self.limiters[limit.key_id]
