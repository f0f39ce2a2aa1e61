"""The queues on Redis: they wake workers and hold nothing that the database does not know better.

A job names a run and one of its slots. A slot is worked by one worker at a time: `begin` refuses a second one, and
`put` adds no job for a slot that waits or is being worked. Whatever Redis forgets, the keeper puts back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from firmograph.db.ids import new_token

SLOT_HELD_S = 20  # a slot whose worker died is free again after so long
JOB_TIMEOUT_S = 900  # a slice takes seconds: this only ends what hangs
_KEPT_FAILURE_S = 24 * 3600
_CONNECT_S, _ANSWER_S = 2, 5
_LONGEST_LOOK = 5000  # jobs at the head of a queue that are looked at


class Kind(StrEnum):
    """What a job does, and the queue it waits in."""

    INTAKE = "intake"
    DRAIN = "drain"
    EXPORT = "export"

    @property
    def queue(self) -> str:
        return f"firmograph-{self.value}"


@dataclass(frozen=True, slots=True)
class Job:
    """One slot of a run (or of a prepared export) to be worked for a while."""

    kind: Kind
    subject: str  # the run's id, or the export's
    slot: int = 0

    @property
    def key(self) -> str:
        return f"{self.kind.value}-{self.subject}-{self.slot}"

    @classmethod
    def from_id(cls, job_id: str) -> Job | None:
        """The job behind an id of RQ's; `None` for one that is not ours."""
        kind, _, rest = job_id.partition("-")
        parts = rest.rsplit("-", 2)
        if kind not in set(Kind) or len(parts) != 3 or not parts[1].isdigit():  # noqa: PLR2004 - subject, slot, token
            return None
        return cls(Kind(kind), parts[0], int(parts[1]))


@dataclass(slots=True)
class Queues:
    """The three queues, and who holds which slot. Every method may raise `redis.exceptions.RedisError`."""

    url: str
    redis: Redis = field(init=False)
    _queues: dict[Kind, Queue] = field(init=False)

    def __post_init__(self) -> None:
        self.redis = self.connect()
        self._queues = {kind: Queue(kind.queue, connection=self.redis, serializer=JSONSerializer) for kind in Kind}

    def connect(self) -> Redis:
        """A client of its own: RQ's worker sets the timeouts of the one it is given."""
        return Redis.from_url(self.url, socket_connect_timeout=_CONNECT_S, socket_timeout=_ANSWER_S)

    def ping(self) -> None:
        """Raises `RedisError` when Redis does not answer."""
        self.redis.ping()

    def depths(self) -> dict[str, int]:
        """How many jobs wait in each queue."""
        return {kind.value: queue.count for kind, queue in self._queues.items()}

    def put(self, jobs: Iterable[Job], *, first: bool = False) -> list[Job]:
        """Let each job wait for a worker, at the tail, or `first`; those that wait or are worked on already do not.

        Returns the jobs that were added.
        """
        wanted = list(jobs)
        waiting = {job for kind in {job.kind for job in wanted} for job in self.waiting(kind)}
        added = [job for job in wanted if job not in waiting and not self.redis.exists(self._slot_key(job))]
        for job in added:
            self._enqueue(job, first=first)
        return added

    def waiting(self, kind: Kind) -> list[Job]:
        """The jobs that wait in a queue, in their order."""
        ids = self._queues[kind].get_job_ids(0, _LONGEST_LOOK)
        return [job for job_id in ids if (job := Job.from_id(job_id)) is not None]

    def begin(self, job: Job, owner: str) -> bool:
        """Take the job's slot; `False` when another worker has it."""
        return bool(self.redis.set(self._slot_key(job), owner, nx=True, ex=SLOT_HELD_S))

    def hold(self, job: Job) -> None:
        """Keep the slot for a while longer."""
        self.redis.expire(self._slot_key(job), SLOT_HELD_S)

    def end(self, job: Job, owner: str) -> None:
        """Give the slot back, unless it was lost to another meanwhile."""
        if self.redis.get(self._slot_key(job)) == owner.encode():
            self.redis.delete(self._slot_key(job))

    def others_wait(self, job: Job) -> bool:
        """Whether work for another run waits for a worker."""
        return any(
            other.subject != job.subject for kind in (Kind.DRAIN, Kind.INTAKE) for other in self.waiting(kind)[:50]
        )

    def note_trouble(self, run_id: str) -> int:
        """Count an error that ended a slice; how many there were in a row lately."""
        key = f"firmograph:trouble:{run_id}"
        pipeline = self.redis.pipeline()
        pipeline.incr(key)
        pipeline.expire(key, _KEPT_FAILURE_S)
        return int(pipeline.execute()[0])

    def forget_trouble(self, run_id: str) -> None:
        self.redis.delete(f"firmograph:trouble:{run_id}")

    def close(self) -> None:
        self.redis.close()

    def _enqueue(self, job: Job, *, first: bool) -> None:
        self._queues[job.kind].enqueue(
            f"firmograph.jobs.tasks.{job.kind.value}",
            job.subject,
            job.slot,
            job_id=f"{job.key}-{new_token()}",
            job_timeout=JOB_TIMEOUT_S,
            result_ttl=0,
            failure_ttl=_KEPT_FAILURE_S,
            at_front=first,
            description=job.key,
        )

    @staticmethod
    def _slot_key(job: Job) -> str:
        return f"firmograph:slot:{job.key}"
