"""Prometheus metrics: read from the database at each scrape, so that every process shows the same numbers.

Beside them stands what only this process knows: its requests, and what `jobs.measures` counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from firmograph import __version__
from firmograph.jobs import measures, presence
from firmograph.jobs.rate_store import window_uses
from firmograph.log import get_logger
from firmograph.providers.base import ProviderOff
from firmograph.runs import totals
from firmograph.web.drainer import DrainerState
from firmograph.web.measured import RequestMeasures
from firmograph.web.serving import Serving

log = get_logger(__name__)
router = APIRouter(tags=["health"])

_TEXT: dict[int | str, dict[str, Any]] = {
    200: {"description": "The metrics.", "content": {"text/plain": {"schema": {"type": "string"}}}}
}


def make_registry(find_serving: Callable[[], Serving], requests: RequestMeasures) -> CollectorRegistry:
    """A registry of this application alone, with the process's own metrics."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    for collector in (requests, measures.REGISTRY, _DatabaseCollector(find_serving), _QueueCollector(find_serving)):
        registry.register(_Silent(collector))
    return registry


@router.get("/metrics", response_class=Response, responses=_TEXT)
def get_metrics(request: Request) -> Response:
    """Numbers for Prometheus."""
    return Response(generate_latest(request.app.state.metrics), media_type=CONTENT_TYPE_LATEST)


class _Silent(Collector):
    """Describes nothing: the registry would else collect once at registration, before there is a database."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterable[Metric]:
        metrics: Iterable[Metric] = self._inner.collect()
        return metrics


class _DatabaseCollector:
    def __init__(self, find_serving: Callable[[], Serving]) -> None:
        self._find_serving = find_serving
        self._calls = totals.CallTotals()

    def collect(self) -> list[Metric]:
        """Everything the database knows; when it is away, that alone."""
        serving = self._find_serving()
        try:
            with serving.database.read(long=True) as connection:
                found = list(self._read(serving, connection))
        except SQLAlchemyError as error:
            log.warning("metrics_without_database", error=str(error))
            found = []
        up = GaugeMetricFamily("firmograph_database_up", "Whether the database answered.", value=int(bool(found)))
        status = serving.drainer.status.state if serving.drainer is not None else DrainerState.NONE
        states = {state.value: int(state is status) for state in DrainerState}
        return [
            _gauge("firmograph_build", "The version that runs.", "version", {__version__: 1}),
            up,
            *found,
            _gauge("firmograph_drainer", "1 at who works on the runs, as this process sees it.", "state", states),
        ]

    def _read(self, serving: Serving, connection: Connection) -> Iterator[Metric]:
        now = serving.app.clock.now()
        yield _gauge("firmograph_runs", "Runs by state.", "state", totals.runs_by_state(connection))
        yield _gauge("firmograph_targets", "Targets by state.", "state", totals.targets_by_state(connection))
        outcomes = totals.targets_by_outcome(connection)
        yield _gauge("firmograph_targets_ended", "Ended targets by outcome.", "outcome", outcomes)
        yield GaugeMetricFamily(
            "firmograph_credits_reserved",
            "Credits promised to calls that are out.",
            value=totals.credits_reserved(connection),
        )
        yield from _call_metrics(self._calls.read(connection, now=now))
        if serving.app.queues is None:
            yield from _limiter_metrics(window_uses(connection, now=now.timestamp()), now.timestamp())
            return
        known = presence.list_workers(connection, now=now)
        alive = sum(worker.is_alive for worker in known)
        states = {"alive": alive, "silent": len(known) - alive}
        yield _gauge("firmograph_workers", "Workers by whether they said lately that they live.", "state", states)
        troubled = sum(worker.is_alive and worker.trouble is not None for worker in known)
        yield GaugeMetricFamily("firmograph_workers_troubled", "Living workers that can't ask.", value=troubled)


class _QueueCollector:
    """Redis: how much waits, and the limiter's window that all workers share. Nothing without REDIS_URL."""

    def __init__(self, find_serving: Callable[[], Serving]) -> None:
        self._find_serving = find_serving

    def collect(self) -> Iterator[Metric]:
        serving = self._find_serving()
        queues = serving.app.queues
        if queues is None:
            return
        from firmograph.jobs.limiter_script import OUT_OF_REACH, shared_window_uses  # noqa: PLC0415 - only with Redis

        now = serving.app.clock.now().timestamp()
        found: list[Metric] = []
        try:
            found.append(_gauge("firmograph_queue_jobs", "Jobs that wait, by queue.", "queue", queues.depths()))
            found += _limiter_metrics(shared_window_uses(queues.redis, _limits(serving)), now)
        except OUT_OF_REACH as error:
            log.warning("metrics_without_redis", error=str(error))
        is_up = len(found) > 1
        yield GaugeMetricFamily("firmograph_redis_up", "Whether Redis answered.", value=int(is_up))
        yield from found if is_up else ()


def _limits(serving: Serving) -> dict[str, int]:
    """The configured limit by the key's digest."""
    on = [provider for provider in serving.providers.values() if not isinstance(provider, ProviderOff)]
    return {provider.limit.key_id: provider.limit.per_minute for provider in on if provider.limit is not None}


def _gauge(name: str, text: str, label: str, values: dict[str, int] | dict[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _limiter_metrics(windows: dict[str, tuple[int, float]], now: float) -> Iterator[Metric]:
    used = {key: window[0] for key, window in windows.items()}
    pauses = {key: max(0.0, window[1] - now) for key, window in windows.items()}
    yield _gauge("firmograph_limiter_used", "What a key's last minute holds.", "key", used)
    text = "How much longer everybody with the key pauses after a 429."
    yield _gauge("firmograph_limiter_pause_seconds", text, "key", pauses)


def _call_metrics(calls: dict[totals.Lane, dict[str, float]]) -> Iterator[Metric]:
    names = ["provider", "host", "verb"]
    made = CounterMetricFamily("firmograph_calls", "Calls to providers, by how they ended.", labels=[*names, "result"])
    out = GaugeMetricFamily("firmograph_calls_out", "Calls whose answer is awaited.", labels=names)
    asked = CounterMetricFamily("firmograph_call_entities", "Companies in those calls.", labels=names)
    answered = CounterMetricFamily("firmograph_call_answers", "Companies that were answered for.", labels=names)
    spent = CounterMetricFamily("firmograph_credits", "Credits billed.", labels=names)
    unsure = CounterMetricFamily("firmograph_credits_uncertain", "Credits perhaps charged.", labels=names)
    took = HistogramMetricFamily("firmograph_call_seconds", "How long finished calls took.", labels=names)
    for lane, sums in sorted(calls.items()):
        labels = list(lane)
        made.add_metric([*labels, "ok"], sums["finished"] - sums["failed"])
        made.add_metric([*labels, "error"], sums["failed"] - sums["refused"])
        made.add_metric([*labels, "refused"], sums["refused"])
        out.add_metric(labels, sums["calls"] - sums["finished"])
        asked.add_metric(labels, sums["entities"])
        answered.add_metric(labels, sums["answered"])
        spent.add_metric(labels, sums["credits"])
        unsure.add_metric(labels, sums["credits_uncertain"])
        buckets = [(str(float(most)), sums[f"within_{place}"]) for place, most in enumerate(totals.DURATION_BUCKETS_S)]
        took.add_metric(labels, [*buckets, ("+Inf", sums["finished"])], sums["seconds"])
    yield from (made, out, asked, answered, spent, unsure, took)
