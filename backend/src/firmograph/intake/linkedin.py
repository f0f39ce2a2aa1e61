"""LinkedIn's company pages."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

_COMPANY = re.compile(r"(?:sales/)?(company|company-beta|showcase|school)/+([^/?#\s]+)", re.IGNORECASE)
_URL = "https://www.linkedin.com/company/"


def company_page(path: str) -> str | None:
    """The canonical address of the company page at this path of linkedin.com; `None` for any other path."""
    match = _COMPANY.match(path.lstrip("/"))
    slug = unquote(match[2]).strip().lower() if match else ""
    return _URL + quote(slug, safe="-_.~&'") if slug else None


def slug_of(company_url: str) -> str:
    """The slug of an address that `company_page` gave."""
    return company_url.removeprefix(_URL)
