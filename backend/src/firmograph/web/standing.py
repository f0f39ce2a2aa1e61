"""Who works on a run, as this server knows it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from firmograph.jobs.standing import standing
from firmograph.runs.run import Run
from firmograph.web.drainer import DrainerState
from firmograph.web.serving import Serving


def show_standing(serving: Serving, connection: Connection, run: Run) -> dict[str, Any]:
    """`workers` and `stalled` of a run."""
    return standing(connection, run, now=serving.app.clock.now(), is_drained=is_drained(serving)).to_json()


def is_drained(serving: Serving) -> bool | None:
    """Whether somebody holds the drainer's lock; `None` where workers take jobs from the queues."""
    if serving.app.queues is not None:
        return None
    return serving.drainer is not None and serving.drainer.status.state is not DrainerState.NONE
