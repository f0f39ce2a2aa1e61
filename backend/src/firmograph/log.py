"""Structured logs: one event per line, constant names, facts as keywords, secrets replaced before they are written.

Everything goes through one handler of the standard library, so that a library's messages come in the same form as ours.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import date, datetime
from typing import Any, TextIO

import orjson
import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.tracebacks import ExceptionDictTransformer

SECRET_WORDS = ("api_key", "apikey", "token", "secret", "password", "authorization", "cookie")
_REDACTED = "[redacted]"
_SHORTEST_SECRET = 4  # replacing single letters would only garble
_SHOWN_NAMES = frozenset({"lease_token"})
_DEEPEST = 12
# What these say of their everyday work is noise beside our own events.
_TALKATIVE = ("rq", "httpx2", "httpcore2", "sqlalchemy", "alembic", "uvicorn", "asyncio", "opentelemetry")

Event = MutableMapping[str, Any]
# What surrounds a piece of work beside its log lines: a span, where traces are on.
MakeSpan = Callable[[str, Mapping[str, Any]], AbstractContextManager[None]]
_make_spans: list[MakeSpan] = []


class Redact:
    """A structlog processor that hides known secret values and whatever stands under a secret's name, however deep."""

    def __init__(self, secrets: tuple[str, ...] = ()) -> None:
        self._secrets = tuple(secret for secret in secrets if len(secret) >= _SHORTEST_SECRET)

    def __call__(self, _logger: Any, _method: str, event: Event) -> Event:
        for name in list(event):
            event[name] = self._value(name, event[name])
        return event

    def clean(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, _REDACTED)
        return text

    def _value(self, name: str, value: Any, depth: int = 0) -> Any:
        if name not in _SHOWN_NAMES and any(word in name.lower() for word in SECRET_WORDS):
            return _REDACTED
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, Mapping) and depth < _DEEPEST:
            return {self.clean(str(key)): self._value(str(key), inner, depth + 1) for key, inner in value.items()}
        if isinstance(value, list | tuple | set | frozenset) and depth < _DEEPEST:
            return [self._value("", inner, depth + 1) for inner in value]
        return self.clean(value if isinstance(value, str) else _as_text(value))


def set_up_logging(*, level: str, as_json: bool, secrets: tuple[str, ...] = ()) -> None:
    """Send events of at least `level` to standard error, as JSON lines or for a person; a second call starts afresh.

    With JSON an exception is a list of its parts: type, text and frames, without the values of variables; and what
    ends a thread or the process unexpectedly is such an event too.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    redact = Redact(secrets)
    before: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    after: list[Any] = [_name_foreign_events, ProcessorFormatter.remove_processors_meta]
    if as_json:
        show_exception = structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False))
        after += [show_exception, redact, _to_json]
    else:
        after += [structlog.processors.format_exc_info, redact, structlog.dev.ConsoleRenderer(colors=False)]
    structlog.configure(
        processors=[*before, ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = _ErrorStreamHandler()
    handler.setFormatter(ProcessorFormatter(foreign_pre_chain=before, processors=after))
    _route_everything_to(handler, number)
    _catch_the_rest(is_on=as_json)


def get_logger(name: str) -> Any:
    """A logger whose events carry the module's name."""
    return structlog.get_logger(name, module=name)


def bound(**facts: Any) -> AbstractContextManager[None]:
    """During the block these facts stand in every event of this thread, and of tasks begun inside."""
    return structlog.contextvars.bound_contextvars(**facts)


@contextmanager
def during(name: str, **facts: Any) -> Iterator[None]:
    """A piece of work (a request, a job, a slice, a batch): its facts stand in every event below it.

    Where traces are on it is a span of that constant name too. Tasks begun inside inherit the facts; threads do not.
    """
    known = {fact: value for fact, value in facts.items() if value is not None}
    with ExitStack() as stack:
        stack.enter_context(structlog.contextvars.bound_contextvars(**known))
        for make_span in _make_spans:
            stack.enter_context(make_span(name, known))
        yield


def trace_with(make_span: MakeSpan | None) -> None:
    """From now on every `during` is surrounded by that span too; `None` ends it."""
    _make_spans[:] = [] if make_span is None else [make_span]


class _ErrorStreamHandler(logging.StreamHandler[TextIO]):
    """Writes to whatever is standard error at that moment. A line that can't be formed becomes a line that says so."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, _stream: TextIO) -> None:
        """Nothing: it is looked up at every line."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        kind = sys.exc_info()[0]
        fact = {"event": "log_line_lost", "logger": record.name, "kind": "unknown" if kind is None else kind.__name__}
        try:
            sys.stderr.write(orjson.dumps(fact).decode() + "\n")
        except (OSError, ValueError):
            return  # nobody reads standard error any more, and there is nowhere else to say it


def _route_everything_to(handler: logging.Handler, level: int) -> None:
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old, _ErrorStreamHandler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] in _TALKATIVE:
            library = logging.getLogger(name)
            library.handlers.clear()
            library.propagate = True
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


def _catch_the_rest(*, is_on: bool) -> None:
    """What Python itself would print: warnings, and errors that nobody caught."""
    logging.captureWarnings(capture=is_on)
    log = get_logger(__name__)

    def process_failed(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            log.critical("process_failed", exc_info=error)

    def thread_failed(facts: threading.ExceptHookArgs) -> None:
        name = None if facts.thread is None else facts.thread.name
        log.error("thread_failed", thread=name, exc_info=facts.exc_value)

    sys.excepthook = process_failed if is_on else sys.__excepthook__
    threading.excepthook = thread_failed if is_on else threading.__excepthook__


def _name_foreign_events(_logger: Any, _method: str, event: Event) -> Event:
    """A library's message is a fact; the event's name stays one that can be counted."""
    if not event.get("_from_structlog"):
        record: logging.LogRecord = event["_record"]
        event["logger"], event["message"], event["event"] = record.name, event["event"], "library_message"
    return event


def _to_json(_logger: Any, _method: str, event: Event) -> str:
    first = {name: event.pop(name) for name in ("timestamp", "level", "event") if name in event}
    line = {**first, **event}
    try:
        return orjson.dumps(line, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:  # a number beyond 64 bits, half a character
        return json.dumps(line, default=str)


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
