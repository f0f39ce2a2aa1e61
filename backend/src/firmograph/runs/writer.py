"""The writer of a drain: what calls have brought while one transaction is under way goes into the next, together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sqlalchemy.exc import DBAPIError

from firmograph.db.conflicts import may_pass
from firmograph.log import get_logger
from firmograph.runs import answers
from firmograph.runs.batch import Batch
from firmograph.runs.plan import RunPlan
from firmograph.runs.reading import Read
from firmograph.runs.tools import Tools, Work

log = get_logger(__name__)

# Together a little over a minute: a server that is restarted, or a disk that is cleared, is waited for.
_STORE_AGAIN_S = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0)
_MOST_TOGETHER = 16

_Waiting = tuple[Read, asyncio.Future[Batch | None]]


class AnswerWriter:
    """Writes the answers of one run. Each is written as a whole, or not at all."""

    def __init__(self, plan: RunPlan, tools: Tools) -> None:
        self._plan = plan
        self._tools = tools
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def write(self, read: Read) -> Batch | None:
        """Write an answer down, waiting for a database that is away, busy or full: it may have been paid for.

        Returns the batch that goes on to its enrich. Raises what kept the answer from being written.
        """
        written: asyncio.Future[Batch | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((read, written))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        return await asyncio.shield(written)

    async def _write_all(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting[:_MOST_TOGETHER], self._waiting[_MOST_TOGETHER:]
            await self._write(together)

    async def _write(self, together: Sequence[_Waiting]) -> None:
        reads = [read for read, _ in together]
        try:
            going = await patiently(self._tools, lambda c: answers.store(self._tools.writing(c, self._plan), reads))
        except Exception as error:  # noqa: BLE001 - whoever waits for the answer raises it
            if len(together) > 1:
                for one in together:  # one that can't be written keeps no other from it
                    await self._write([one])
            elif not together[0][1].done():
                together[0][1].set_exception(error)
            return
        for (_, written), batch in zip(together, going, strict=True):
            if not written.done():
                written.set_result(batch)


async def patiently(tools: Tools, work: Work) -> list[Batch | None]:
    """Do a unit of work, trying for about a minute where the database may take it later."""
    for wait in _STORE_AGAIN_S:
        try:
            result: list[Batch | None] = await tools.write(work)
        except DBAPIError as error:
            if not may_pass(error):
                raise
            log.warning("answer_not_stored_yet", error=str(error.orig), again_in_s=wait)
            await tools.clock.sleep(wait)
        else:
            return result
    last: list[Batch | None] = await tools.write(work)
    return last
