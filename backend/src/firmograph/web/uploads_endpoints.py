"""Uploads over HTTP, and the older call that uploads and starts in one."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Response, UploadFile

from firmograph.runs.endpoints import IdempotencyKey, SubmissionDep, start_run
from firmograph.runs.schemas import RUN_BODY, StartedOut, UploadOut
from firmograph.runs.submission import store_file
from firmograph.runs.uploads import describe, keep_if_readable
from firmograph.web.problems import problems
from firmograph.web.serving import ServingDep

router = APIRouter(tags=["uploads"])
aliases = APIRouter(tags=["uploads"])


@router.post("/uploads", status_code=201, response_model=UploadOut, responses=problems(400, 413))
def create_upload(
    serving: ServingDep,
    response: Response,
    file: Annotated[UploadFile, File(description="The list: CSV, TSV, Excel, JSON Lines, or one company a line.")],
    column: Annotated[str | None, Form(description="The company's column, if it is not to be guessed.")] = None,
    name_column: Annotated[str | None, Form(description="The name's column, if it is not to be guessed.")] = None,
) -> dict[str, Any]:
    """Store a list and say how it is understood, before anything is asked."""
    now = serving.app.clock.now()
    upload_id = store_file(serving.database, file, most_bytes=serving.most_upload_bytes, now=now)
    described = keep_if_readable(serving.database, upload_id, column=column or None, name_column=name_column or None)
    response.headers["Location"] = f"/api/v1/uploads/{upload_id}"
    return described


@router.get("/uploads/{upload_id}", response_model=UploadOut, responses=problems(404))
def get_upload(serving: ServingDep, upload_id: str) -> dict[str, Any]:
    """A stored list and how it is understood. It is gone once its run has read it."""
    return describe(serving.database, upload_id)


@aliases.post(
    "/upload",
    status_code=202,
    response_model=StartedOut,
    responses=problems(400, 413, 415),
    openapi_extra=RUN_BODY,
)
def upload_and_run(
    serving: ServingDep, response: Response, submission: SubmissionDep, idempotency_key: IdempotencyKey = None
) -> dict[str, Any]:
    """Upload a list and start its run with the defaults, in one call."""
    run = start_run(serving, response, submission, idempotency_key)
    return {**run, "run_id": run["id"]}
