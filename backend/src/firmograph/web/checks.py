"""Checks that answer in time: each runs in a thread of its own, and one that hangs is not begun again meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

PATIENCE_S = 1.5


class Hangs(Exception):
    """A check has not come to an end within `PATIENCE_S`."""


class Checks:
    """The checks of a process by name. A thread that hangs does not hold up the process's end."""

    def __init__(self) -> None:
        self._running: dict[str, Future[Any]] = {}
        self._lock = threading.Lock()

    async def ask(self, name: str, check: Callable[[], Any]) -> Any:
        """What the check finds. Raises what it raises, or `Hangs`."""
        future = asyncio.wrap_future(self._begin(name, check))
        try:
            return await asyncio.wait_for(asyncio.shield(future), PATIENCE_S)
        except TimeoutError:
            future.add_done_callback(_take_note)
            raise Hangs(f"no answer within {PATIENCE_S:g} s") from None

    def _begin(self, name: str, check: Callable[[], Any]) -> Future[Any]:
        with self._lock:
            running = self._running.get(name)
            if running is not None and not running.done():
                return running
            future: Future[Any] = Future()
            self._running[name] = future
        threading.Thread(target=_run, args=(future, check), name=f"firmograph-check-{name}", daemon=True).start()
        return future


def _run(future: Future[Any], check: Callable[[], Any]) -> None:
    try:
        result = check()
    except BaseException as error:  # noqa: BLE001 - whoever asks gets it
        future.set_exception(error)
    else:
        future.set_result(result)


def _take_note(future: asyncio.Future[Any]) -> None:
    """Nobody waits for it any more: its error is no surprise to report."""
    if not future.cancelled():
        future.exception()
