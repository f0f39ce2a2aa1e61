"""What an export is made of: its plan, its rows, and the names of its columns."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, islice
from typing import Any, NamedTuple

from firmograph.core.fields import Field, FieldValue

PREFIX = "enriched_"
BASE_COLUMNS = tuple(PREFIX + name for name in ("domain", "outcome", "reason", "match", "sources", "credits", "note"))
NOTE_INDEX = BASE_COLUMNS.index(PREFIX + "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPlan:
    """How a run's records become a file.

    `format` is one of `formats.FORMATS`. `columns` are the input's header names exactly as in the file, duplicates and
    empties included; for JSON Lines every key that should have a column. `extra_columns` is the most that
    `surplus_of` says for any row. `delimiter` and `with_bom` are the input's and count for CSV (the BOM for TSV too).
    `neutralise` makes the user's own cells formula-safe as well, in CSV, TSV and XLSX.
    """

    format: str
    columns: tuple[str, ...]
    extra_columns: int
    fields: tuple[Field, ...]
    with_provenance: bool = False
    delimiter: str = ","
    with_bom: bool = False
    neutralise: bool = False


class ExportRow(NamedTuple):
    """One record with its result.

    `cells` are the original ones: a list of texts, which may be shorter or longer than the plan's columns, or the
    object of a JSON line. `values` holds the resolved fields, absent ones missing; `provenance` says for a field who
    gave it (the source label) and when it was observed (ISO 8601 with its offset). A named tuple because an export
    makes one for each record and a frozen dataclass costs four times as much to make.
    """

    cells: list[Any] | dict[str, Any]
    domain: str | None
    outcome: str
    reason: str | None
    match: str | None
    sources: str | None
    credits: float | None
    note: str | None
    values: Mapping[Field, FieldValue]
    provenance: Mapping[Field, tuple[str, str]]


def surplus_of(columns: Collection[str], cells: list[Any] | dict[str, Any]) -> int:
    """How many extra columns a row needs: one for each cell beyond the header, or one for all keys without a column."""
    if isinstance(cells, list):
        return max(0, len(cells) - len(columns))
    return int(any(key not in columns and not is_ours(key) for key in cells))


def export_columns(plan: ExportPlan) -> list[str]:
    """The whole header as CSV and XLSX show it: kept originals as they were, extra columns, added columns."""
    return [*kept_columns(plan), *extra_names(plan), *added_columns(plan)]


def unique_columns(plan: ExportPlan) -> list[str]:
    """The same header for formats that need names: no two alike, none blank.

    The first of several equal names keeps it, the next are `name_2`, `name_3`; a blank one is `column_<place>`, its
    place in the original header counted from 1.
    """
    extra, added = extra_names(plan), added_columns(plan)
    kept = [(place, name) for place, name in enumerate(plan.columns, 1) if not is_ours(name)]
    taken = {*extra, *added, *(name for _, name in kept)}
    seen: set[str] = set()
    names: list[str] = []
    for place, original in kept:
        wanted = original if original.strip() else f"column_{place}"
        is_free = wanted not in seen if wanted == original else wanted not in taken
        name = wanted if is_free else _first_free(wanted, taken)
        seen.add(name)
        taken.add(name)
        names.append(name)
    return [*names, *extra, *added]


def added_columns(plan: ExportPlan) -> list[str]:
    """The columns that enrichment adds, in order."""
    names = list(BASE_COLUMNS)
    for field in plan.fields:
        names.extend(_names_of(field) if plan.with_provenance else (PREFIX + field,))
    return names


def kept_columns(plan: ExportPlan) -> list[str]:
    """The original columns that come back, exactly as they were named."""
    return [name for name in plan.columns if not is_ours(name)]


def replaced_columns(plan: ExportPlan) -> list[str]:
    """The original columns that an earlier enrichment left; they are dropped, as the report says."""
    return [name for name in plan.columns if is_ours(name)]


def extra_names(plan: ExportPlan) -> list[str]:
    """`extra_1`, `extra_2` and so on for surplus cells; a number that an original column bears is passed over."""
    taken = set(plan.columns)
    free = (name for number in count(1) if (name := f"extra_{number}") not in taken)
    return list(islice(free, plan.extra_columns))


@lru_cache(maxsize=4096)
def is_ours(name: str) -> bool:
    """Whether an export may write a column of that name, for whatever fields and with provenance or without.

    So a file enriched before has nothing stale beside the new values, and a user's own `enriched_by` stays.
    """
    return name.strip().casefold() in _OURS


def _names_of(field: Field) -> Iterator[str]:
    return (f"{PREFIX}{field}{suffix}" for suffix in ("", "_provider", "_observed_at"))


def _first_free(wanted: str, taken: set[str]) -> str:
    return next(name for number in count(2) if (name := f"{wanted}_{number}") not in taken)


_OURS = frozenset(BASE_COLUMNS).union(*(_names_of(field) for field in Field))
