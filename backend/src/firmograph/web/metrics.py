"""Prometheus metrics: read from the database at each scrape, so that every process shows the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from firmograph import __version__
from firmograph.runs import totals
from firmograph.web.drainer import DrainerState
from firmograph.web.serving import Serving

router = APIRouter(tags=["health"])

_TEXT: dict[int | str, dict[str, Any]] = {
    200: {"description": "The metrics.", "content": {"text/plain": {"schema": {"type": "string"}}}}
}


def make_registry(find_serving: Callable[[], Serving]) -> CollectorRegistry:
    """A registry of this application alone, with the process's own metrics."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    registry.register(_DatabaseCollector(find_serving))
    return registry


@router.get("/metrics", response_class=Response, responses=_TEXT)
def get_metrics(request: Request) -> Response:
    """Numbers for Prometheus."""
    return Response(generate_latest(request.app.state.metrics), media_type=CONTENT_TYPE_LATEST)


class _DatabaseCollector(Collector):
    def __init__(self, find_serving: Callable[[], Serving]) -> None:
        self._find_serving = find_serving

    def describe(self) -> Iterable[Metric]:
        """Nothing: the registry would else collect once at registration, before there is a database."""
        return []

    def collect(self) -> Iterator[Metric]:
        serving = self._find_serving()
        with serving.database.read() as connection:
            by_state = totals.runs_by_state(connection)
            targets = totals.targets_by_state(connection)
            outcomes = totals.targets_by_outcome(connection)
            calls = totals.calls_by_end(connection)
        now = serving.app.clock.now().timestamp()
        windows = serving.app.window_uses(serving.providers)
        yield _gauge("firmograph_build", "The version that runs.", "version", {__version__: 1})
        yield _gauge("firmograph_runs", "Runs by state.", "state", by_state)
        yield _gauge("firmograph_targets", "Targets by state.", "state", targets)
        yield _gauge("firmograph_targets_ended", "Ended targets by outcome.", "outcome", outcomes)
        yield from _call_metrics(calls)
        yield _gauge(
            "firmograph_limiter_used", "What a key's last minute holds.", "key", {k: v[0] for k, v in windows.items()}
        )
        yield _gauge(
            "firmograph_limiter_pause_seconds",
            "How much longer everybody with the key pauses after a 429.",
            "key",
            {key: max(0.0, window[1] - now) for key, window in windows.items()},
        )
        status = serving.drainer.status.state if serving.drainer is not None else DrainerState.NONE
        states = {state.value: int(state is status) for state in DrainerState}
        yield _gauge("firmograph_drainer", "1 at who works on the runs, as this process sees it.", "state", states)


def _gauge(name: str, text: str, label: str, values: dict[str, int] | dict[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _call_metrics(calls: list[dict[str, Any]]) -> Iterator[Metric]:
    names = ["provider", "host", "verb"]
    made = CounterMetricFamily("firmograph_calls", "Calls to providers, by how they ended.", labels=[*names, "result"])
    asked = CounterMetricFamily("firmograph_call_entities", "Companies in those calls.", labels=names)
    spent = CounterMetricFamily("firmograph_credits", "Credits billed.", labels=names)
    unsure = CounterMetricFamily("firmograph_credits_uncertain", "Credits perhaps charged.", labels=names)
    for row in calls:
        labels = [row[name] for name in names]
        made.add_metric([*labels, "ok"], row["calls"] - row["failed"])
        made.add_metric([*labels, "error"], row["failed"])
        asked.add_metric(labels, row["entities"])
        spent.add_metric(labels, row["credits"])
        unsure.add_metric(labels, row["credits_uncertain"])
    yield from (made, asked, spent, unsure)
