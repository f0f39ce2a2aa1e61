"""Traces, where the environment says where to send them (`OTEL_EXPORTER_OTLP_ENDPOINT`); nothing of it elsewhere.

OpenTelemetry reads its own variables (`OTEL_*`), and is an extra: without its packages there are no traces, and one
line says so.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from firmograph import __version__
from firmograph.log import get_logger, trace_with

log = get_logger(__name__)

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_NOT_TRACED = "/health/live,/health/ready,/metrics"  # asked every few seconds


@contextmanager
def traced(service: str) -> Iterator[None]:
    """Send spans of what this process does, as that service, until the block's end; what is left is sent then."""
    stop = _start(service)
    try:
        yield
    finally:
        trace_with(None)
        if stop is not None:
            stop()


def trace_requests(web: Any) -> None:
    """Make a span of each request of a FastAPI application, where traces are wanted and can be made."""
    if not _is_wanted():
        return
    try:
        from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor  # noqa: PLC0415 - an extra
    except ImportError:
        return  # said at the start
    FastAPIInstrumentor.instrument_app(web, excluded_urls=_NOT_TRACED, exclude_spans=["receive", "send"])


def _is_wanted() -> bool:
    is_off = os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    return not is_off and any(os.environ.get(name, "").strip() for name in ENDPOINTS)


def _start(service: str) -> Callable[[], None] | None:
    if not _is_wanted():
        return None
    try:
        from opentelemetry import trace  # noqa: PLC0415 - an extra
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        fix = "Install Firmograph with its extra: pip install 'firmograph[otel]', or unset the endpoint."
        log.warning("traces_off", missing=error.name, fix=fix)
        return None
    # The environment's OTEL_SERVICE_NAME wins over ours.
    named = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": service}
    provider = TracerProvider(resource=Resource.create({"service.version": __version__, **named}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    tracer = trace.get_tracer("firmograph", __version__)

    @contextmanager
    def make_span(name: str, facts: Mapping[str, Any]) -> Iterator[None]:
        attributes = {f"firmograph.{fact}": value for fact, value in facts.items()}
        # An error's text stays out of the span: it is not redacted there.
        with tracer.start_as_current_span(name, attributes=attributes, record_exception=False):
            yield

    trace_with(make_span)
    return provider.shutdown
