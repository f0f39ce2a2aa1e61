"""What a serving process holds, and how endpoints get at it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from firmograph.app import App
from firmograph.db.engine import Database
from firmograph.jobs.keeper import Keeper
from firmograph.providers.base import ProviderOff
from firmograph.runs import repository
from firmograph.runs.plan import AnyProvider
from firmograph.runs.run import Run
from firmograph.web.drainer import Drainer
from firmograph.web.events import RunEvents

_MB = 1 << 20


@dataclass(slots=True)
class Serving:
    """The app, its providers to describe and to plan with (the worker asks its own), the listeners, the drainer."""

    app: App
    providers: dict[str, AnyProvider] = field(init=False)
    events: RunEvents = field(init=False)
    drainer: Drainer | None = None  # none before the server has started, nor with Redis
    keeper: Keeper | None = None  # with Redis: workers elsewhere do the work, and are woken from here

    def __post_init__(self) -> None:
        self.providers = self.app.providers()
        self.events = RunEvents(self._find_runs)

    @property
    def database(self) -> Database:
        return self.app.database

    @property
    def most_upload_bytes(self) -> int:
        return self.app.settings.max_upload_mb * _MB

    def wake(self) -> None:
        """There may be new work."""
        if self.drainer is not None:
            self.drainer.wake()
        if self.keeper is not None:
            self.keeper.wake()

    def wake_export(self, export_id: str) -> None:
        """A prepared export waits to be made."""
        del export_id  # the embedded worker looks for itself
        self.wake()

    async def start(self) -> None:
        """Begin to work on the runs or, with Redis, to wake those who do."""
        if self.app.queues is not None:
            self.keeper = self.app.keeper()
            self.keeper.start()
            return
        self.drainer = Drainer(self.app)
        await run_in_threadpool(self.drainer.start)

    async def stop(self) -> None:
        """End the drainer within its time, and let go of the providers."""
        if self.keeper is not None:
            await run_in_threadpool(self.keeper.stop)
        if self.drainer is not None:
            await run_in_threadpool(self.drainer.stop)
        for provider in self.providers.values():
            if not isinstance(provider, ProviderOff):
                await provider.aclose()

    def _find_runs(self, ids: Collection[str]) -> list[Run]:
        with self.database.read() as connection:
            return repository.find_runs(connection, ids)


async def get_serving(request: Request) -> Serving:
    serving: Serving = request.app.state.serving
    return serving


ServingDep = Annotated[Serving, Depends(get_serving)]
