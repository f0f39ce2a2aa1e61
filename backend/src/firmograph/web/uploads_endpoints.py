"""Uploads over HTTP, and the older call that uploads and starts in one."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Response, UploadFile
from pydantic import BaseModel, Field

from firmograph.intake.detect import Told
from firmograph.runs.endpoints import IdempotencyKey, SubmissionDep, start_run
from firmograph.runs.schemas import DELIMITER, ENCODING, RUN_BODY, StartedOut, UploadOut
from firmograph.runs.submission import store_file
from firmograph.runs.uploads import describe, keep_if_readable, store_example
from firmograph.web.problems import problems
from firmograph.web.serving import Serving, ServingDep

router = APIRouter(tags=["uploads"])
aliases = APIRouter(tags=["uploads"])


class ListForm(BaseModel):
    """A list as a form, with what the guess should not decide."""

    file: UploadFile = Field(description="The list: CSV, TSV, Excel, JSON Lines, or one company a line.")
    column: str | None = Field(None, description="The company's column, if it is not to be guessed.")
    name_column: str | None = Field(None, description="The name's column, if it is not to be guessed.")
    encoding: str | None = Field(None, description=ENCODING)
    delimiter: str | None = Field(None, description=DELIMITER)
    has_header: bool | None = Field(None, description="Whether the first row is a header, if the guess is wrong.")
    sheet: str | None = Field(None, description="A workbook's sheet by its name, if not the first with cells.")

    def told(self) -> Told:
        """Blank parts count as left out."""
        given = self.model_dump(exclude={"file"})
        return Told(**{name: value if value != "" else None for name, value in given.items()})


_Form = Form(media_type="multipart/form-data")  # FastAPI would write down the other kind, which holds no file


@router.post("/uploads", status_code=201, response_model=UploadOut, responses=problems(400, 413))
def create_upload(serving: ServingDep, response: Response, form: Annotated[ListForm, _Form]) -> dict[str, Any]:
    """Store a list and say how it is understood, before anything is asked."""
    now = serving.app.clock.now()
    upload_id = store_file(serving.database, form.file, most_bytes=serving.most_upload_bytes, now=now)
    return _described(serving, response, upload_id, form.told())


@router.post("/uploads/sample", status_code=201, response_model=UploadOut)
def create_sample_upload(serving: ServingDep, response: Response) -> dict[str, Any]:
    """Store the example list that ships with Firmograph, to try it with."""
    upload_id = store_example(serving.database, now=serving.app.clock.now())
    return _described(serving, response, upload_id, Told())


def _described(serving: Serving, response: Response, upload_id: str, told: Told) -> dict[str, Any]:
    described = keep_if_readable(serving.database, upload_id, told)
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
