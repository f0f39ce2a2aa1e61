"""Health: whether the process is up, and whether it can do its work."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError

from firmograph import __version__
from firmograph.db import migrate
from firmograph.errors import UserError
from firmograph.web.drainer import DrainerState, DrainerStatus
from firmograph.web.serving import ServingDep

router = APIRouter(tags=["health"])


class Live(BaseModel):
    status: str = Field(examples=["ok"])
    version: str


class DatabaseHealth(BaseModel):
    is_ok: bool
    revision: str | None = Field(description="The migration the schema is at.")
    trouble: str | None


class DrainerHealth(BaseModel):
    """Who works on the runs: `mine` (this process), `held` (another, see `holder`), or `none`."""

    state: DrainerState
    holder: dict[str, Any]
    trouble: str | None


class Ready(BaseModel):
    """Whether requests can be served and runs are worked on."""

    is_ready: bool
    database: DatabaseHealth
    drainer: DrainerHealth
    trouble: list[str] = Field(description="All that is wrong, with what to do.")


@router.get("/health/live", response_model=Live)
def get_live() -> dict[str, str]:
    """The process is up."""
    return {"status": "ok", "version": __version__}


@router.get("/health/ready", response_model=Ready, responses={503: {"model": Ready, "description": "Not ready."}})
def get_ready(serving: ServingDep) -> JSONResponse:
    """Database, migrations and drainer; 503 says what is wrong."""
    database = _database(serving)
    status = serving.drainer.status if serving.drainer is not None else DrainerStatus(DrainerState.NONE)
    trouble = [] if database["trouble"] is None else [database["trouble"]]
    if status.state is DrainerState.NONE:
        trouble.append(f"Nobody works on the runs: {status.trouble or 'the server has not started'}.")
    content = {
        "is_ready": not trouble,
        "database": database,
        "drainer": {"state": status.state.value, "holder": dict(status.holder), "trouble": status.trouble},
        "trouble": trouble,
    }
    return JSONResponse(content, status_code=503 if trouble else 200)


def _database(serving: ServingDep) -> dict[str, Any]:
    try:
        revision, head = migrate.current(serving.database), migrate.head()
    except (SQLAlchemyError, UserError) as error:
        return {"is_ok": False, "revision": None, "trouble": f"The database does not answer: {error}"}
    trouble = None
    if revision != head:
        trouble = f"The database is at revision {revision}, this version needs {head}: run `firmograph db upgrade`."
    return {"is_ok": trouble is None, "revision": revision, "trouble": trouble}
