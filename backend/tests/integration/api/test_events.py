"""Events: one look for all listeners, the newest state only, and an end that closes."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import uvicorn

from firmograph.app import App
from firmograph.core.outcomes import RunState
from firmograph.providers.http import httpx
from firmograph.runs.run import COUNTED, Run
from firmograph.web.application import create_web_app
from firmograph.web.events import RunEvents, RunNews

from .api_calls import start

NOW = datetime(2026, 1, 2, tzinfo=UTC)
RUN = Run(
    id="r1",
    name="list",
    state=RunState.RUNNING,
    reason=None,
    detail=None,
    waterfall=("open_facts",),
    fields=(),
    budget=None,
    max_age_days=None,
    accept_low=False,
    allow_name_only=False,
    source={},
    output=None,
    upload_id=None,
    switched_off={},
    asked_since=NOW,
    misses_since=None,
    counts=dict.fromkeys((*COUNTED, "pending"), 0),
    extra_columns=0,
    credits_spent=0.0,
    credits_reserved=0.0,
    credits_uncertain=0.0,
    version=1,
    created_at=NOW,
    started_at=NOW,
    finished_at=None,
)


class Table:
    """Runs that a test changes, and how often they were looked at."""

    def __init__(self, *runs: Run) -> None:
        self.runs = {run.id: run for run in runs}
        self.looks: list[set[str]] = []
        self.is_broken = False

    def look(self, ids: Collection[str]) -> list[Run]:
        self.looks.append(set(ids))
        if self.is_broken:
            self.is_broken = False
            raise OSError("disk I/O error")
        return [self.runs[run_id] for run_id in ids if run_id in self.runs]

    def change(self, run_id: str, **values: Any) -> None:
        run = self.runs[run_id]
        self.runs[run_id] = replace(run, version=run.version + 1, **values)


async def heard(events: RunEvents, run: Run, into: list[RunNews]) -> None:
    async for news in events.follow(run):
        into.append(news)  # noqa: PERF401  # told one by one, as they come


@pytest.mark.anyio
async def test_all_listeners_share_one_look_and_end_with_the_run() -> None:
    table = Table(RUN, replace(RUN, id="r2"))
    events = RunEvents(table.look, tick_s=0.01)
    lists: list[list[RunNews]] = [[] for _ in range(50)]
    tasks = [
        asyncio.create_task(heard(events, table.runs["r1" if i % 2 else "r2"], into)) for i, into in enumerate(lists)
    ]
    await asyncio.sleep(0.05)
    table.change("r1", credits_spent=3.0)
    await asyncio.sleep(0.05)
    table.is_broken = True  # one look that fails is not the end
    await asyncio.sleep(0.05)
    for run_id in ("r1", "r2"):
        table.change(run_id, state=RunState.SUCCEEDED)
    await asyncio.wait_for(asyncio.gather(*tasks), 5)
    assert [news.version for news in lists[1]] == [1, 2, 3]
    assert [news.version for news in lists[0]] == [1, 2]
    assert all(into[-1].is_terminal for into in lists)
    assert '"credits_spent":3.0' in lists[1][1].text
    assert max(map(len, table.looks)) == 2
    before = len(table.looks)
    await asyncio.sleep(0.05)
    assert len(table.looks) <= before + 1  # nobody listens: nobody looks


@pytest.mark.anyio
async def test_a_slow_listener_gets_only_the_newest_and_blocks_nobody() -> None:
    table = Table(RUN)
    events = RunEvents(table.look, tick_s=0.005)
    slow = events.follow(RUN)
    assert (await anext(slow)).version == 1
    waiting = asyncio.ensure_future(anext(slow))
    await asyncio.sleep(0.02)
    table.change("r1")
    assert (await asyncio.wait_for(waiting, 5)).version == 2
    quick: list[RunNews] = []
    task = asyncio.create_task(heard(events, table.runs["r1"], quick))
    for _ in range(10):
        table.change("r1")
        await asyncio.sleep(0.02)
    assert len(quick) > 5
    assert (await anext(slow)).version == 12
    table.change("r1", state=RunState.FAILED)
    await asyncio.wait_for(task, 5)
    assert (await anext(slow)).is_terminal
    with pytest.raises(StopAsyncIteration):
        await anext(slow)


@pytest.mark.anyio
async def test_a_stream_ends_when_the_server_stops() -> None:
    events = RunEvents(Table(RUN).look, tick_s=0.005)
    stopping = asyncio.Event()
    stream = events.follow(RUN, is_closing=stopping.is_set)
    assert not (await anext(stream)).is_terminal
    rest = asyncio.ensure_future(anext(stream, None))
    await asyncio.sleep(0.02)
    stopping.set()
    assert await asyncio.wait_for(rest, 5) is None


@pytest.mark.anyio
async def test_a_run_that_has_ended_is_told_without_a_look() -> None:
    table = Table()
    told: list[RunNews] = []
    await heard(RunEvents(table.look), replace(RUN, state=RunState.CANCELLED), told)
    assert [news.is_terminal for news in told] == [True]
    assert table.looks == []


def test_a_stream_over_real_http_stays_open_until_the_run_ends(app: App) -> None:
    config = uvicorn.Config(create_web_app(app), port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10, trust_env=False) as client:
            run = start(client, domains=["sap.com"])  # type: ignore[arg-type]
            path = f"/api/v1/runs/{run['id']}"
            seen = []
            with client.stream("GET", f"{path}/events", headers={"last-event-id": "0"}) as stream:
                assert stream.headers["content-type"].startswith("text/event-stream")
                for line in stream.iter_lines():
                    if line.startswith("event: "):
                        seen.append(line.removeprefix("event: "))
                    if line.startswith("data: ") and len(seen) == 1:
                        client.post(f"{path}/pause")
                    if line.startswith("data: ") and len(seen) == 2:
                        assert '"state":"paused"' in line
                        client.post(f"{path}/cancel")
            assert seen == ["run", "run", "run", "end"]
    finally:
        server.should_exit = True
        thread.join(10)
    assert not thread.is_alive()
