"""The file formats an export can have: names, media types, suffixes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from firmograph.errors import UserError


@dataclass(frozen=True, slots=True)
class _Format:
    media_type: str
    suffixes: tuple[str, ...]  # the first is the one we give
    most_columns: int | None = None


_FORMATS = {
    "csv": _Format("text/csv; charset=utf-8", (".csv",)),
    "tsv": _Format("text/tab-separated-values; charset=utf-8", (".tsv", ".tab")),
    "jsonl": _Format("application/x-ndjson", (".jsonl", ".ndjson")),
    "xlsx": _Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",), 16_384),
    "parquet": _Format("application/vnd.apache.parquet", (".parquet", ".pq")),
}
FORMATS = tuple(_FORMATS)


def media_type(format: str) -> str:  # noqa: A002  # the word of the command line and the API
    """The media type of a format. Raises `UserError` for a format that is none."""
    return _format(format).media_type


def file_suffix(format: str) -> str:  # noqa: A002
    """The suffix of a format's files, with its dot. Raises `UserError` for a format that is none."""
    return _format(format).suffixes[0]


def check_columns(format: str, count: int) -> None:  # noqa: A002
    """Raises `UserError` when a file of this format cannot hold so many columns, or for a format that is none."""
    most = _format(format).most_columns
    if most is not None and count > most:
        raise UserError(f"The export has {count} columns and {format} holds {most}. Export as csv instead.")


def format_for_path(path: str | PurePath, default: str) -> str:
    """The format that a file's suffix asks for, in whatever case; `default` when it asks for none of ours."""
    suffix = PurePath(path).suffix.lower()
    return next((name for name, known in _FORMATS.items() if suffix in known.suffixes), default)


def _format(name: str) -> _Format:
    if (known := _FORMATS.get(name)) is None:
        raise UserError(f"There is no export format {name!r}. Choose one of: {', '.join(FORMATS)}.")
    return known
