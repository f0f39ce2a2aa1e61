"""How a list reaches a run over HTTP: JSON that names an upload or lists domains, or a form with a file."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from fastapi import Request, UploadFile
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import UploadFile as FormFile
from starlette.exceptions import HTTPException

from firmograph.clock import Clock
from firmograph.db.engine import Database
from firmograph.runs import repository, uploads_repository
from firmograph.runs.plan import AnyProvider
from firmograph.runs.request import RunRequest
from firmograph.runs.run import Run
from firmograph.runs.schemas import RunIn
from firmograph.runs.service import start_run

_LISTS = frozenset({"waterfall", "fields", "domains"})
_MOST_FORM_FIELDS = 100
_DOMAINS_FILE = "domains.jsonl"
_DOMAIN_COLUMN = "domain"
_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class Submission:
    """A wanted run, with its file when it came in a form."""

    wanted: RunIn
    file: UploadFile | FormFile | None = None

    @property
    def name(self) -> str | None:
        """What the run is to be called, where its file does not name it."""
        if self.wanted.name is not None or self.wanted.domains is None:
            return self.wanted.name
        count = len(self.wanted.domains)
        return f"{count} domains" if count > 1 else self.wanted.domains[0]


async def read_submission(request: Request) -> AsyncIterator[Submission]:
    """The request's body, checked. Raises `RequestValidationError`, or `HTTPException` 415 for another media type."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        async with request.form(max_files=1, max_fields=_MOST_FORM_FIELDS) as form:
            file = form.get("file")
            if file is not None and not isinstance(file, FormFile):
                raise _wrong("The part 'file' must be a file, with a file name.", "file")
            values = _form_values((name, value) for name, value in form.multi_items() if name != "file")
            yield _checked(values, file)
    elif kind == "application/json":
        yield _checked(_json_object(await request.body()), None)
    else:
        raise HTTPException(415, "Send the run as application/json, or as multipart/form-data with a file.")


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _wrong(f"The body is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise _wrong("The body must be a JSON object.")
    return value


def _form_values(items: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Form fields as JSON would hold them: lists may be repeated or hold commas, blank ones count as left out."""
    values: dict[str, Any] = {}
    for name, value in items:
        if isinstance(value, FormFile):
            raise _wrong("Only 'file' can be a file.", name)
        if name in _LISTS:
            values.setdefault(name, []).extend(part.strip() for part in value.split(",") if part.strip())
        elif value.strip():
            values[name] = value
    return {name: value for name, value in values.items() if value != []}


def _checked(values: Mapping[str, Any], file: FormFile | None) -> Submission:
    try:
        wanted = RunIn.model_validate(values)
    except ValidationError as error:
        raise RequestValidationError([{**entry, "loc": ("body", *entry["loc"])} for entry in error.errors()]) from None
    given = [source for source in (wanted.upload_id, wanted.domains, file) if source is not None]
    if len(given) != 1:
        raise _wrong("Give exactly one of: upload_id, domains, or a form's file.", "upload_id")
    return Submission(wanted, file)


def _wrong(message: str, *place: str) -> RequestValidationError:
    return RequestValidationError([{"type": "value_error", "loc": ("body", *place), "msg": message, "input": None}])


def run_request(submission: Submission, upload_id: str, *, idempotency_key: str | None = None) -> RunRequest:
    """The submission as the service takes it."""
    wanted = submission.wanted
    return RunRequest(
        upload_id=upload_id,
        column=_DOMAIN_COLUMN if wanted.domains is not None else wanted.column,
        name_column=wanted.name_column,
        encoding=wanted.encoding,
        delimiter=wanted.delimiter,
        has_header=wanted.has_header,
        sheet=wanted.sheet,
        waterfall=None if wanted.waterfall is None else tuple(wanted.waterfall),
        fields=None if wanted.fields is None else tuple(wanted.fields),
        budget=wanted.budget,
        max_age_days=wanted.max_age_days,
        accept_low=wanted.accept_low,
        allow_name_only=wanted.allow_name_only,
        name=submission.name,
        idempotency_key=idempotency_key,
    )


def store_domains(database: Database, domains: Iterable[str], *, most_bytes: int, now: datetime) -> str:
    """A list of domains as an upload in JSON Lines, one `{"domain": …}` a line; returns its id."""
    text = b"".join(orjson.dumps({_DOMAIN_COLUMN: domain}) + b"\n" for domain in domains)
    return uploads_repository.store_upload(
        database, io.BytesIO(text), file_name=_DOMAINS_FILE, most_bytes=most_bytes, now=now
    )


def store_file(database: Database, file: UploadFile | FormFile, *, most_bytes: int, now: datetime) -> str:
    """A form's file as an upload, read in pieces; returns its id. Raises `PayloadTooLarge`."""
    return uploads_repository.store_upload(
        database, file.file, file_name=_bare_name(file.filename), most_bytes=most_bytes, now=now
    )


def _bare_name(name: str | None) -> str | None:
    """A file's own name: some clients send its path."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable())[:_LONGEST_NAME].strip() or None


@contextmanager
def stored(database: Database, submission: Submission, *, most_bytes: int, now: datetime) -> Iterator[str]:
    """The upload of a submission, by id: the one it names, or one made of its file or domains.

    What was made is forgotten again when the block raises, or leaves it without a run that reads it.
    """
    wanted = submission.wanted
    if wanted.upload_id is not None:
        yield wanted.upload_id
        return
    if submission.file is not None:
        upload_id = store_file(database, submission.file, most_bytes=most_bytes, now=now)
    else:
        upload_id = store_domains(database, wanted.domains or [], most_bytes=most_bytes, now=now)
    is_taken = False
    try:
        yield upload_id
        with database.read() as connection:
            is_taken = uploads_repository.is_used(connection, upload_id)
    finally:
        if not is_taken:
            with database.write() as connection:
                uploads_repository.delete_upload(connection, upload_id)


def start_submitted(
    database: Database,
    submission: Submission,
    *,
    providers: Mapping[str, AnyProvider],
    clock: Clock,
    most_bytes: int,
    idempotency_key: str | None = None,
) -> Run:
    """A new run of the submission; the same idempotency key gives the same run, and stores nothing again.

    Raises `UserError` for a list or a request that can't work; nothing is kept then.
    """
    if idempotency_key is not None:
        with database.read() as connection:
            earlier = repository.find_by_idempotency_key(connection, idempotency_key)
        if earlier is not None:
            return earlier
    with stored(database, submission, most_bytes=most_bytes, now=clock.now()) as upload_id:
        request = run_request(submission, upload_id, idempotency_key=idempotency_key)
        return start_run(database, request, providers=providers, clock=clock)
