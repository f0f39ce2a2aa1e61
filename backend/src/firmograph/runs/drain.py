"""The drain: leases batches of a run's targets, asks them at once within the limit, and writes each answer down.

The network is async, the database is sync: every unit of work runs beside the event loop and never around a call.
Several processes may drain one run at once; none of them knows of the others but by the database.
"""

from __future__ import annotations

import asyncio
from datetime import datetime

from sqlalchemy import Connection

from firmograph.core.outcomes import PauseReason, Reason, RunState
from firmograph.errors import NotAllowedNow
from firmograph.providers.base import MATCH, ProviderOff
from firmograph.providers.rate_limit import Permit
from firmograph.runs import answers, claims, finish, repository
from firmograph.runs.asking import Asker, Hindrances
from firmograph.runs.batch import Batch, Lane
from firmograph.runs.claims import Claimed
from firmograph.runs.permits import Permits
from firmograph.runs.plan import RunPlan
from firmograph.runs.tools import Tools

_LOOK_AGAIN_S = 0.5  # how soon a pause or a cancel from outside is noticed
_STORE_PASS = 500
_GATHER_S = 0.005
_GRACE_S = 10.0  # how long a stopped drain waits for answers that are under way


class RunDrain:
    """One run being worked on by one process."""

    def __init__(self, plan: RunPlan, tools: Tools) -> None:
        self._plan = plan
        self._tools = tools
        self._over = asyncio.Event()
        self._changed = asyncio.Event()
        self._slots = asyncio.Semaphore(tools.concurrency)
        self._asking: set[asyncio.Task[None]] = set()
        self._hindrances = Hindrances()
        self._permits = Permits(plan.run.id, tools, self._over)
        self._permits.pending = plan.run.counts["pending"]
        self._asker = Asker(plan, tools, self._hindrances, self._permits)
        self._failure: BaseException | None = None
        self._all_new: set[Lane] = set()  # where the last look into the store found nothing
        self._under_way: set[str] = set()  # the keys of targets whose answer is still to come

    async def drain(self, stop: asyncio.Event, hurry: asyncio.Event) -> None:
        """Work until the run ends or pauses, or `stop` is set. What is under way then is still written down.

        It is waited for to its end, which its timeouts bound, or, once `hurry` is set, for a few seconds more.

        Raises what kept an answer from being written, a full disk say; the run's leases are then the caller's to free.
        """
        self._note_what_is_off()
        watchers = [asyncio.create_task(self._watch()), asyncio.create_task(self._obey(stop))]
        steps = [asyncio.create_task(self._work_step(step)) for step in range(len(self._plan.steps))]
        try:
            await _first_failure([watchers[0], *steps])
        finally:
            self._end()
            watchers[1].cancel()
            await asyncio.gather(*watchers, *steps, return_exceptions=True)
            await self._settle_what_is_under_way(hurry)
        if self._failure is not None:
            raise self._failure

    def _note_what_is_off(self) -> None:
        for step, provider in enumerate(self._plan.providers):
            name = provider.spec.name
            if isinstance(provider, ProviderOff):
                self._hindrances.blocked[step] = (
                    PauseReason.PROVIDER_OFF,
                    f"{name} is off: {provider.reason}. {provider.fix}",
                )
            elif name in self._plan.run.switched_off:
                self._hindrances.switched_off[step] = self._plan.run.switched_off[name]

    def _end(self) -> None:
        self._over.set()
        self._change()

    async def _obey(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._end()

    async def _watch(self) -> None:
        """See whether the run was paused from outside, is finished, or has nothing left but what is blocked."""
        looked_at = float("-inf")
        while not self._over.is_set():
            changed = self._changed
            if self._tools.clock.monotonic() - looked_at >= _LOOK_AGAIN_S or not self._asking:
                looked_at = self._tools.clock.monotonic()
                run = await self._tools.look(lambda c: repository.get_run(c, self._plan.run.id))
                self._permits.pending = run.counts["pending"]
                if run.state is not RunState.RUNNING or (not self._asking and await self._is_finished()):
                    self._end()
                    return
            await self._wait(changed)

    async def _is_finished(self) -> bool:
        blocked = dict(self._hindrances.blocked)
        run_id = self._plan.run.id
        if not await self._tools.look(lambda c: finish.may_be_over(c, run_id, blocked)):
            return False

        def work(connection: Connection) -> bool:
            return finish.finish_or_pause(connection, self._plan, blocked, now=self._now(), owner=self._tools.owner)

        try:
            return bool(await self._tools.write(work))
        except NotAllowedNow:  # somebody else finished or paused it first
            return True

    async def _work_step(self, step: int) -> None:
        provider = self._plan.providers[step]
        if isinstance(provider, ProviderOff):
            return
        lanes = (Lane(step, provider.spec.family, provider), Lane(step, MATCH, provider))
        while not self._over.is_set():
            changed = self._changed
            if step in self._hindrances.switched_off:
                did = await self._end_step(lanes[0])
            else:
                did = await self._serve_from_store(lanes)
                if not did and step not in self._hindrances.blocked:
                    did = await self._ask_next(lanes)
            if not did:
                await self._wait(changed)

    async def _end_step(self, lane: Lane) -> bool:
        note = self._hindrances.switched_off[lane.step]

        def work(connection: Connection) -> int:
            return answers.end_step_for_all(
                self._tools.writing(connection, self._plan),
                lane,
                reason=Reason.NOT_ENTITLED,
                note=note,
                most=_STORE_PASS,
            )

        return bool(await self._tools.write(work))

    async def _serve_from_store(self, lanes: tuple[Lane, Lane]) -> bool:
        """Answer what the store can answer, which needs no permit. Where a look found nothing, claims look for
        themselves from then on, until one finds something."""
        run_id = self._plan.run.id
        is_blocked = lanes[0].step in self._hindrances.blocked
        looked_in = [lane for lane in lanes if not lane.is_local and (is_blocked or lane not in self._all_new)]
        if not looked_in:
            return False
        waiting = await self._tools.look(
            lambda c: [lane for lane in looked_in if claims.unchecked(c, run_id, lane, most=1, lock=False)]
        )
        did = False
        for lane in waiting:

            def work(connection: Connection, lane: Lane = lane) -> tuple[int, int]:
                writing = self._tools.writing(connection, self._plan)
                return answers.serve_from_store(writing, lane, most=_STORE_PASS)

            looked, answered = await self._tools.write(work)
            did = did or bool(looked)
            if looked and not answered:
                self._all_new.add(lane)
        if did:
            self._change()
        return did

    async def _ask_next(self, lanes: tuple[Lane, Lane]) -> bool:
        """Permit first, then claim, then call. Says whether there was anything to do."""
        lane, ready = await self._next_lane(lanes)
        if not ready:
            return False
        slots = await self._take_slots(self._permits.together(lane))
        permits: list[Permit | None] = []
        batches: tuple[Batch, ...] = ()
        try:
            permits = await self._permits.wait_for(lane, ready, most=slots)
            sizes = [lane.batch if permit is None else permit.entities for permit in permits]
            batches = (await self._claim(lane, sizes)).batches if permits else ()
        finally:
            for permit in permits[len(batches) :]:
                await self._permits.give_back(lane, permit)
            self._return_slots(slots - len(batches))
        for batch, permit in zip(batches, permits, strict=False):
            task = asyncio.create_task(self._ask(batch, permit))
            self._asking.add(task)
            task.add_done_callback(self._asked)
        return bool(batches)

    async def _ask(self, batch: Batch, permit: Permit | None) -> None:
        keys = {target.key for target in batch.targets}
        self._under_way |= keys
        try:
            await self._asker.ask(batch, permit)
        finally:
            self._under_way -= keys

    async def _take_slots(self, most: int) -> int:
        """Wait for a slot, and take others that are free, or become so in a moment: calls that were begun together tend
        to end together."""
        is_busy = self._slots.locked()
        await self._slots.acquire()
        if is_busy and most > 1:
            await asyncio.sleep(_GATHER_S)
        taken = 1
        while taken < most and not self._slots.locked():
            await self._slots.acquire()
            taken += 1
        return taken

    def _return_slots(self, count: int) -> None:
        for _ in range(count):
            self._slots.release()

    def _asked(self, task: asyncio.Task[None]) -> None:
        self._asking.discard(task)
        self._slots.release()
        if not task.cancelled() and task.exception() is not None:
            self._failure = self._failure or task.exception()
            self._over.set()
        self._change()

    async def _next_lane(self, lanes: tuple[Lane, Lane]) -> tuple[Lane, int]:
        """The lane to ask next, and how many wait there: finish what is matched before matching more.

        Where the provider counts requests, a half-empty enrich waits while there is still something to match.
        """
        enrich, match = lanes
        together = self._permits.together(match)
        most = {lane: together * lane.batch for lane in lanes}
        to_enrich, to_match = await self._tools.look(
            lambda c: claims.count_ready(c, self._plan.run.id, most, now=self._now())
        )
        limit = enrich.provider.limit
        fills_batches = limit is not None and limit.unit == "requests"
        if to_enrich and (not fills_batches or to_enrich >= enrich.batch or not to_match):
            return enrich, to_enrich
        return (match, to_match) if to_match else (enrich, to_enrich)

    async def _claim(self, lane: Lane, sizes: list[int]) -> Claimed:
        if self._over.is_set():
            return claims.NOTHING
        under_way = frozenset(self._under_way)

        def work(connection: Connection) -> Claimed:
            return claims.claim(
                connection,
                self._plan,
                lane,
                sizes=sizes,
                owner=self._tools.owner,
                now=self._now(),
                under_way=under_way,
            )

        try:
            claimed: Claimed = await self._tools.write(work)
        except claims.OutOfBudget:
            await self._block_for_budget(lane)
            return claims.NOTHING
        if claimed.answered:
            self._all_new.discard(lane)
            self._change()
        return claimed

    async def _block_for_budget(self, lane: Lane) -> None:
        """Ask no more at this step, unless somebody's answer may still give something back."""
        run_id = self._plan.run.id
        if not self._asking and not await self._tools.look(lambda c: claims.is_any_leased(c, run_id)):
            self._hindrances.blocked[lane.step] = (PauseReason.BUDGET_USED_UP, _out_of_budget(self._plan))
            self._change()

    async def _settle_what_is_under_way(self, hurry: asyncio.Event) -> None:
        hurried = asyncio.create_task(hurry.wait())
        while self._asking and not hurried.done():
            await asyncio.wait({hurried, *self._asking}, return_when=asyncio.FIRST_COMPLETED)
        hurried.cancel()
        if not self._asking:
            return
        _, late = await asyncio.wait(self._asking, timeout=_GRACE_S)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _change(self) -> None:
        """Wake whoever waits for a change. Each change has its own event, so that none is missed."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def _wait(self, changed: asyncio.Event) -> None:
        """Until `changed` (taken before the last look) is set, or for a moment."""
        if self._over.is_set():
            return
        try:
            async with asyncio.timeout(_LOOK_AGAIN_S):
                await changed.wait()
        except TimeoutError:
            return

    def _now(self) -> datetime:
        return self._tools.clock.now()


async def _first_failure(tasks: list[asyncio.Task[None]]) -> None:
    """Return when the first of the tasks is done; raise when it failed. Steps that can do nothing end at once."""
    waiting = set(tasks)
    while waiting:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        if tasks[0] in done:
            return


def _out_of_budget(plan: RunPlan) -> str:
    return (
        f"The budget of {plan.run.budget or 0:g} credits does not cover another company. Give more with "
        f"`firmograph runs resume {plan.run.id} --budget N`."
    )
