"""One window per key for all workers, on Redis. When Redis can't be asked, nothing is asked of the provider either."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import uuid4

from redis.asyncio import Redis as AsyncRedis
from sqlalchemy import Connection, func, select

from firmograph.errors import RateLimited
from firmograph.jobs.limiter_script import OUT_OF_REACH, LimiterScript, limiter_client, milliseconds, window_facts
from firmograph.jobs.rate_store import InDatabase, was_idle
from firmograph.log import get_logger
from firmograph.providers.base import RateFacts, RateLimit
from firmograph.providers.http import CALL_SECONDS
from firmograph.providers.rate_limit import LONGEST_PAUSE_S, WINDOW_S, Permit, PermitLost

log = get_logger(__name__)

LONGEST_CALL_S = CALL_SECONDS + 30.0  # from its permit: reading and leasing its targets takes a while too
_AGAIN_S = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
_KEEP_S = 3.0  # how long a permit that may go out is fought for
_HEARD_S = 0.25  # how long an answer waits for Redis to hear of it; after that it is told beside
_CLOSE_S = 2.0

_T = TypeVar("_T")


@dataclass(slots=True)
class _Out:
    """A permit of this process: what it weighs, when it was granted (monotonic), and whether its call is out."""

    weight: int
    entities: int
    granted: float
    is_out: bool = False


class RedisLimiter:
    """The window of one key, shared by every process that asks the same Redis. Implements `Limiter`.

    `was_idle` says whether the database proves that nothing was asked lately: then a window that Redis does not know
    begins empty, else full. `window_s` and `longest_call_s` are seconds; only tests have another window than a minute.
    Used within one event loop; `aclose` closes `client`.
    """

    def __init__(
        self,
        limit: RateLimit,
        *,
        client: AsyncRedis,
        was_idle: Callable[[], Awaitable[bool]],
        window_s: float = WINDOW_S,
        longest_call_s: float = LONGEST_CALL_S,
    ) -> None:
        self.limit = limit
        self.trouble: str | None = None
        self._client = client
        self._script = LimiterScript(client, limit.key_id)
        self._was_idle = was_idle
        self._longest_call_s = longest_call_s
        self._per_minute = limit.per_minute
        self._epoch: str | None = None
        self._out: dict[str, _Out] = {}
        self._telling: set[asyncio.Task[Any]] = set()
        self._returned = asyncio.Event()
        self._facts = window_facts(limit, window_s=window_s, longest_call_s=longest_call_s)

    @property
    def per_minute(self) -> int:
        """The limit in force: the configured one, or a lower one that the provider's headers told."""
        return self._per_minute

    async def acquire(self, most: int, *, backlog: int, run_id: str) -> Permit:
        """Wait for leave to send between 1 and `most` companies; runs that wait at once, anywhere, are served in turn.

        While Redis is out of reach nothing is granted: it waits, and `trouble` says so.
        """
        entry_id = uuid4().hex
        question = {"entry": entry_id, "run": run_id, "most": most, "backlog": backlog}
        asked: asyncio.Task[int | float] | None = None
        troubles = 0
        try:
            while True:
                self._returned.clear()
                asked = asyncio.create_task(self._try(question))
                try:
                    found = await asyncio.shield(asked)  # a question that is under way is never cut short
                except OUT_OF_REACH:
                    await asyncio.sleep(_again(troubles))
                    troubles += 1
                    continue
                if isinstance(found, int):
                    break
                troubles = 0
                await self._wait(found)
        except BaseException:
            self._give_back({"entry": entry_id, "run": run_id}, after=asked)
            raise
        self._out[entry_id] = _Out(self.limit.weight(found), found, time.monotonic())
        return Permit(found, entry_id)

    async def keep(self, permit: Permit, entities: int) -> None:
        """Use only so many of a permit's companies; 0 gives it back, which never fails.

        Raises `PermitLost` when Redis forgot the permit and its place is taken, or can't be reached in a few seconds.
        """
        if entities == 0:
            self._drop(permit)
            return
        out = self._out.get(permit.entry_id)
        if out is None or time.monotonic() - out.granted > self._longest_call_s / 2:
            self._drop(permit)
            raise PermitLost("The permit is too old to be used: its targets are asked for again.")
        weight = self.limit.weight(entities)
        reply = await self._kept({"entry": permit.entry_id, "weight": weight, "entities": entities})
        if reply is None or reply.get("is_lost"):
            self._drop(permit)
            raise PermitLost(self.trouble or "Redis forgot the window and the permit's place is taken.")
        if entities < permit.entities:
            self._returned.set()
        permit.entities = out.entities = entities
        out.weight, out.is_out = weight, True

    async def answered(self, permit: Permit, facts: RateFacts) -> None:
        """The answer is here: the permit's weight leaves the window in 60 s, and the headers correct us.

        Where Redis does not hear of it at once, it is told beside; at worst the entry leaves by itself, later.
        """
        told = {"told_limit": facts.limit, "told_remaining": facts.remaining}
        if facts.reset_at is not None:
            told["told_reset"] = milliseconds(facts.reset_at)
        first = {name: value for name, value in told.items() if value is not None}
        await self._settle("answered", permit, first=first, again={})

    async def refused(self, permit: Permit, error: RateLimited) -> float:
        """429: everybody who shares the key pauses. Returns for how many seconds.

        1 s where Redis does not say at once how often it happened, and the provider not for how long.
        """
        after = {} if error.after is None else {"after_ms": milliseconds(min(max(error.after, 0.0), LONGEST_PAUSE_S))}
        reply = await self._settle("refused", permit, first=after, again=after)
        return reply["pause_ms"] / 1000 if reply else after.get("after_ms", 1000) / 1000

    async def aclose(self) -> None:
        """Say for a moment longer what Redis has not heard yet, then let go of the connections."""
        if self._telling:
            _, late = await asyncio.wait(self._telling, timeout=_CLOSE_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._client.aclose()

    async def _try(self, question: dict[str, Any]) -> int | float:
        """How many companies were granted, or, as a float, after how many seconds to look again."""
        reply = await self._ask("acquire", question)
        if reply.get("is_missing"):
            await self._ask("start", {"is_idle": await self._was_idle()})
            reply = await self._ask("acquire", question)
        granted: int = reply.get("granted", 0)
        return granted or float(reply.get("wait_ms", 0)) / 1000

    async def _wait(self, seconds: float) -> None:
        """Sleep, or wake earlier when a permit of this process was given back."""
        try:
            async with asyncio.timeout(seconds):
                await self._returned.wait()
        except TimeoutError:
            return

    async def _kept(self, question: dict[str, Any]) -> dict[str, Any] | None:
        try:
            async with asyncio.timeout(_KEEP_S):
                return await self._ask_until_heard("keep", question)
        except TimeoutError:
            return None

    def _drop(self, permit: Permit) -> None:
        self._out.pop(permit.entry_id, None)
        permit.entities = 0
        self._give_back({"entry": permit.entry_id, "run": ""})

    def _give_back(self, question: dict[str, Any], *, after: asyncio.Task[Any] | None = None) -> None:
        """Leave the queue and the window, once the question that may have been granted is answered."""

        async def give_back() -> None:
            if after is not None:
                await asyncio.gather(after, return_exceptions=True)
            await self._tell_for_long("give_back", question)
            self._returned.set()

        self._beside(give_back())

    async def _settle(
        self, verb: str, permit: Permit, *, first: dict[str, Any], again: dict[str, Any]
    ) -> dict[str, Any] | None:
        """Tell what became of a permit. `None` when Redis has not heard of it within a moment."""
        self._out.pop(permit.entry_id, None)
        question = {"entry": permit.entry_id, "weight": self.limit.weight(permit.entities)}
        task = self._beside(self._tell_for_long(verb, {**question, **first}, {**question, **again}))
        if self.trouble is None:
            await asyncio.wait({task}, timeout=_HEARD_S)
        return task.result() if task.done() and not task.cancelled() else None

    def _beside(self, telling: Coroutine[Any, Any, _T]) -> asyncio.Task[_T]:
        task = asyncio.create_task(telling)
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)
        return task

    async def _tell_for_long(
        self, verb: str, question: dict[str, Any], again: dict[str, Any] | None = None
    ) -> dict[str, Any] | None:
        """Tell Redis something for as long as it matters: by then the entry has left the window by itself."""
        try:
            async with asyncio.timeout(self._facts["open_ms"] / 1000):
                return await self._ask_until_heard(verb, question, again)
        except TimeoutError:
            return None

    async def _ask_until_heard(
        self, verb: str, question: dict[str, Any], again: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        tries = 0
        while True:
            try:
                return await self._ask(verb, question)
            except OUT_OF_REACH:
                await asyncio.sleep(_again(tries))
                tries += 1
                question = again if again is not None else question

    async def _ask(self, verb: str, question: dict[str, Any]) -> dict[str, Any]:
        try:
            reply = await self._script.ask(verb, {**self._facts, **question})
        except OUT_OF_REACH as error:
            if self.trouble is None:
                log.warning("limiter_out_of_reach", key=self.limit.key_id, error=str(error))
            self.trouble = f"The limiter's Redis can't be asked, so no provider is asked either: {error}"
            raise
        if self.trouble is not None:
            self.trouble = None
            log.warning("limiter_back", key=self.limit.key_id)
        self._per_minute = reply["limit"]
        self._put_back(reply["epoch"])
        return reply

    def _put_back(self, epoch: str) -> None:
        """When the window is another one than before, tell it of our calls that are out."""
        before, self._epoch = self._epoch, epoch or self._epoch
        if before is None or self._epoch == before:
            return
        log.warning("limiter_window_began_anew", key=self.limit.key_id)
        for entry_id, out in self._out.items():
            if out.is_out:
                put = {"entry": entry_id, "weight": out.weight, "entities": out.entities, "is_out": True}
                self._beside(self._tell_for_long("keep", put))


class RedisLimiters:
    """Makes the limiters of a process, and knows what keeps any of them from letting questions out."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._made: dict[str, RedisLimiter] = {}

    def make(self, limit: RateLimit, in_database: InDatabase) -> RedisLimiter:
        """The limiter of a key; `in_database` runs one short unit of work on PostgreSQL."""

        async def is_idle() -> bool:
            return bool(await in_database(_was_idle_by_its_clock))

        limiter = RedisLimiter(limit, client=limiter_client(self._url), was_idle=is_idle)
        self._made[limit.key_id] = limiter
        return limiter

    def find_trouble(self) -> str | None:
        """What keeps a limiter from letting anything out, for the worker's heartbeat."""
        return next((limiter.trouble for limiter in list(self._made.values()) if limiter.trouble), None)


def _was_idle_by_its_clock(connection: Connection) -> bool:
    return was_idle(connection, now=connection.execute(select(func.clock_timestamp())).scalar_one())


def _again(troubles: int) -> float:
    """How long to wait before Redis is asked again; not all workers at once."""
    return _AGAIN_S[min(troubles, len(_AGAIN_S) - 1)] * random.uniform(0.8, 1.2)  # noqa: S311 - no secret
