"""Health: whether the process is up, and whether it can do its work."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError

from firmograph import __version__
from firmograph.db import migrate
from firmograph.db.probe import why_not_writable
from firmograph.errors import UserError
from firmograph.jobs import presence
from firmograph.web.checks import Checks, Hangs
from firmograph.web.drainer import DrainerState, DrainerStatus
from firmograph.web.serving import Serving, ServingDep

router = APIRouter(tags=["health"])

_NO_WORKER = "No worker is alive, so nobody works on the runs: start one with `firmograph worker`."
_REDIS_FIX = "Check REDIS_URL, and that Redis runs; until then nobody asks any provider."


class Live(BaseModel):
    status: str = Field(examples=["ok"])
    version: str


class DatabaseHealth(BaseModel):
    is_ok: bool
    revision: str | None = Field(description="The migration the schema is at.")
    trouble: str | None


class RedisHealth(BaseModel):
    is_ok: bool
    trouble: str | None


class DrainerHealth(BaseModel):
    """Who works on the runs: `mine` (this process), `held` (another, see `holder`), or `none`."""

    state: DrainerState
    holder: dict[str, Any]
    trouble: str | None


class WorkerHealth(BaseModel):
    """A worker process on the queues."""

    id: str
    is_alive: bool
    seen_at: datetime
    version: str
    providers: list[str] = Field(description="The names of those it can ask.")
    trouble: str | None = Field(description="What keeps it from asking.")


class Ready(BaseModel):
    """Whether requests can be served and runs are worked on."""

    is_ready: bool
    database: DatabaseHealth
    drainer: DrainerHealth
    redis: RedisHealth | None = Field(description="Null without REDIS_URL.")
    workers: list[WorkerHealth] | None = Field(description="Null without REDIS_URL, or when the database is away.")
    trouble: list[str] = Field(description="All that is wrong, with what to do.")


@router.get("/health/live", response_model=Live)
def get_live() -> dict[str, str]:
    """The process is up."""
    return {"status": "ok", "version": __version__}


@router.get("/health/ready", response_model=Ready, responses={503: {"model": Ready, "description": "Not ready."}})
async def get_ready(serving: ServingDep, request: Request) -> JSONResponse:
    """Database, migrations, Redis and workers; 503 says what is wrong. Answers within two seconds in any case."""
    checks: Checks = request.app.state.checks
    is_shared = serving.app.queues is not None
    database, redis = await asyncio.gather(_database(serving, checks), _redis(serving, checks))
    status = serving.drainer.status if serving.drainer is not None else DrainerStatus(DrainerState.NONE)
    content: dict[str, Any] = {
        "database": database,
        "drainer": {"state": status.state.value, "holder": dict(status.holder), "trouble": status.trouble},
        "redis": redis,
        "workers": database.pop("workers"),
    }
    trouble = [part["trouble"] for part in (database, redis) if part and part["trouble"]]
    if not is_shared and status.state is DrainerState.NONE:
        trouble.append(f"Nobody works on the runs: {status.trouble or 'the server has not started'}.")
    elif status.trouble is not None and not database["trouble"]:
        trouble.append(status.trouble)
    if content["workers"] is not None:
        trouble += _worker_trouble(content["workers"])
    content = {"is_ready": not trouble, **content, "trouble": trouble}
    return JSONResponse(content, status_code=503 if trouble else 200)


async def _database(serving: Serving, checks: Checks) -> dict[str, Any]:
    try:
        found: dict[str, Any] = await checks.ask("database", lambda: _look(serving))
    except (SQLAlchemyError, UserError, Hangs) as error:
        said = str(getattr(error, "orig", None) or error).strip().splitlines()[0].rstrip(".")
        trouble = f"The database does not answer: {said}. Check DATABASE_URL, and that the server runs."
        return {"is_ok": False, "revision": None, "trouble": trouble, "workers": None}
    return found


def _look(serving: Serving) -> dict[str, Any]:
    revision, head = migrate.current(serving.database), migrate.head()
    trouble = why_not_writable(serving.database)
    if revision != head:
        trouble = f"The database is at revision {revision}, this version needs {head}: run `firmograph db upgrade`."
    workers = None
    if serving.app.queues is not None and revision == head:
        with serving.database.read() as connection:
            known = presence.list_workers(connection, now=serving.app.clock.now())
        names = WorkerHealth.model_fields
        workers = [{name: part for name, part in worker.to_json().items() if name in names} for worker in known]
    return {"is_ok": trouble is None, "revision": revision, "trouble": trouble, "workers": workers}


async def _redis(serving: Serving, checks: Checks) -> dict[str, Any] | None:
    queues = serving.app.queues
    if queues is None:
        return None
    from firmograph.jobs.limiter_script import OUT_OF_REACH  # noqa: PLC0415 - only with Redis

    try:
        await checks.ask("redis", queues.ping)
    except (*OUT_OF_REACH, Hangs) as error:
        return {"is_ok": False, "trouble": f"Redis does not answer: {str(error).rstrip('.')}. {_REDIS_FIX}"}
    return {"is_ok": True, "trouble": None}


def _worker_trouble(workers: list[dict[str, Any]]) -> list[str]:
    """What keeps every living worker from asking; while one can ask, the others' trouble stands with them alone."""
    alive = [worker for worker in workers if worker["is_alive"]]
    if not alive:
        return [_NO_WORKER]
    if any(worker["trouble"] is None for worker in alive):
        return []
    return [f"No worker can ask: {said}" for said in dict.fromkeys(worker["trouble"] for worker in alive)]
