"""Run events: one poller per process looks at the runs that somebody listens to, and tells each listener the newest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field

import orjson
from starlette.concurrency import run_in_threadpool

from firmograph.log import get_logger
from firmograph.runs.run import Run

log = get_logger(__name__)

_TICK_S = 0.3

Look = Callable[[Collection[str]], list[Run]]
IsClosing = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class RunNews:
    """A run at a version, as text. After a terminal one nothing follows."""

    version: int
    text: str
    is_terminal: bool


@dataclass(eq=False, slots=True)
class _Listener:
    """Holds only the newest news, so that a slow client neither blocks others nor piles anything up."""

    run_id: str
    version: int
    is_closing: IsClosing
    newest: RunNews | None = None
    told: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, news: RunNews) -> None:
        self.newest, self.version = news, news.version
        self.told.set()


def news_of(run: Run) -> RunNews:
    return RunNews(run.version, orjson.dumps(run.to_json()).decode(), run.is_terminal)


class RunEvents:
    """All listeners of this process. `look` reads the runs with these ids; it is called in a thread."""

    def __init__(self, look: Look, *, tick_s: float = _TICK_S) -> None:
        self._look = look
        self._tick_s = tick_s
        self._listeners: set[_Listener] = set()
        self._poller: asyncio.Task[None] | None = None

    async def follow(self, run: Run, *, is_closing: IsClosing = lambda: False) -> AsyncIterator[RunNews]:
        """The run now, then its newest state whenever it changed, up to a terminal one.

        Ends before that, within a tick, once `is_closing`: the server is about to stop.
        """
        listener = _Listener(run.id, run.version, is_closing)
        self._listeners.add(listener)
        try:
            news = news_of(run)
            yield news
            while not news.is_terminal:
                self._keep_polling()
                await listener.told.wait()
                listener.told.clear()
                if listener.newest is None or listener.is_closing():
                    return
                news = listener.newest
                yield news
        finally:
            self._listeners.discard(listener)

    def _keep_polling(self) -> None:
        if self._poller is None or self._poller.done():
            self._poller = asyncio.get_running_loop().create_task(self._poll())

    async def _poll(self) -> None:
        while self._listeners:
            try:
                runs = await run_in_threadpool(self._look, {listener.run_id for listener in self._listeners})
            except Exception:
                log.exception("run_events_failed")  # a busy database: the next look will tell
                runs = []
            self._tell({run.id: run for run in runs})
            await asyncio.sleep(self._tick_s)

    def _tell(self, runs: dict[str, Run]) -> None:
        texts: dict[str, RunNews] = {}
        for listener in self._listeners:
            if listener.is_closing():
                listener.told.set()
                continue
            run = runs.get(listener.run_id)
            if run is not None and run.version > listener.version:
                if run.id not in texts:
                    texts[run.id] = news_of(run)
                listener.tell(texts[run.id])
