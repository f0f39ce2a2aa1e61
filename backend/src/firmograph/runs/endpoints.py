"""Runs over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Header, Query, Response

from firmograph.runs import repository, service
from firmograph.runs.fields_schemas import split_list
from firmograph.runs.holding_schemas import RunShownOut
from firmograph.runs.importing import first_step
from firmograph.runs.plan import make_plan
from firmograph.runs.record_pages import Pages
from firmograph.runs.records_repository import page_of
from firmograph.runs.report_schemas import ChartsOut, PreviewOut, ReportOut
from firmograph.runs.run import Run
from firmograph.runs.schemas import (
    RUN_BODY,
    RecordPage,
    RecordsWanted,
    ResumeIn,
    RetryIn,
    RunOut,
    RunPage,
    RunsWanted,
)
from firmograph.runs.stored_reports import report_now
from firmograph.runs.submission import Submission, read_submission, run_request, start_submitted, stored
from firmograph.web.problems import problems
from firmograph.web.serving import Serving, ServingDep
from firmograph.web.standing import show_standing

router = APIRouter(tags=["runs"])

SubmissionDep = Annotated[Submission, Depends(read_submission)]
IdempotencyKey = Annotated[
    str | None, Header(min_length=1, max_length=255, description="The same key gives the same run.")
]


@router.post(
    "/runs/preview",
    response_model=PreviewOut,
    responses=problems(400, 404, 413, 415),
    openapi_extra=RUN_BODY,
)
def preview_run(serving: ServingDep, submission: SubmissionDep) -> dict[str, Any]:
    """The dry run: verdicts, duplicates, stored answers, and what asking the rest may cost. Spends nothing."""
    app = serving.app
    with stored(app.database, submission, most_bytes=serving.most_upload_bytes, now=app.clock.now()) as upload_id:
        return service.preview_run(
            app.database,
            run_request(submission, upload_id),
            providers=serving.providers,
            clock=app.clock,
            **app.ages(),
        )


@router.post(
    "/runs",
    status_code=202,
    response_model=RunOut,
    responses=problems(400, 404, 413, 415),
    openapi_extra=RUN_BODY,
)
def create_run(
    serving: ServingDep, response: Response, submission: SubmissionDep, idempotency_key: IdempotencyKey = None
) -> dict[str, Any]:
    """Start a run; its list is read and its companies are asked about from now on."""
    return start_run(serving, response, submission, idempotency_key)


@router.get("/runs", response_model=RunPage, responses=problems(400))
def list_runs(serving: ServingDep, wanted: Annotated[RunsWanted, Query()]) -> dict[str, Any]:
    """Runs, newest first."""
    with serving.database.read() as connection:
        found, following = repository.list_runs(
            connection,
            cursor=wanted.cursor,
            limit=wanted.limit,
            text=wanted.q or None,
            states=split_list(wanted.state),
        )
    return {"items": [run.to_json() for run in found], "next_cursor": following}


@router.get("/runs/{run_id}", response_model=RunShownOut, responses=problems(404))
def get_run(serving: ServingDep, run_id: str) -> dict[str, Any]:
    """One run, and who works on it."""
    with serving.database.read() as connection:
        run = repository.get_run(connection, run_id)
        own = {"columns": run.columns, "extra_columns": run.extra_columns}
        return run.to_json() | own | show_standing(serving, connection, run)


@router.get("/runs/{run_id}/records", response_model=RecordPage, responses=problems(400, 404))
def list_run_records(serving: ServingDep, run_id: str, wanted: Annotated[RecordsWanted, Query()]) -> dict[str, Any]:
    """A page of a run's rows with what became of them."""
    with serving.database.read() as connection:
        pages = Pages(connection, repository.get_run(connection, run_id), wanted.query())
        found, following = page_of(connection, run_id, pages)
        return {"items": found, "next_cursor": following, "count": pages.count().to_json()}


@router.get("/runs/{run_id}/report", response_model=ReportOut, responses=problems(404))
def get_run_report(serving: ServingDep, run_id: str) -> dict[str, Any]:
    """The run's numbers, each with what it was divided by."""
    return report_now(serving.database, run_id, "report", serving.app.clock)


@router.get("/runs/{run_id}/charts", response_model=ChartsOut, responses=problems(404))
def get_run_charts(serving: ServingDep, run_id: str) -> dict[str, Any]:
    """The run in pictures: outcomes, coverage, bands, industries, countries, credits over time, providers."""
    return report_now(serving.database, run_id, "charts", serving.app.clock)


@router.post("/runs/{run_id}/pause", response_model=RunOut, responses=problems(404, 409))
def pause_run(serving: ServingDep, run_id: str) -> dict[str, Any]:
    """Stop asking; what is under way is still written down."""
    return _change(serving, run_id, service.pause)


@router.post("/runs/{run_id}/resume", response_model=RunOut, responses=problems(400, 404, 409))
def resume_run(serving: ServingDep, run_id: str, wanted: Annotated[ResumeIn | None, Body()] = None) -> dict[str, Any]:
    """Go on, with a new budget if one is given."""
    budget = None if wanted is None else wanted.budget
    return _change(serving, run_id, lambda connection, run: service.resume(connection, run, budget=budget))


@router.post("/runs/{run_id}/cancel", response_model=RunOut, responses=problems(404, 409))
def cancel_run(serving: ServingDep, run_id: str) -> dict[str, Any]:
    """End the run; what is not done is skipped."""
    now = serving.app.clock.now()
    return _change(serving, run_id, lambda connection, run: service.cancel(connection, run, now=now))


@router.post("/runs/{run_id}/retry", response_model=RunOut, responses=problems(400, 404, 409))
def retry_run(serving: ServingDep, run_id: str, wanted: Annotated[RetryIn | None, Body()] = None) -> dict[str, Any]:
    """Ask again about companies that ended: the failed ones, or those of the outcomes or reasons given."""
    chosen = wanted or RetryIn()
    app = serving.app

    def work(connection: Any, run: Run) -> None:
        plan = make_plan(run, serving.providers, **app.ages())
        service.retry(
            connection,
            run,
            first_step=first_step(plan),
            outcomes=chosen.outcomes,
            reasons=chosen.reasons,
            now=app.clock.now(),
        )

    return _change(serving, run_id, work)


def start_run(
    serving: Serving, response: Response, submission: Submission, idempotency_key: str | None
) -> dict[str, Any]:
    """Start the run of a submission, wake the worker, and say where the run is."""
    run = start_submitted(
        serving.database,
        submission,
        providers=serving.providers,
        clock=serving.app.clock,
        most_bytes=serving.most_upload_bytes,
        idempotency_key=idempotency_key,
    )
    serving.wake()
    response.headers["Location"] = f"/api/v1/runs/{run.id}"
    return run.to_json()


def _run(serving: Serving, run_id: str) -> Run:
    with serving.database.read() as connection:
        return repository.get_run(connection, run_id)


def _change(serving: Serving, run_id: str, work: Callable[[Any, Run], object]) -> dict[str, Any]:
    """One unit of work on a run; the worker is told, and the run as it is now is the answer."""
    with serving.database.write(long=True) as connection:
        work(connection, repository.get_run(connection, run_id))
        changed = repository.get_run(connection, run_id)
    serving.wake()
    return changed.to_json()
