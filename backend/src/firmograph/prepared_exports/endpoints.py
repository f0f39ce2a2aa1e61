"""Prepared exports over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Query, Response
from fastapi.responses import StreamingResponse

from firmograph.errors import NotAllowedNow
from firmograph.exports.formats import FORMATS, media_type
from firmograph.prepared_exports import repository, service
from firmograph.prepared_exports.prepared_export import ExportState, PreparedExport
from firmograph.prepared_exports.ranges import NoSuchRange, wanted_range
from firmograph.prepared_exports.schemas import ExportIn, ExportOut, ExportPage
from firmograph.runs.repository import get_run
from firmograph.runs.schemas import PageWanted
from firmograph.web.problems import problem, problems
from firmograph.web.run_streams import attachment
from firmograph.web.serving import Serving, ServingDep

router = APIRouter(tags=["exports"])

_BYTES = {media_type(name).partition(";")[0]: {"schema": {"type": "string", "format": "binary"}} for name in FORMATS}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file; its `ETag` is its sha256.", "content": _BYTES},
    206: {"description": "The part that `Range` asked for.", "content": _BYTES},
    304: {"description": "The client has this file already."},
}


@router.post("/runs/{run_id}/exports", status_code=202, response_model=ExportOut, responses=problems(400, 404))
def prepare_run_export(
    serving: ServingDep, response: Response, run_id: str, wanted: Annotated[ExportIn | None, Body()] = None
) -> dict[str, Any]:
    """Let the run's file be made in the background, with the rows that there are then; open rows are `pending`."""
    chosen = wanted or ExportIn()
    with serving.database.write() as connection:
        export = service.request_export(
            connection,
            run_id,
            file_format=chosen.format,
            with_provenance=chosen.provenance,
            neutralise=chosen.neutralise,
            now=serving.app.clock.now(),
        )
    serving.wake_export(export.id)
    response.headers["Location"] = f"/api/v1/exports/{export.id}"
    return export.to_json(keep=_keep(serving))


@router.get("/runs/{run_id}/exports", response_model=ExportPage, responses=problems(400, 404))
def list_run_exports(serving: ServingDep, run_id: str, page: Annotated[PageWanted, Query()]) -> dict[str, Any]:
    """A run's prepared exports, newest first."""
    with serving.database.read() as connection:
        get_run(connection, run_id)
        found, following = repository.list_exports(connection, run_id, cursor=page.cursor, limit=page.limit)
    return {"items": [export.to_json(keep=_keep(serving)) for export in found], "next_cursor": following}


@router.get("/exports/{export_id}", response_model=ExportOut, responses=problems(404))
def get_export(serving: ServingDep, export_id: str) -> dict[str, Any]:
    """One prepared export, and how far it is."""
    return _export(serving, export_id).to_json(keep=_keep(serving))


@router.get(
    "/exports/{export_id}/file",
    response_class=StreamingResponse,
    responses={**_FILE, **problems(404, 409, 416)},
)
def download_export(
    serving: ServingDep,
    export_id: str,
    wanted: Annotated[str | None, Header(alias="Range", examples=["bytes=1048576-"])] = None,
    if_range: Annotated[str | None, Header(description="An `ETag`: the part only if this is still the file.")] = None,
    if_none_match: Annotated[str | None, Header(description="An `ETag`: the file only if this is not it.")] = None,
) -> Response:
    """The file, whole or in part, so that a download that broke off can go on."""
    export = _export(serving, export_id)
    if export.state is not ExportState.READY:
        raise NotAllowedNow(_why_no_file(export))
    etag = f'"{export.sha256}"'
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Content-Disposition": attachment(export.file_name),
    }
    if if_none_match is not None and (if_none_match.strip() == "*" or etag in if_none_match):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    try:
        part = wanted_range(wanted, size=export.size) if if_range in {None, etag} else None
    except NoSuchRange:
        return problem(
            f"/api/v1/exports/{export_id}/file",
            HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
            "range-not-satisfiable",
            f"The file has {export.size} bytes, and the range begins behind them. Ask without a range.",
            headers={"Content-Range": f"bytes */{export.size}", "Accept-Ranges": "bytes"},
        )
    return _file(serving, export, part, headers)


@router.delete("/exports/{export_id}", status_code=204, responses=problems(404))
def delete_export(serving: ServingDep, export_id: str) -> None:
    """Delete an export and its file; if it is being made, that ends."""
    service.delete_export(serving.database, export_id)


def _file(
    serving: Serving, export: PreparedExport, part: tuple[int, int] | None, headers: dict[str, str]
) -> StreamingResponse:
    start, end = part or (0, export.size)
    headers["Content-Length"] = str(end - start)
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{export.size}"
    chunks: Iterator[bytes] = service.read_file(serving.database, export.id, start=start, end=end)
    return StreamingResponse(
        chunks,
        status_code=HTTPStatus.OK if part is None else HTTPStatus.PARTIAL_CONTENT,
        media_type=media_type(export.options["format"]),
        headers=headers,
    )


def _why_no_file(export: PreparedExport) -> str:
    if export.state is ExportState.FAILED:
        return f"Export {export.id} has failed, so there is no file. Prepare it again. {export.detail or ''}".strip()
    return f"Export {export.id} is {export.state.value}: its file is there when it is ready. Ask again in a moment."


def _export(serving: Serving, export_id: str) -> PreparedExport:
    with serving.database.read() as connection:
        return repository.get_export(connection, export_id)


def _keep(serving: Serving) -> timedelta:
    return timedelta(days=serving.app.settings.keep_exports_days)
