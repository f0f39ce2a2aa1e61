"""An upload as a person checks it before a run: how it was understood, and what its first rows mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from firmograph.db.engine import Database
from firmograph.errors import UserError
from firmograph.intake.detect import Detection, Told
from firmograph.intake.read import read_records
from firmograph.runs import uploads_repository
from firmograph.runs.service import detect_upload
from firmograph.runs.understanding import understood

_EXAMPLE = "companies.csv"


def keep_if_readable(database: Database, upload_id: str, told: Told) -> dict[str, Any]:
    """`understand` a new upload; one that is no list is forgotten again. Raises `UnreadableInput`, `UserError`."""
    try:
        return understand(database, upload_id, told)
    except UserError:
        with database.write() as connection:
            uploads_repository.delete_upload(connection, upload_id)
        raise


def understand(database: Database, upload_id: str, told: Told) -> dict[str, Any]:
    """Detect what the upload is, remember it, and describe it. Raises `UnreadableInput`, `NotFound`, `UserError`."""
    detection = detect_upload(database, upload_id, told)
    with database.write() as connection:
        uploads_repository.set_detection(connection, upload_id, detection.to_json())
    return describe(database, upload_id)


def example_list() -> Path:
    """The example list: in the checkout, or inside the installed package. Raises `UserError` when it is neither."""
    package = Path(__file__).resolve().parents[1]
    candidates = (package / "examples" / _EXAMPLE, package.parents[2] / "examples" / _EXAMPLE)
    for path in candidates:
        if path.is_file():
            return path
    raise UserError(f"The example list is missing from this installation (looked for {candidates[0]}). Reinstall.")


def store_example(database: Database, *, now: datetime) -> str:
    """The example list as an upload; returns its id. Raises `UserError` where it is missing."""
    path = example_list()
    with path.open("rb") as source:
        size = path.stat().st_size
        return uploads_repository.store_upload(database, source, file_name=_EXAMPLE, most_bytes=size, now=now)


def describe(database: Database, upload_id: str) -> dict[str, Any]:
    """An upload, with what was understood of it. Raises `NotFound`, and `UnreadableInput` where that was never done."""
    with database.read() as connection:
        upload = uploads_repository.get_upload(connection, upload_id)
    if upload["detection"] is None:
        return understand(database, upload_id, Told())
    detection = Detection.from_json(upload["detection"])
    return {
        **{name: upload[name] for name in ("id", "file_name", "size", "sha256", "created_at")},
        **understood(detection),
        "first_rows": detection.first_rows,
        "first_verdicts": _verdicts(database, upload, detection),
    }


def _verdicts(database: Database, upload: Mapping[Any, Any], detection: Detection) -> list[dict[str, Any]]:
    has_only_names = detection.column is None and detection.linkedin_column is None
    source = uploads_repository.opener(database, upload["id"])
    found = read_records(source, detection, allow_name_only=has_only_names)
    return [
        {
            "position": record.position,
            "domain": None if record.company is None else record.company.key,
            "rejection": None if record.rejection is None else record.rejection.value,
            "note": record.note,
        }
        for record in islice(found, len(detection.first_rows))
    ]
