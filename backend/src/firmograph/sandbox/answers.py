"""The answers of the two verbs, before any fault: rows for match items and for ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from firmograph.sandbox.bodies import Question
from firmograph.sandbox.companies import (
    SandboxCompany,
    blank_firmographics,
    company_of,
    draws_of,
    firmographics_of,
    is_below,
)
from firmograph.sandbox.options import SandboxOptions
from firmograph.sandbox.questions import Item, NotADomain, host_of, name_domain, slug_domain
from firmograph.sandbox.registry import IdRegistry

Row = dict[str, Any]

_MISSED_NAMES = 0.25  # a name alone says little: so many of those that would match by domain are missed


def asked_key(item: Item) -> str:
    """What an item asks for, as text: the same company asked again has the same key."""
    return item["domain"] or item["url"] or item["linkedin_url"] or item["name"] or ""


def match_rows(items: Sequence[Item], options: SandboxOptions, registry: IdRegistry) -> list[Row]:
    """One row per item, in order: an id, null, or an error. The ids are remembered before anybody sees them."""
    rows: list[Row] = []
    found: list[tuple[str, str]] = []
    for item in items:
        row: Row = {"input": item, "business_id": None}
        try:
            company = _matched(item, options)
        except NotADomain:
            row |= {"error": "Invalid domain", "error_type": "input"}
        else:
            if company:
                found.append((company.business_id, company.domain))
                is_malformed = is_below(company.is_troublesome, options.malformed_id_rate)
                row["business_id"] = company.business_id[:-1] if is_malformed else company.business_id
        rows.append(row)
    registry.remember(found)
    return rows


def companies_of(ids: Sequence[str], options: SandboxOptions, registry: IdRegistry) -> list[SandboxCompany | None]:
    """The company behind each id; `None` for an id that was never given out under this seed."""
    domains = registry.domains_of(ids)
    companies: list[SandboxCompany | None] = []
    for business_id in ids:
        domain = domains.get(business_id)
        company = company_of(domain, options.seed) if domain else None
        companies.append(company if company and company.business_id == business_id else None)
    return companies


def refused_positions(companies: Sequence[SandboxCompany | None], options: SandboxOptions) -> list[int]:
    """Where those companies stand whose ids the enrich verb always refuses."""
    return [
        position
        for position, company in enumerate(companies)
        if company and is_below(company.is_troublesome, options.bad_id_rate)
    ]


def enrich_rows(
    ids: Sequence[str], companies: Sequence[SandboxCompany | None], options: SandboxOptions
) -> tuple[list[Row], int]:
    """The rows for the ids, and how many of them cost a credit.

    An id that is unknown or has no data comes back in one of the four ways of contract section 3.4, always in the
    same one.
    """
    rows: list[Row] = []
    billable = 0
    for business_id, company in zip(ids, companies, strict=True):
        if company and not is_below(company.is_without_data, options.no_data_rate):
            rows.append({"business_id": business_id, "data": firmographics_of(company)})
            billable += 1
        else:
            rows += _missing_rows(business_id)
    return rows, billable


def enrich_answer(question: Question, rows: Sequence[Row], *, version: int) -> Row:
    """The envelope of the version, without its `response_context`."""
    if question.key == "business_id":
        data = rows[0].get("data") if rows else None
        return {"data": data, "entity_id": question.ids[0]}
    is_null = not rows and int(question.ids[0][1], 16) % 2 == 0
    answer: Row = {"data": None if is_null else rows}
    if version == 1:
        answer["entity_id"] = None
    return answer | {"total_results": len(rows)}


def has_values(row: Mapping[str, Any]) -> bool:
    """Whether an enrich row holds more than its id."""
    return any(value is not None for name, value in (row.get("data") or {}).items() if name != "business_id")


def _matched(item: Item, options: SandboxOptions) -> SandboxCompany | None:
    """The company an item means: a domain decides alone, then a LinkedIn page, then a name. Raises `NotADomain`."""
    address = item["domain"] or item["url"]
    linkedin_url, name = item["linkedin_url"], item["name"]
    if address:
        domain: str | None = host_of(address)
    elif linkedin_url:
        domain = slug_domain(linkedin_url)
    else:
        domain = name_domain(name) if name else None
        if domain and is_below(draws_of(f"{options.seed} name {domain}")[1][0], _MISSED_NAMES):
            return None
    company = company_of(domain, options.seed) if domain else None
    return None if company is None or is_below(company.is_missing, options.miss_rate) else company


def _missing_rows(business_id: str) -> list[Row]:
    match int(business_id[0], 16) % 4:
        case 0:
            return [{"business_id": business_id, "data": None}]
        case 1:
            return [{"business_id": business_id}]
        case 2:
            return [{"business_id": business_id, "data": blank_firmographics(business_id)}]
        case _:
            return []
