"""All tables, one file per room."""

from firmograph.db.models.base import metadata
from firmograph.db.models.companies import companies
from firmograph.db.models.exports import export_chunks, exports
from firmograph.db.models.lookups import asks, calls, lookups
from firmograph.db.models.rate import rate_entries, rate_keys
from firmograph.db.models.records import records
from firmograph.db.models.runs import runs
from firmograph.db.models.targets import INDEXED_FIELDS, IS_LEASED, IS_OPEN, targets
from firmograph.db.models.uploads import upload_chunks, uploads
from firmograph.db.models.views import reports, views
from firmograph.db.models.workers import workers

__all__ = [
    "INDEXED_FIELDS",
    "IS_LEASED",
    "IS_OPEN",
    "asks",
    "calls",
    "companies",
    "export_chunks",
    "exports",
    "lookups",
    "metadata",
    "rate_entries",
    "rate_keys",
    "records",
    "reports",
    "runs",
    "targets",
    "upload_chunks",
    "uploads",
    "views",
    "workers",
]
