"""How a list was understood, as a person checks it: its dialect, and its columns by names that find them again."""

from __future__ import annotations

from typing import Any

from firmograph.intake.detect import Detection


def understood(detection: Detection) -> dict[str, Any]:
    """The part of an upload, or of a preview, that says how the list is read."""
    return {
        "encoding": detection.dialect.encoding,
        "dialect": detection.dialect.to_json(),
        "sheets": detection.sheets,
        "columns": detection.columns,
        **_column(detection, "column", detection.column),
        **_column(detection, "name_column", detection.name_column),
        **_column(detection, "linkedin_column", detection.linkedin_column),
        "guesses": detection.guesses,
    }


def _column(detection: Detection, role: str, index: int | None) -> dict[str, Any]:
    """A column by the name that finds it again: its header, or its number where the header is blank or not its own."""
    name = None
    if index is not None:
        header = detection.columns[index]
        is_first = detection.columns.index(header) == index
        name = header if is_first and header.strip() else f"#{index + 1}"
    return {role: name, f"{role}_index": index}
