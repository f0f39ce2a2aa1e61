"""What the queues' jobs run: a slice of a run's work, in the worker process that took the job.

RQ finds these by name and gives them ids only; the worker puts itself here before it takes its first job.
"""

from __future__ import annotations

from typing import Protocol

from firmograph.jobs.queues import Job, Kind


class Slices(Protocol):
    """The worker, as its jobs see it."""

    def work(self, job: Job) -> None:
        """Work a slice; ask for the next one where more is left. Raises what went wrong."""


_worker: list[Slices] = []


def serve_jobs(worker: Slices) -> None:
    """From now on this process's jobs are that worker's."""
    _worker[:] = [worker]


def intake(run_id: str, slot: int) -> None:
    """Read a run's list for a while."""
    _work(Job(Kind.INTAKE, run_id, slot))


def drain(run_id: str, slot: int) -> None:
    """Ask for a run's targets for a while."""
    _work(Job(Kind.DRAIN, run_id, slot))


def export(export_id: str, slot: int) -> None:
    """Make a prepared export's file."""
    _work(Job(Kind.EXPORT, export_id, slot))


def _work(job: Job) -> None:
    if not _worker:
        raise RuntimeError("This job is for `firmograph worker`: a plain RQ worker has no database and no providers.")
    _worker[0].work(job)
