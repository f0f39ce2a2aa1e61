"""What streams out of a run over HTTP: its events while it works, and its list as a file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import chain
from typing import Annotated, Any
from urllib.parse import quote

import anyio
from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse
from sse_starlette import EventSourceResponse, ServerSentEvent

from firmograph.exports.formats import FORMATS, media_type
from firmograph.runs import repository
from firmograph.runs.exporting import export_file_name, export_plan, export_run
from firmograph.runs.run import Run
from firmograph.runs.schemas import ExportFormat
from firmograph.web.events import RunEvents
from firmograph.web.problems import problems
from firmograph.web.serving import Serving, ServingDep

router = APIRouter(tags=["runs"])

_PING_S = 15
_SLOW_CLIENT_S = 60.0
_GOODBYE_S = 1.0  # so that a stream ends whole when the server stops, and its client comes back later
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "`event: run` with the run as data and its version as id, the first at once; `event: end` when "
        "the run has ended; a comment every 15 seconds.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": {
            media_type(name).partition(";")[0]: {"schema": {"type": "string", "format": "binary"}} for name in FORMATS
        },
    }
}


@router.get("/runs/{run_id}/events", response_class=EventSourceResponse, responses={**_EVENTS, **problems(404)})
def follow_run(
    serving: ServingDep,
    run_id: str,
    last_event_id: Annotated[
        str | None, Header(description="Taken and not needed: the first event is always the run as it is now.")
    ] = None,
) -> EventSourceResponse:
    """The run as server-sent events, until it ends."""
    del last_event_id
    stopping = anyio.Event()
    return EventSourceResponse(
        _events(serving.events, _run(serving, run_id), stopping),
        shutdown_event=stopping,
        shutdown_grace_period=_GOODBYE_S,
        sep="\n",
        ping=_PING_S,
        ping_message_factory=lambda: ServerSentEvent(comment="still here"),
        send_timeout=_SLOW_CLIENT_S,
    )


@router.get("/runs/{run_id}/export", response_class=StreamingResponse, responses={**_FILE, **problems(400, 404)})
def export_run_as_file(
    serving: ServingDep,
    run_id: str,
    file_format: Annotated[
        ExportFormat | None, Query(alias="format", description="The list's own format by default.")
    ] = None,
    provenance: Annotated[bool, Query(description="Also who gave each value, and when.")] = False,
    neutralise: Annotated[bool, Query(description="Make the list's own cells formula-safe too.")] = False,
) -> StreamingResponse:
    """The run's list with what was found, at any time; open rows are `pending`."""
    run = _run(serving, run_id)
    plan = export_plan(run, file_format=file_format, with_provenance=provenance, neutralise=neutralise)
    chunks = export_run(serving.database, run, plan)
    first = next(chunks, b"")  # what goes wrong at the start is still a problem, not a broken file
    headers = {"Content-Disposition": attachment(export_file_name(run, plan.format))}
    return StreamingResponse(chain([first], chunks), media_type=media_type(plan.format), headers=headers)


def attachment(file_name: str) -> str:
    """A `Content-Disposition` for a name of `export_file_name`, which every client understands."""
    plain = "".join(letter if letter.isascii() else "_" for letter in file_name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name)}"


async def _events(events: RunEvents, run: Run, stopping: anyio.Event) -> AsyncIterator[ServerSentEvent]:
    async for news in events.follow(run, is_closing=stopping.is_set):
        yield ServerSentEvent(event="run", id=str(news.version), data=news.text)
        if news.is_terminal:
            yield ServerSentEvent(event="end", id=str(news.version), data=news.text)


def _run(serving: Serving, run_id: str) -> Run:
    with serving.database.read() as connection:
        return repository.get_run(connection, run_id)
