"""An upload as a person checks it before a run: how it was understood, and what its first rows mean."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from firmograph.db.engine import Database
from firmograph.errors import UserError
from firmograph.intake.detect import Detection
from firmograph.intake.read import read_records
from firmograph.runs import uploads_repository
from firmograph.runs.service import detect_upload


def keep_if_readable(
    database: Database, upload_id: str, *, column: str | None = None, name_column: str | None = None
) -> dict[str, Any]:
    """`understand` a new upload; one that is no list is forgotten again. Raises `UnreadableInput`."""
    try:
        return understand(database, upload_id, column=column, name_column=name_column)
    except UserError:
        with database.write() as connection:
            uploads_repository.delete_upload(connection, upload_id)
        raise


def understand(
    database: Database, upload_id: str, *, column: str | None = None, name_column: str | None = None
) -> dict[str, Any]:
    """Detect what the upload is, remember it, and describe it. Raises `UnreadableInput`, `NotFound`."""
    detection = detect_upload(database, upload_id, column=column, name_column=name_column)
    with database.write() as connection:
        uploads_repository.set_detection(connection, upload_id, detection.to_json())
    return describe(database, upload_id)


def describe(database: Database, upload_id: str) -> dict[str, Any]:
    """An upload, with what was understood of it. Raises `NotFound`, and `UnreadableInput` where that was never done."""
    with database.read() as connection:
        upload = uploads_repository.get_upload(connection, upload_id)
    if upload["detection"] is None:
        return understand(database, upload_id)
    detection = Detection.from_json(upload["detection"])
    return {
        **{name: upload[name] for name in ("id", "file_name", "size", "sha256", "created_at")},
        "encoding": detection.dialect.encoding,
        "dialect": detection.dialect.to_json(),
        "columns": detection.columns,
        **_column(detection, "column", detection.column),
        **_column(detection, "name_column", detection.name_column),
        **_column(detection, "linkedin_column", detection.linkedin_column),
        "guesses": detection.guesses,
        "first_rows": detection.first_rows,
        "first_verdicts": _verdicts(database, upload, detection),
    }


def _column(detection: Detection, role: str, index: int | None) -> dict[str, Any]:
    """A column by the name that finds it again: its header, or its number where the header is blank or not its own."""
    name = None
    if index is not None:
        header = detection.columns[index]
        is_first = detection.columns.index(header) == index
        name = header if is_first and header.strip() else f"#{index + 1}"
    return {role: name, f"{role}_index": index}


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
