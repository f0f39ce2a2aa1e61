"""Saved views over HTTP: stored on the server, so that everybody who uses it has them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, field_validator

from firmograph.runs import repository, views_repository
from firmograph.web.problems import problems
from firmograph.web.serving import ServingDep

router = APIRouter(tags=["views"])

_LONGEST_QUERY = 32_000
Scope = Literal["run", "companies", "global"]
Name = Annotated[str, Field(min_length=1, max_length=200)]


def _checked(query: dict[str, Any] | None) -> dict[str, Any] | None:
    if query is not None and len(orjson.dumps(query)) > _LONGEST_QUERY:
        raise ValueError(f"A view's query may have {_LONGEST_QUERY:,} bytes as JSON.")
    return query


class ViewIn(BaseModel):
    """A view to save."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    scope: Scope
    run_id: str | None = Field(None, description="The run it belongs to; left out, it is for every run.")
    query: dict[str, Any] = Field(description="The page's own: filters, order, columns.")

    _small = field_validator("query")(_checked)


class ViewChanges(BaseModel):
    """What is to change of a view."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    query: dict[str, Any] | None = None

    _small = field_validator("query")(_checked)


class ViewOut(BaseModel):
    """A saved view."""

    id: str
    name: str
    scope: Scope
    run_id: str | None
    query: dict[str, Any]
    created_at: datetime
    updated_at: datetime


class ViewsOut(BaseModel):
    items: list[ViewOut]
    next_cursor: None = None


@router.get("/views", response_model=ViewsOut)
def list_views(
    serving: ServingDep,
    scope: Scope | None = None,
    run_id: Annotated[str | None, Query(description="Those of this run, and those for every run.")] = None,
) -> dict[str, Any]:
    """Saved views, by name."""
    with serving.database.read() as connection:
        found = views_repository.list_views(connection, scope=scope, run_id=run_id)
    return {"items": [dict(view) for view in found], "next_cursor": None}


@router.post("/views", status_code=201, response_model=ViewOut, responses=problems(404, 409))
def create_view(serving: ServingDep, response: Response, wanted: ViewIn) -> dict[str, Any]:
    """Save a view."""
    with serving.database.write() as connection:
        if wanted.run_id is not None:
            repository.get_run(connection, wanted.run_id)
        view_id = views_repository.insert_view(connection, wanted.model_dump(), now=serving.app.clock.now())
        saved = dict(views_repository.get_view(connection, view_id))
    response.headers["Location"] = f"/api/v1/views/{view_id}"
    return saved


@router.patch("/views/{view_id}", response_model=ViewOut, responses=problems(404))
def change_view(serving: ServingDep, view_id: str, wanted: ViewChanges) -> dict[str, Any]:
    """Rename a view, or save another query under its name."""
    with serving.database.write() as connection:
        changes = wanted.model_dump(exclude_none=True)
        views_repository.change_view(connection, view_id, changes, now=serving.app.clock.now())
        return dict(views_repository.get_view(connection, view_id))


@router.delete("/views/{view_id}", status_code=204, responses=problems(404))
def delete_view(serving: ServingDep, view_id: str) -> None:
    """Delete a view."""
    with serving.database.write() as connection:
        views_repository.delete_view(connection, view_id)
