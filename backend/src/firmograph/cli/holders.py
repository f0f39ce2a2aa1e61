"""Who works on a run, for a person: which worker holds what, and whether it lives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from firmograph.cli.terminal import Row, counted, number, print_table, printable

if TYPE_CHECKING:
    from rich.console import Console

    from firmograph.app import App
    from firmograph.jobs.standing import Standing
    from firmograph.runs.run import Run


def find_standing(app: App, run: Run) -> Standing:
    """Which workers hold what of the run, and whether nobody goes on with it."""
    from firmograph.jobs.standing import standing

    is_drained = is_anybody_draining(app) if app.queues is None else None
    with app.database.read() as connection:
        return standing(connection, run, now=app.clock.now(), is_drained=is_drained)


def is_anybody_draining(app: App) -> bool:
    """Whether some process holds the drainer's lock. It is ours for a moment when none does."""
    lock = app.lock()
    if lock.try_acquire(command="firmograph runs show"):
        lock.release()
        return False
    return True


def print_holders(out: Console, found: Standing) -> None:
    """A line for each worker; nothing where nobody holds anything."""
    rows = [Row(_cells(worker), is_dim=not worker["is_alive"]) for worker in found.workers]
    print_table(out, ("Worker", "", "holds", "is at", "since"), rows, right=("holds",), cut=("Worker",))
    for worker in found.workers:
        if worker["trouble"]:
            out.print(f"{worker['id']}: {printable(worker['trouble'], most=500)}")


def _cells(worker: dict[str, Any]) -> tuple[str, ...]:
    waits = ", ".join(
        f"{call['provider']} {call['verb']} ({number(call['entities'])} in {counted(call['calls'], 'call')})"
        for call in worker["calls"]
    )
    doing = worker["doing"] or {}
    since = min((call["since"] for call in worker["calls"]), default=doing.get("since", ""))
    state = "alive" if worker["is_alive"] else "gone"
    held = counted(worker["targets"], "company", "companies")
    return printable(worker["id"]), state, held, waits or doing.get("kind", ""), since[:19].replace("T", " ")
