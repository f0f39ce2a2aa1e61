"""How a run stands with those who work on it: which worker holds what, and whether nobody is there to go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from firmograph.clock import moment_text
from firmograph.core.outcomes import UNDER_WAY
from firmograph.jobs import presence
from firmograph.runs import holding
from firmograph.runs.run import Run


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """`workers` as the API shows them; `stalled` says why nothing goes on and what to do, `None` while it does."""

    workers: list[dict[str, Any]]
    stalled: str | None

    def to_json(self) -> dict[str, Any]:
        return {"workers": self.workers, "stalled": self.stalled}


def standing(connection: Connection, run: Run, *, now: datetime, is_drained: bool | None) -> Standing:
    """Which workers hold what of a run.

    `is_drained` says whether somebody holds the drainer's lock; `None` where workers take jobs from the queues, whose
    sign of life is their row.
    """
    known = {worker.id: worker for worker in presence.list_workers(connection, now=now)}
    held = {one.owner: one for one in holding.who_holds(connection, run.id)}
    at_it = {worker.id for worker in known.values() if worker.doing and worker.doing.get("run_id") == run.id}
    shown = []
    for owner in sorted(held.keys() | at_it):
        one = held.get(owner, holding.Held(owner))
        worker = known.get(owner)
        shown.append(
            {
                "id": owner,
                "is_alive": bool(is_drained) if worker is None else worker.is_alive,
                "seen_at": None if worker is None else moment_text(worker.seen_at),
                "doing": None if worker is None else worker.doing,
                "trouble": None if worker is None else worker.trouble,
                "targets": one.targets,
                "calls": one.calls,
            }
        )
    is_anybody_there = bool(is_drained) or any(worker.is_alive for worker in known.values())
    stalled = None if run.state not in UNDER_WAY or is_anybody_there else _advice(run, is_drained, sorted(held))
    return Standing(workers=shown, stalled=stalled)


def _advice(run: Run, is_drained: bool | None, held_by: list[str]) -> str:
    left = f" What {', '.join(held_by)} held is free again then." if held_by else ""
    if is_drained is None:
        return f"Nobody works on this run: no worker is alive. Start one with `firmograph worker`.{left}"
    return (
        f"Nobody works on this run. Go on with `firmograph runs resume {run.id}`, or start `firmograph serve` or "
        f"`firmograph worker`.{left}"
    )
