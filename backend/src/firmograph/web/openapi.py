"""The API's description: clean operation ids, and problems instead of FastAPI's own error shape."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.routing import compile_path

from firmograph import __version__
from firmograph.runs.schemas import RUN_FORM, RunIn
from firmograph.web.problems import FieldError, Problem

_REPLACED = ("HTTPValidationError", "ValidationError")
_REFERENCE = "#/components/schemas/{model}"
_DESCRIPTION = (
    "A list of companies goes in, each row becomes a company, providers are asked in a waterfall, and every value "
    "comes out with its provenance and its price. Errors are RFC 9457 problem details."
)
_TAGS = [
    {"name": "uploads", "description": "Lists, before they become runs."},
    {"name": "runs", "description": "One execution of a waterfall over a list, its rows, its numbers, its file."},
    {"name": "exports", "description": "A run's file, made in the background and kept for a while."},
    {"name": "companies", "description": "What is known of each company across all runs."},
    {"name": "views", "description": "Filters, order and columns that people saved."},
    {"name": "settings", "description": "How this server was started."},
    {"name": "providers", "description": "The sources that are asked."},
    {"name": "health", "description": "For whoever runs this."},
]


def operation_id(route: APIRoute) -> str:
    return route.name


def describe(web: FastAPI) -> dict[str, Any]:
    """The OpenAPI document; the same code always gives the same one."""
    if web.openapi_schema is None:
        document = get_openapi(
            title="Firmograph",
            version=__version__,
            description=_DESCRIPTION,
            routes=web.routes,
            tags=_TAGS,
            license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        )
        schemas = document["components"]["schemas"]
        for model in (Problem, FieldError, RunIn):
            schema = model.model_json_schema(ref_template=_REFERENCE)
            schema.pop("$defs", None)
            schemas[model.__name__] = schema
        schemas["RunForm"] = RUN_FORM
        for name in _REPLACED:
            schemas.pop(name, None)
        document["components"]["schemas"] = dict(sorted(schemas.items()))
        document["components"]["securitySchemes"] = {
            "token": {
                "type": "http",
                "scheme": "bearer",
                "description": "Needed where FIRMOGRAPH_API_TOKEN is set, for everything below /api.",
            }
        }
        document["security"] = [{}, {"token": []}]
        web.openapi_schema = document
    return web.openapi_schema


def methods_at(web: FastAPI, path: str) -> list[str]:
    """What the description says is possible at a path; empty for a path that is not in it."""
    found = {
        method.upper()
        for template, operations in describe(web)["paths"].items()
        if compile_path(template)[0].match(path)
        for method in operations
    }
    return sorted(found)
