"""Errors as RFC 9457 problem details: one shape for everything that goes wrong, and its declaration for OpenAPI."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import InternalError, OperationalError
from starlette.exceptions import HTTPException

from firmograph.db.trouble import ADVICE, Trouble, trouble_of
from firmograph.errors import ProviderError, ProviderUnusable, UserError
from firmograph.log import get_logger

log = get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
# Python's own phrases change from version to version; types may not.
_KINDS = {
    400: "bad-request",
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    409: "not-allowed-now",
    413: "payload-too-large",
    415: "unsupported-media-type",
    416: "range-not-satisfiable",
    421: "unknown-host",
    422: "invalid-request",
    500: "unexpected",
    502: "provider-error",
    503: "unavailable",
}
_ADVICE = {
    404: "There is nothing at {path}. /openapi.json lists what there is.",
    405: "{method} is not possible at {path}. /openapi.json lists what is.",
}
_SAID = {Trouble.FULL, Trouble.READ_ONLY}  # what else there is, is for whoever runs the server


class FieldError(BaseModel):
    """What is wrong with one part of a request."""

    field: str = Field(description="Which one, with its place: `body.budget`, `query.limit`.")
    message: str


class Problem(BaseModel):
    """What went wrong, as RFC 9457 writes it. `type` is stable; `detail` says what to do."""

    type: str = Field(examples=["/problems/not-found"])
    title: str = Field(examples=["Not found"])
    status: int = Field(examples=[404])
    detail: str
    instance: str = Field(description="The path that was asked.")
    errors: list[FieldError] | None = Field(None, description="With `invalid-request`: each part that is wrong.")
    line: int | None = Field(None, description="With `unreadable-input`: the line, from 1.")
    column: int | None = Field(
        None, description="With `unreadable-input`: the cell, or in JSON Lines the letter, from 1."
    )
    id: str | None = Field(None, description="With `unexpected`: what the server's log calls it.")


class ProblemResponse(JSONResponse):
    media_type = MEDIA_TYPE


def problem(
    path: str,
    status: int,
    kind: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> ProblemResponse:
    """A problem as a response. `kind` is the last part of its type: `not-found`."""
    content = {
        "type": f"/problems/{kind}",
        "title": _title(kind),
        "status": status,
        "detail": detail,
        "instance": path,
        **more,
    }
    return ProblemResponse(content, status_code=status, headers=None if headers is None else dict(headers))


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """These statuses as a route declares them: each answered with a problem."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": _title(_KINDS[status]), "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in statuses
    }


def handle_problems(web: FastAPI, *, methods_at: Callable[[str], list[str]]) -> None:
    """Let every expected error end as a problem. `methods_at` says what is possible at a path."""

    def http_error(request: Request, error: Any) -> ProblemResponse:
        methods = methods_at(request.url.path) if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED else []
        return _http_error(request, error, methods)

    web.add_exception_handler(UserError, _user_error)
    web.add_exception_handler(ProviderError, _provider_error)
    web.add_exception_handler(RequestValidationError, _invalid_request)
    web.add_exception_handler(HTTPException, http_error)
    web.add_exception_handler(OperationalError, _database_error)
    web.add_exception_handler(InternalError, _database_error)  # what PostgreSQL calls a write while it is read-only


def _user_error(request: Request, error: Any) -> ProblemResponse:
    place = {name: getattr(error, name, None) for name in ("line", "column")}
    known = {name: value for name, value in place.items() if value is not None}
    return problem(request.url.path, error.status, error.type, str(error), **known)


def _provider_error(request: Request, error: Any) -> ProblemResponse:
    kind = error.reason.replace("_", "-") if isinstance(error, ProviderUnusable) else "provider-error"
    return problem(request.url.path, HTTPStatus.BAD_GATEWAY, kind, str(error))


def _invalid_request(request: Request, error: Any) -> ProblemResponse:
    errors = [{"field": _place(entry["loc"]), "message": _sentence(entry["msg"])} for entry in error.errors()]
    detail = " ".join(f"{entry['field']}: {entry['message']}" for entry in errors)
    return problem(request.url.path, HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-request", detail, errors=errors)


def _http_error(request: Request, error: Any, methods: list[str]) -> ProblemResponse:
    status = HTTPStatus(error.status_code)
    kind = _KINDS.get(status, f"http-{status.value}")
    detail = error.detail
    if status in _ADVICE and detail == status.phrase:
        detail = _ADVICE[status].format(path=request.url.path, method=request.method)
    allowed = {"Allow": ", ".join(methods)} if methods else {}
    return problem(request.url.path, status, kind, str(detail), headers={**(error.headers or {}), **allowed})


def _database_error(request: Request, error: Any) -> ProblemResponse:
    log.error("database_trouble", path=request.url.path, error=str(error.orig))
    trouble = trouble_of(error)
    advice = ADVICE[trouble] if trouble in _SAID else "It does not answer or is busy: try again in a moment."
    detail = f"The database can't be used now. {advice} /health/ready says more."
    return problem(
        request.url.path,
        HTTPStatus.SERVICE_UNAVAILABLE,
        "unavailable",
        detail,
        headers={"Retry-After": "5"},
    )


def _title(kind: str) -> str:
    return kind.replace("-", " ").capitalize()


def _place(location: Iterable[str | int]) -> str:
    return ".".join(str(part) for part in location)


def _sentence(message: str) -> str:
    text = message.removeprefix("Value error, ")
    return text if text.endswith((".", "!", "?")) else f"{text}."
