"""Companies over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from firmograph.companies import service
from firmograph.companies.schemas import (
    CompaniesWanted,
    CompanyPage,
    CompanyStory,
    FacetsOut,
    FacetsWanted,
    LookupStory,
    OverridesIn,
)
from firmograph.companies.search import CompanyQuery, count_facets
from firmograph.core.fields import Field
from firmograph.runs.fields_schemas import split_list
from firmograph.runs.schemas import RunOut
from firmograph.web.problems import problems
from firmograph.web.serving import ServingDep

router = APIRouter(tags=["companies"])
aliases = APIRouter(tags=["companies"])

# A key such as `name:a/b` may hold a slash.
_ONE = "/companies/{domain:path}"
Domain = Annotated[str, Path(description="The company's web domain, or any address of its site.", examples=["sap.com"])]


@router.get("/companies", response_model=CompanyPage, responses=problems(400))
def list_companies(serving: ServingDep, wanted: Annotated[CompaniesWanted, Query()]) -> dict[str, Any]:
    """A page of the companies that some run asked about."""
    query = CompanyQuery(
        text=wanted.q or None,
        facets=_facets(wanted),
        sort=wanted.sort,
        cursor=wanted.cursor,
        limit=wanted.limit,
    )
    with serving.database.read() as connection:
        return service.company_page(connection, query)


@aliases.get("/companies", response_model=CompanyPage, responses=problems(400))
def list_companies_by_alias(serving: ServingDep, wanted: Annotated[CompaniesWanted, Query()]) -> dict[str, Any]:
    """The same as `/api/v1/companies`."""
    return list_companies(serving, wanted)


@router.get("/companies/facets", response_model=FacetsOut, responses=problems(400))
def get_company_facets(serving: ServingDep, wanted: Annotated[FacetsWanted, Query()]) -> dict[str, Any]:
    """How many companies have each value, under the same filters as the list."""
    query = CompanyQuery(text=wanted.q or None, facets=_facets(wanted))
    with serving.database.read() as connection:
        facets = count_facets(connection, query)
    counts = {
        field.value: [{"value": value, "count": count} for value, count in values]
        for field, values in facets.counts.items()
    }
    return {**counts, "among": facets.among, "is_exact": facets.is_exact}


@router.get(_ONE, response_model=CompanyStory, responses=problems(404))
def get_company(
    serving: ServingDep,
    domain: Domain,
    payloads: Annotated[
        bool, Query(description="Lookups with their raw payloads; each is also at `/lookups/{id}`.")
    ] = True,
) -> dict[str, Any]:
    """All that is known of a company: what is shown and why, every observation, every lookup."""
    return service.company_story(serving.database, domain, serving.providers, with_payloads=payloads)


@router.get("/lookups/{lookup_id}", response_model=LookupStory, responses=problems(404))
def get_lookup(serving: ServingDep, lookup_id: str) -> dict[str, Any]:
    """One answer of one provider, with its raw payload."""
    return service.lookup_story(serving.database, lookup_id)


@router.patch(_ONE, response_model=CompanyStory, responses=problems(404))
def set_company_overrides(serving: ServingDep, domain: Domain, wanted: OverridesIn) -> dict[str, Any]:
    """Set values that win over every provider and survive a refresh; null takes one away."""
    now = serving.app.clock.now()
    with serving.database.write() as connection:
        service.set_overrides(connection, domain, wanted.overrides, providers=serving.providers, now=now)
    return service.company_story(serving.database, domain, serving.providers)


@router.post(f"{_ONE}/refresh", status_code=202, response_model=RunOut, responses=problems(400, 404))
def refresh_company(serving: ServingDep, response: Response, domain: Domain) -> dict[str, Any]:
    """Ask about a company again, whatever is stored: starts a run for it alone."""
    run = service.refresh(
        serving.database,
        domain,
        providers=serving.providers,
        clock=serving.app.clock,
        most_bytes=serving.most_upload_bytes,
    )
    serving.wake()
    response.headers["Location"] = f"/api/v1/runs/{run.id}"
    return run.to_json()


def _facets(wanted: FacetsWanted) -> dict[Field, tuple[str, ...]]:
    """Industries may hold commas of their own, so theirs are only repeated."""
    return {
        Field.INDUSTRY: tuple(value for value in wanted.industry if value),
        Field.EMPLOYEE_RANGE: split_list(wanted.employee_range),
        Field.REVENUE_RANGE: split_list(wanted.revenue_range),
        Field.COUNTRY_CODE: split_list(wanted.country_code),
    }
