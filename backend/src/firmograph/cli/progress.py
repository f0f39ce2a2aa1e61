"""Progress of a run on standard error: a bar where there is a terminal, else a line every few seconds."""

from __future__ import annotations

import sys
import time
from collections import deque
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from firmograph.cli.terminal import console, number, say

if TYPE_CHECKING:
    from rich.console import Group
    from rich.live import Live

    from firmograph.runs.run import Run

_PACE_OVER_S = 30.0
_LEAST_PACE_S = 1.0
_LINE_EVERY_S = 5.0
_MINUTE_S, _HOUR_S = 60, 3600


class Display(Protocol):
    """Shows how far a run is."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def show(self, run: Run, *, waits: str) -> None:
        """The run as it stands; `waits` says what it waits for, if that is known."""

    def say(self, text: str) -> None:
        """A line that stays."""


def make_display() -> Display:
    """The display that fits standard error."""
    return BarDisplay() if sys.stderr.isatty() else LineDisplay()


@dataclass(slots=True)
class Pace:
    """Companies a minute over the last half minute, and how long the rest will take."""

    seen: deque[tuple[float, int]] = field(default_factory=deque)

    def note(self, done: int, now: float) -> None:
        """`done` companies at `now`, in seconds."""
        self.seen.append((now, done))
        while len(self.seen) > 2 and now - self.seen[0][0] > _PACE_OVER_S:  # noqa: PLR2004  # two make a pace
            self.seen.popleft()

    def per_minute(self) -> float | None:
        """`None` while there is too little to go by."""
        if not self.seen:
            return None
        (start, first), (end, last) = self.seen[0], self.seen[-1]
        return 60 * (last - first) / (end - start) if end - start >= _LEAST_PACE_S else None

    def seconds_left(self, pending: int) -> float | None:
        pace = self.per_minute()
        return None if not pace else 60 * pending / pace


def facts_of(run: Run, pace: Pace, waits: str) -> str:
    """The run's outcomes so far, its pace, and its credits, in a line."""
    counts = run.counts
    if run.state == "importing":
        return f"reading the list: {counts['records']:,} records, {counts['rejected']:,} rejected"
    parts = [f"{counts[name]:,} {name}" for name in ("enriched", "no_match", "failed", "skipped") if counts[name]]
    per_minute, left = pace.per_minute(), pace.seconds_left(counts["pending"])
    if per_minute:
        parts.append(f"{per_minute:,.0f} a minute")
    if left is not None and counts["pending"]:
        parts.append(f"about {duration(left)} left")
    if run.credits_spent or run.budget is not None:
        of = "" if run.budget is None else f" of {number(run.budget)}"
        parts.append(f"{number(run.credits_spent)}{of} credits")
    if waits and counts["pending"]:
        parts.append(waits)
    return " · ".join(parts) or "beginning"


def duration(seconds: float) -> str:
    """`42 s`, `3 min 20 s`, `2 h 5 min`."""
    whole = round(seconds)
    if whole < _MINUTE_S:
        return f"{whole} s"
    if whole < _HOUR_S:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600:,} h {whole % 3600 // 60} min"


class LineDisplay:
    """For logs: a line when something changed, every few seconds at most."""

    def __init__(self) -> None:
        self._pace = Pace()
        self._shown_at = -_LINE_EVERY_S
        self._line = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """There is nothing to put back."""

    def show(self, run: Run, *, waits: str) -> None:
        now = time.monotonic()
        done = run.counts["targets"] - run.counts["pending"]
        self._pace.note(done, now)
        has_news = run.counts["records"] > 0 and (now - self._shown_at >= _LINE_EVERY_S or run.is_terminal)
        if not has_news:
            return
        progress = "" if run.state == "importing" else f"{done:,} of {run.counts['targets']:,} companies · "
        line = progress + facts_of(run, self._pace, waits)
        if line != self._line:
            say(line)
            self._line, self._shown_at = line, now

    def say(self, text: str) -> None:
        say(text)


class BarDisplay:
    """For people: a bar with the facts below it, redrawn in place."""

    def __init__(self) -> None:
        from rich.live import Live

        self._console = console(err=True)
        self._pace = Pace()
        self._live: Live = Live(console=self._console, auto_refresh=False, transient=True, redirect_stdout=False)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def show(self, run: Run, *, waits: str) -> None:
        self._pace.note(run.counts["targets"] - run.counts["pending"], time.monotonic())
        self._live.update(self._drawn(run, waits), refresh=True)

    def say(self, text: str) -> None:
        self._console.print(text)

    def _drawn(self, run: Run, waits: str) -> Group:
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        total = run.counts["targets"]
        done = total - run.counts["pending"]
        is_reading = run.state == "importing"
        line = Table.grid(padding=(0, 1))
        bar = ProgressBar(total=None if is_reading or not total else total, completed=done, width=40, pulse=is_reading)
        line.add_row(bar, "" if is_reading else f"{done:,}/{total:,} companies")
        return Group(line, Text(facts_of(run, self._pace, waits), style="dim"))
