"""The composition root: settings, database and providers put together, for the command line and the server."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from firmograph.clock import Clock, FollowingClock, SystemClock
from firmograph.config import Settings
from firmograph.db import migrate
from firmograph.db.engine import Database
from firmograph.errors import SettingsError
from firmograph.jobs.database_clock import following_clock
from firmograph.jobs.drainer_lock import DrainerLock, make_lock
from firmograph.jobs.embedded import EmbeddedWorker
from firmograph.jobs.engine import EngineParts, MakeLimiter
from firmograph.jobs.rate_store import TableWindowStore, window_uses
from firmograph.log import set_up_logging
from firmograph.providers.base import ProviderOff
from firmograph.providers.rate_limit import WindowLimiter
from firmograph.providers.registry import build_providers
from firmograph.runs.plan import AnyProvider
from firmograph.runs.request import default_waterfall

if TYPE_CHECKING:  # Redis and RQ are imported only where they are used: the command line starts sooner
    from firmograph.jobs.keeper import Keeper
    from firmograph.jobs.presence import Presence
    from firmograph.jobs.queue_worker import QueueWorker
    from firmograph.jobs.queues import Queues


@dataclass(frozen=True, kw_only=True, slots=True)
class App:
    """One process's Firmograph. `is_sandbox` says that Explorium's address was chosen as the sandbox's."""

    settings: Settings
    database: Database
    is_sandbox: bool = False
    clock: Clock = field(default_factory=SystemClock)
    queues: Queues | None = None  # with Redis: many workers, woken through its queues

    def providers(self) -> dict[str, AnyProvider]:
        """Every provider, on or off with its reason. Who asks them closes them."""
        return build_providers(self.settings, is_sandbox=self.is_sandbox)

    def ages(self) -> dict[str, float]:
        """How old a stored hit or miss may be, in days, where the run does not say."""
        return {"max_age_days": self.settings.max_age_days, "miss_max_age_days": self.settings.miss_max_age_days}

    def worker(self, *, only: str | None = None) -> EmbeddedWorker:
        """An embedded worker, not started. The caller holds the drainer's lock."""
        return EmbeddedWorker(self.embedded_parts(), only=only)

    def embedded_parts(self) -> EngineParts:
        """What the embedded worker's engine is made of."""
        clock = self.clock
        return self.engine_parts(
            lambda limit, in_database: WindowLimiter(limit, store=TableWindowStore(in_database, clock), clock=clock),
            f"{socket.gethostname()}:{os.getpid()}",
        )

    def engine_parts(self, make_limiter: MakeLimiter, owner: str) -> EngineParts:
        """What a worker's engine is made of; `owner` signs its leases."""
        return EngineParts(
            database=self.database,
            make_providers=self.providers,
            make_limiter=make_limiter,
            clock=self.clock,
            owner=owner,
            concurrency=self.settings.concurrency,
            keep_exports=timedelta(days=self.settings.keep_exports_days),
            **self.ages(),
        )

    def queue_worker(self) -> tuple[QueueWorker, Keeper]:
        """A worker on the queues and its keeper, not started. Only with Redis."""
        from firmograph.jobs.presence import introduce, new_worker_id
        from firmograph.jobs.queue_worker import QueueWorker
        from firmograph.jobs.redis_limiter import RedisLimiters

        if self.queues is None:
            raise SettingsError("REDIS_URL is not set: there are no queues to work on.")
        worker_id = new_worker_id()
        limiters = RedisLimiters(self.queues.url)
        keeper = self.keeper(worker=introduce(worker_id, self.names_on()), find_trouble=limiters.find_trouble)
        return QueueWorker(self.engine_parts(limiters.make, worker_id), self.queues, keeper), keeper

    def keeper(
        self, *, worker: Presence | None = None, find_trouble: Callable[[], str | None] = lambda: None
    ) -> Keeper:
        """The keeper of this process, not started. Only with Redis."""
        from firmograph.jobs.keeper import Keeper

        if self.queues is None or not isinstance(self.clock, FollowingClock):
            raise SettingsError("REDIS_URL is not set: there are no queues to keep.")
        return Keeper(
            self.database,
            self.queues,
            self.clock,
            providers=self.providers(),
            ages=self.ages(),
            keep_exports=timedelta(days=self.settings.keep_exports_days),
            worker=worker,
            find_trouble=find_trouble,
        )

    def window_uses(self, providers: Mapping[str, AnyProvider]) -> dict[str, tuple[int, float]]:
        """What the last minute of each key holds, and until when everybody pauses after a 429 (unix seconds).

        By the key's digest; keys that were not used, or can't be asked about now, may be missing.
        """
        if self.queues is None:
            with self.database.read() as connection:
                return window_uses(connection, now=self.clock.now().timestamp())
        from firmograph.jobs.limiter_script import OUT_OF_REACH, shared_window_uses

        limits = [provider.limit for provider in providers.values() if not isinstance(provider, ProviderOff)]
        try:
            per_minute = {limit.key_id: limit.per_minute for limit in limits if limit is not None}
            return shared_window_uses(self.queues.redis, per_minute)
        except OUT_OF_REACH:
            return {}

    def lock(self) -> DrainerLock:
        return make_lock(self.database, self.settings.data_dir)

    def names_on(self) -> list[str]:
        """The providers that can be asked."""
        return list(default_waterfall(self.providers()))


def open_app(settings: Settings, *, is_sandbox: bool = False, announce: Callable[[str], None] | None = None) -> App:
    """Set up logging, bring the schema up to date, and hand out the app. `announce` is told of a migration."""
    set_up_logging(level=settings.log_level, as_json=settings.log_format == "json", secrets=settings.secrets)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(
        settings.resolved_database_url,
        connections=settings.database_pool,
        statement_timeout_s=settings.statement_timeout,
    )
    if announce is not None and migrate.current(database) not in {None, migrate.head()}:
        announce("Bringing the database's schema up to date …")
    migrate.upgrade(database)
    return App(
        settings=settings,
        database=database,
        is_sandbox=is_sandbox,
        clock=SystemClock() if database.is_sqlite else following_clock(database),
        queues=open_queues(settings),
    )


def open_queues(settings: Settings) -> Queues | None:
    """The queues on Redis, not asked yet; `None` without one."""
    if settings.redis_url is None:
        return None
    from firmograph.jobs.queues import Queues

    return Queues(settings.redis_url)
