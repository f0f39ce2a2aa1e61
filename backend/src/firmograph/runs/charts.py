"""The pictures of a run: bands, industries, countries, credits over time, and what each provider added and cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from firmograph.clock import moment_text
from firmograph.core.fields import BAND_FIELDS, BANDS, Field, band_at
from firmograph.core.outcomes import Outcome
from firmograph.db.models import calls, targets
from firmograph.runs.report import providers_of, report_of
from firmograph.runs.run import Run
from firmograph.runs.tally import Tally, tally_run

_MOST_VALUES = 20
_MOST_BUCKETS = 120
_MINUTE = timedelta(minutes=1)
_STEPS = (1, 5, 15, 60, 360, 1440, 10_080)  # minutes
_KEPT = ("run", "match_rate", "outcomes", "rejections", "fields", "sources", "confidence", "conflicts", "credits")
COUNTED = (Field.EMPLOYEE_RANGE, Field.REVENUE_RANGE, Field.INDUSTRY, Field.COUNTRY_CODE)


def charts_json(connection: Connection, run: Run) -> dict[str, Any]:
    """Everything a page of charts shows. Companies are counted once, however many records mean them."""
    tally = tally_run(connection, run)
    report = report_of(connection, run, tally)
    return {
        **{name: report[name] for name in _KEPT},
        **{field.value: _values(connection, run, field) for field in COUNTED},
        "credits_over_time": _over_time(connection, run),
        "providers": _providers(connection, run, tally),
    }


def merge_spellings(counted: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Values that differ only in case as one, in their commonest spelling; the commonest value first."""
    total: Counter[str] = Counter()
    spelled: dict[str, tuple[int, str]] = {}
    for value, count in counted:
        folded = value.casefold()
        total[folded] += count
        spelled[folded] = max(spelled.get(folded, (0, "")), (count, value))
    merged = [(spelled[folded][1], count) for folded, count in total.items()]
    return sorted(merged, key=lambda entry: (-entry[1], entry[0]))


def _values(connection: Connection, run: Run, field: Field) -> dict[str, Any]:
    """Companies by value: bands all and in their order, countries all, industries the commonest and the rest."""
    column = targets.c[field.value]
    query = select(column, func.count()).where(targets.c.run_id == run.id, column.is_not(None)).group_by(column)
    counted: list[tuple[Any, int]] = [(row[0], row[1]) for row in connection.execute(query)]
    known = sum(count for _, count in counted)
    if field in BAND_FIELDS:
        by_band = dict(counted)
        shown = [(band_at(field, place), by_band.get(place, 0)) for place in range(len(BANDS[field]))]
    else:
        merged = merge_spellings(counted)
        shown = merged if field is Field.COUNTRY_CODE else merged[:_MOST_VALUES]
    return {
        "values": [{"value": value, "count": count} for value, count in shown],
        "rest": known - sum(count for _, count in shown),
        "unknown": run.counts["targets"] - known,
        "of": run.counts["targets"],
    }


def _over_time(connection: Connection, run: Run) -> dict[str, Any]:
    """Credits and companies answered, by the minute, or by longer steps where that makes too many."""
    at = calls.c.started_at
    is_sqlite = connection.dialect.name == "sqlite"
    minute = (
        func.strftime("%Y-%m-%d %H:%M", at)
        if is_sqlite
        else func.to_char(func.timezone("UTC", at), "YYYY-MM-DD HH24:MI")
    )
    columns = [func.sum(calls.c[name]) for name in ("credits", "credits_uncertain", "entities", "answered")]
    query = select(minute.label("minute"), *columns, func.count()).where(calls.c.run_id == run.id).group_by("minute")
    rows = sorted((datetime.fromisoformat(f"{row[0]}:00+00:00"), tuple(row)[1:]) for row in connection.execute(query))
    if not rows:
        return {"bucket_seconds": 60, "buckets": []}
    span = (rows[-1][0] - rows[0][0]) / _MINUTE + 1
    step = next((step for step in _STEPS if span / step <= _MOST_BUCKETS), _STEPS[-1])
    return {"bucket_seconds": step * 60, "buckets": _buckets(rows, timedelta(minutes=step))}


def _buckets(rows: Sequence[tuple[datetime, Sequence[float]]], step: timedelta) -> list[dict[str, Any]]:
    """Only those in which something was asked."""
    sums: dict[datetime, list[float]] = {}
    epoch = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
    for at, amounts in rows:
        begin = at - (at - epoch) % step
        sums[begin] = [have + more for have, more in zip(sums.get(begin, [0] * len(amounts)), amounts, strict=True)]
    names = ("credits", "credits_uncertain", "asked", "answered", "calls")
    return [{"at": moment_text(begin), **dict(zip(names, sums[begin], strict=True))} for begin in sorted(sums)]


def _providers(connection: Connection, run: Run, tally: Tally) -> list[dict[str, Any]]:
    """Per source of shown values: companies it gave a value to, those it alone gave one to, and what it cost."""
    gave: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for group in tally.groups:
        if group.outcome == Outcome.ENRICHED.value and group.sources:
            sources = group.sources.split()
            gave.update(dict.fromkeys(sources, group.companies))
            alone.update({sources[0]: group.companies} if len(sources) == 1 else {})
    cost: dict[str, Counter[str]] = {}
    for entry in providers_of(connection, run):
        sums = cost.setdefault(entry["provider"], Counter())
        for name in ("calls", "failed_calls", "asked", "answered", "credits", "credits_uncertain"):
            sums[name] += entry[name]
    found = []
    for provider in run.waterfall:
        sources = [source for source in gave if source.partition("(")[0] == provider]
        sums = cost.get(provider, Counter())
        found.append(
            {
                "provider": provider,
                "is_sandbox": any(source.endswith("(sandbox)") for source in sources),
                "companies": sum(gave[source] for source in sources),
                "alone": sum(alone[source] for source in sources),
                "of": run.counts["targets"],
                "calls": sums["calls"],
                "failed_calls": sums["failed_calls"],
                "asked": sums["asked"],
                "answered": sums["answered"],
                "credits": float(sums["credits"]),
                "credits_uncertain": float(sums["credits_uncertain"]),
            }
        )
    return found
