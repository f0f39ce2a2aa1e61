"""A small server that speaks Explorium's contract and knows one company, and the provider that asks it."""

from __future__ import annotations

from typing import Any

from scripted_server import Request

from firmograph.core.company import CompanyKey
from firmograph.providers import explorium
from firmograph.providers.base import ProviderOff

KEY = "sk-live-8d1f0c7e55"
ACME_ID = "8adce3ca1cef0c986b22310e369a0793"
ACME = {
    "business_id": ACME_ID,
    "name": "Acme Corp",
    "website": "https://www.acme.com",
    "country_name": "united states",
    "number_of_employees_range": "201-500",
    "yearly_revenue_range": "over the moon",
}


def company(domain: str, name: str | None = None) -> CompanyKey:
    return CompanyKey(key=domain, domain=domain, name=name)


def make_explorium(base_url: str, *, version: str = "v2", **settings: Any) -> explorium.ExploriumProvider:
    provider = explorium.build(
        api_key=KEY,
        base_url=base_url,
        api_version=version,
        rate_limit=200,
        rate_unit="entities",
        is_sandbox=False,
        **settings,
    )
    assert not isinstance(provider, ProviderOff)
    return provider


def speak_explorium(request: Request) -> dict[str, Any]:
    """Answers both calls by the contract, and knows one company."""
    context = {"correlation_id": "c-1", "request_status": "success", "time_took_in_seconds": 0.1}
    if request.path.endswith("/match"):
        rows = [
            {"input": item, "business_id": ACME_ID if item.get("domain") == "acme.com" else None}
            for item in request.json["businesses_to_match"]
        ]
        return {"response_context": context, "total_results": len(rows), "total_matches": 1, "matched_businesses": rows}
    ids = request.json["business_ids"]
    found = [{"business_id": one, "data": ACME} for one in ids if one == ACME_ID]
    usage = {"total_credits": len(found), "total_results": len(found)}
    return {"response_context": context, "data": found, "total_results": len(found), "credit_usage": usage}
