"""A run as a file: the plan of its export, and its rows as a stream of bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from firmograph.db.engine import Database
from firmograph.errors import UserError
from firmograph.exports.formats import FORMATS, file_suffix
from firmograph.exports.plan import ExportPlan
from firmograph.exports.stream import stream
from firmograph.intake.detect import Detection
from firmograph.runs.records_repository import export_rows
from firmograph.runs.run import Run

_UNSAFE_IN_NAMES = frozenset('<>:"/\\|?*')
_LONGEST_STEM = 100


def export_plan(
    run: Run, *, file_format: str | None = None, with_provenance: bool = False, neutralise: bool = False
) -> ExportPlan:
    """How this run's list goes out: in its own format and dialect unless another format is asked for.

    Raises `UserError` for a format we don't write.
    """
    detection = Detection.from_json(run.source["detection"])
    dialect = detection.dialect
    wanted = file_format or default_format(run)
    if wanted not in FORMATS:
        raise UserError(f"There is no export format '{wanted}'. Known: {', '.join(FORMATS)}.")
    is_utf8 = (dialect.encoding or "utf-8").lower() in {"utf-8", "ascii"}
    return ExportPlan(
        format=wanted,
        columns=tuple(detection.columns),
        extra_columns=run.extra_columns,
        fields=run.fields,
        with_provenance=with_provenance,
        delimiter=dialect.delimiter or ",",
        with_bom=dialect.has_bom or (dialect.format in {"csv", "tsv", "list"} and not is_utf8),
        neutralise=neutralise,
    )


def default_format(run: Run) -> str:
    """The input's own format; a plain list comes out as CSV."""
    own = Detection.from_json(run.source["detection"]).dialect.format
    return own if own in FORMATS else "csv"


def export_file_name(run: Run, file_format: str) -> str:
    """What the file is called when it is downloaded: safe in a header and on every system."""
    stem = PurePath(run.source.get("file_name") or run.name).stem
    safe = "".join(letter if letter.isprintable() and letter not in _UNSAFE_IN_NAMES else "_" for letter in stem)
    return f"{safe[:_LONGEST_STEM].strip(' .') or 'companies'}.enriched{file_suffix(file_format)}"


def export_run(database: Database, run: Run, plan: ExportPlan) -> Iterator[bytes]:
    """The file in chunks; records that are still open are `pending`."""
    return stream(plan, export_rows(database, run.id))
