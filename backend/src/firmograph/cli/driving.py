"""Brings one run to its end in the foreground: by an own worker when nobody else drains, else by following it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from firmograph.cli.progress import Display, make_display
from firmograph.cli.signals import stop_requests

if TYPE_CHECKING:
    from firmograph.app import App
    from firmograph.jobs.embedded import EmbeddedWorker
    from firmograph.runs.run import Run

_LOOK_S = 0.2
_NEARLY_FULL = 0.9
_WORKERS_SHOW_UP_S = 2.0
_DATABASE_AWAY_S = 120.0


@dataclass(frozen=True, slots=True)
class Ending:
    """A run that ended, paused, or was interrupted here."""

    run: Run
    is_interrupted: bool = False


def drive(app: App, run_id: str, *, command: str) -> Ending:
    """Work on the run, or watch who does, until it ends or pauses. Ctrl-C pauses it, cleanly, as interrupted."""
    with stop_requests() as stop, make_display() as display:
        return _Driver(app, run_id, command, display, stop).run()


class _Driver:
    def __init__(self, app: App, run_id: str, command: str, display: Display, stop: threading.Event) -> None:
        self._app = app
        self._run_id = run_id
        self._display = display
        self._stop = stop
        self._work: OwnWork | OthersWork = OwnWork(app, run_id, command) if app.queues is None else OthersWork(app)
        self._said = ""
        self._providers = app.providers()
        self._limits = _limits(self._providers)

    def run(self) -> Ending:
        try:
            while not _is_over(run := self._look()) and not self._stop.is_set():
                self._say_once(self._work.keep_going(run))
                self._display.show(run, waits=self._waits())
                self._stop.wait(_LOOK_S)
            self._display.show(run, waits="")
            if self._stop.is_set():
                return self._interrupted()
            return Ending(run)
        finally:
            self._work.end()

    def _look(self) -> Run:
        from firmograph.db.engine import DatabaseFailure
        from firmograph.runs import repository

        end = self._app.clock.monotonic() + _DATABASE_AWAY_S
        while True:
            try:
                with self._app.database.read() as connection:
                    return repository.get_run(connection, self._run_id)
            except DatabaseFailure:
                if self._app.clock.monotonic() > end or self._stop.is_set():
                    raise
                self._say_once("The database does not answer at this moment. This command waits.")
                self._stop.wait(1.0)

    def _say_once(self, text: str) -> None:
        if text and text != self._said:
            self._said = text
            self._display.say(text)

    def _waits(self) -> str:
        """Whether a provider's limit is what the run waits for: what its last minute holds tells."""
        from firmograph.jobs.rate_store import UNUSED

        now = self._app.clock.now().timestamp()
        windows = self._app.window_uses(self._providers)
        for name, limit in self._limits.items():
            used, paused_until = windows.get(limit.key_id, UNUSED)
            if paused_until > now:
                return f"{name} asked us to wait {paused_until - now:.0f} s more"
            if used >= _NEARLY_FULL * limit.per_minute:
                return f"waiting for {name}'s limit ({limit.per_minute:,} {limit.unit} a minute)"
        return ""

    def _interrupted(self) -> Ending:
        from firmograph.core.outcomes import PauseReason
        from firmograph.errors import NotAllowedNow
        from firmograph.runs import service

        self._display.say("Stopping: what is under way is still written down. Once more ends at once.")
        self._work.end()
        run = self._look()
        if _is_over(run):
            return Ending(run)
        try:
            with self._app.database.write() as connection:
                service.pause(connection, run, reason=PauseReason.INTERRUPTED)
        except NotAllowedNow:  # it ended in this very moment
            return Ending(self._look())
        return Ending(self._look(), is_interrupted=True)


class OwnWork:
    """Works on the run itself, in this process, when nobody else does."""

    def __init__(self, app: App, run_id: str, command: str) -> None:
        self._app = app
        self._run_id = run_id
        self._facts = {"command": command, "providers": app.names_on(), "only": run_id}
        self._lock = app.lock()
        self._worker: EmbeddedWorker | None = None

    def keep_going(self, run: Run) -> str:
        """See to it that the run is worked on; what a person should know of that, if anything."""
        if self._worker is not None and not self._worker.is_working:
            # Its work was over, or it broke: say so, or see what is left to do.
            failure = self._worker.failure
            self.end()
            if failure is not None:
                raise failure
        if self._worker is not None and not self._lock.is_mine():
            self.end()  # the database was restarted, and with it our right to drain went
        if self._worker is not None:
            return self._worker.trouble or ""
        if not self._lock.try_acquire(**self._facts):
            return who_drains(self._lock.holder(), run)
        self._worker = self._app.worker(only=self._run_id)
        self._worker.start()
        return ""

    def end(self) -> None:
        """Stop working, and let others."""
        if self._worker is not None:
            self._worker.stop()
            self._worker = None
        self._lock.release()


class OthersWork:
    """Follows what workers do, and wakes them."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._keeper = app.keeper()
        self._keeper.start()
        self._began = app.clock.monotonic()

    def keep_going(self, run: Run) -> str:
        """What keeps the run from being worked on, if anything does."""
        from firmograph.jobs.presence import list_workers

        if self._keeper.trouble is not None:
            return f"{self._keeper.trouble}. This command waits."
        with self._app.database.read() as connection:
            alive = [worker for worker in list_workers(connection, now=self._app.clock.now()) if worker.is_alive]
        if not alive and self._app.clock.monotonic() - self._began > _WORKERS_SHOW_UP_S:
            return "No worker is alive: start one with `firmograph worker`. This command waits."
        for worker in alive:
            if worker.trouble is not None:
                return f"Worker {worker.id}: {worker.trouble}"
        known = {name for worker in alive for name in worker.providers}
        lacking = [name for name in run.waterfall if name not in known]
        if alive and lacking:
            return f"No worker has {', '.join(lacking)} switched on, so that the run will pause."
        return ""

    def end(self) -> None:
        """Follow no longer."""
        self._keeper.stop()


def who_drains(holder: dict[str, Any], run: Run) -> str:
    """Who works on this data directory instead of us, and what it lacks for this run."""
    who = f"Process {holder.get('pid', '?')} ({holder.get('command') or 'an unnamed command'})"
    providers = holder.get("providers")
    lacking = [name for name in run.waterfall if isinstance(providers, list) and name not in providers]
    if holder.get("only") not in {None, run.id}:
        text = f"{who} works on another run in this data directory: this one goes on when it ends."
    elif str(holder.get("command", "")).split(" ")[0] in {"serve", "worker"}:
        text = f"{who} works on this data directory and asks for this run too: this command follows."
    else:  # a database's lock has no room to say more
        text = f"{who} works here: this run goes on there, or when it ends. This command follows."
    if lacking:
        text += f" It has {', '.join(lacking)} switched off, so that the run will pause there."
    return text


def _is_over(run: Run) -> bool:
    return run.is_terminal or run.state == "paused"


def _limits(providers: dict[str, Any]) -> dict[str, Any]:
    from firmograph.providers.base import ProviderOff

    return {
        name: provider.limit
        for name, provider in providers.items()
        if not isinstance(provider, ProviderOff) and provider.limit is not None
    }
