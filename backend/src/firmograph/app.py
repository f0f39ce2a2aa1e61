"""The composition root: settings, database and providers put together, for the command line and the server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from firmograph.clock import Clock, SystemClock
from firmograph.config import Settings
from firmograph.db import migrate
from firmograph.db.engine import Database
from firmograph.jobs.drainer_lock import DrainerLock, make_lock
from firmograph.jobs.embedded import EmbeddedWorker
from firmograph.log import set_up_logging
from firmograph.providers.registry import build_providers
from firmograph.runs.plan import AnyProvider
from firmograph.runs.request import default_waterfall


@dataclass(frozen=True, kw_only=True, slots=True)
class App:
    """One process's Firmograph. `is_sandbox` says that Explorium's address was chosen as the sandbox's."""

    settings: Settings
    database: Database
    is_sandbox: bool = False
    clock: Clock = field(default_factory=SystemClock)

    def providers(self) -> dict[str, AnyProvider]:
        """Every provider, on or off with its reason. Who asks them closes them."""
        return build_providers(self.settings, is_sandbox=self.is_sandbox)

    def ages(self) -> dict[str, float]:
        """How old a stored hit or miss may be, in days, where the run does not say."""
        return {"max_age_days": self.settings.max_age_days, "miss_max_age_days": self.settings.miss_max_age_days}

    def worker(self, *, only: str | None = None) -> EmbeddedWorker:
        """An embedded worker, not started. The caller holds the drainer's lock."""
        return EmbeddedWorker(
            self.database,
            self.providers,
            concurrency=self.settings.concurrency,
            only=only,
            clock=self.clock,
            **self.ages(),
        )

    def lock(self) -> DrainerLock:
        return make_lock(self.database, self.settings.data_dir)

    def names_on(self) -> list[str]:
        """The providers that can be asked."""
        return list(default_waterfall(self.providers()))


def open_app(settings: Settings, *, is_sandbox: bool = False, announce: Callable[[str], None] | None = None) -> App:
    """Set up logging, bring the schema up to date, and hand out the app. `announce` is told of a migration."""
    key = settings.explorium_api_key
    secrets = tuple(secret.get_secret_value() for secret in (key, settings.api_token) if secret is not None)
    set_up_logging(level=settings.log_level, as_json=settings.log_format == "json", secrets=secrets)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.resolved_database_url)
    if announce is not None and migrate.current(database) not in {None, migrate.head()}:
        announce("Bringing the database's schema up to date …")
    migrate.upgrade(database)
    return App(settings=settings, database=database, is_sandbox=is_sandbox)
