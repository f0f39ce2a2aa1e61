"""The report of a run: every number with what it was divided by."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, literal_column, select

from firmograph.core.coverage import Share
from firmograph.core.match import Confidence
from firmograph.core.outcomes import Outcome
from firmograph.db.models import calls, lookups
from firmograph.exports.plan import replaced_columns
from firmograph.runs import repository
from firmograph.runs.exporting import export_plan
from firmograph.runs.run import Run
from firmograph.runs.tally import Group, Tally, is_matched, tally_run

# Written into the statement and not bound: SQLite uses the partial index only where it can read the constant.
_IS_LOW = lookups.c.confidence == literal_column(f"'{Confidence.LOW.value}'")


def report_json(connection: Connection, run_id: str) -> dict[str, Any]:
    """The whole report. Shares are `{count, of, share}`; credits are credits."""
    run = repository.get_run(connection, run_id)
    return report_of(connection, run, tally_run(connection, run))


def report_of(connection: Connection, run: Run, tally: Tally) -> dict[str, Any]:
    """The report of a run that has been counted."""
    matched = is_matched(run)
    matched_companies = tally.sum(_companies, matched)
    return {
        "run": run.to_json(),
        "match_rate": {
            "records": Share(tally.sum(_records, matched), run.counts["accepted"]).to_json(),
            "companies": Share(matched_companies, run.counts["targets"]).to_json(),
        },
        "outcomes": outcomes_of(run, tally),
        "rejections": rejections_of(run, tally),
        "fields": _fields(run, tally, matched_companies),
        "sources": _sources(run, tally),
        "confidence": [
            {"value": value, "companies": Share(count, run.counts["targets"]).to_json()}
            for value, count in _most_first(tally.by(lambda group: group.confidence, _companies))
        ],
        "conflicts": Share(tally.conflicts, run.counts["enriched"]).to_json(),
        "providers": providers_of(connection, run),
        "credits": _credits(connection, run),
        "switched_off": run.switched_off,
        "replaced_columns": replaced_columns(export_plan(run)),
    }


def _companies(group: Group) -> int:
    return group.companies


def _records(group: Group) -> int:
    return group.records


def _most_first(counted: dict[Any, int]) -> list[tuple[Any, int]]:
    return sorted(counted.items(), key=lambda entry: (-entry[1], entry[0]))


def outcomes_of(run: Run, tally: Tally) -> list[dict[str, Any]]:
    """Targets by outcome and reason, out of all targets; records beside them, out of all records."""
    companies = tally.by(lambda group: (group.outcome, group.reason), _companies)
    of_records = tally.by(lambda group: (group.outcome, group.reason), _records)
    return [
        {
            "outcome": outcome,
            "reason": reason,
            "companies": Share(count, run.counts["targets"]).to_json(),
            "records": Share(of_records[outcome, reason], run.counts["records"]).to_json(),
        }
        for (outcome, reason), count in companies.most_common()
    ]


def rejections_of(run: Run, tally: Tally) -> list[dict[str, Any]]:
    """Records by rejection, out of all records."""
    return [
        {"reason": rejection, "records": Share(count, run.counts["records"]).to_json()}
        for rejection, count in tally.rejections.items()
    ]


def _fields(run: Run, tally: Tally, matched_companies: int) -> list[dict[str, Any]]:
    """Per field: fill rate (of matched companies) and coverage (of submitted records)."""
    return [
        {
            "field": field.value,
            "fill_rate": Share(tally.filled[field.value], matched_companies).to_json(),
            "coverage": Share(tally.covered[field.value], run.counts["records"]).to_json(),
        }
        for field in run.fields
    ]


def _sources(run: Run, tally: Tally) -> list[dict[str, Any]]:
    """Companies by the providers whose values are shown."""
    by_sources = tally.by(lambda group: group.sources if group.outcome == Outcome.ENRICHED.value else None, _companies)
    return [
        {"sources": sources, "companies": Share(count, run.counts["enriched"]).to_json()}
        for sources, count in _most_first(by_sources)
    ]


def providers_of(connection: Connection, run: Run) -> list[dict[str, Any]]:
    """Per provider, host and verb: calls, companies asked and answered, credits billed and perhaps charged."""
    query = (
        select(
            calls.c.provider,
            calls.c.host,
            calls.c.verb,
            func.count().label("calls"),
            func.sum(calls.c.entities).label("asked"),
            func.sum(calls.c.answered).label("answered"),
            func.count(calls.c.error).label("failed_calls"),
            func.sum(calls.c.credits).label("credits"),
            func.sum(calls.c.credits_uncertain).label("credits_uncertain"),
        )
        .where(calls.c.run_id == run.id)
        .group_by(calls.c.provider, calls.c.host, calls.c.verb)
        .order_by(calls.c.provider, func.min(calls.c.started_at))
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _credits(connection: Connection, run: Run) -> dict[str, Any]:
    """What was spent; of it, what bought answers that are not trusted; and what may have been charged unseen."""
    if run.accept_low:
        not_trusted = 0.0
    else:
        query = select(func.coalesce(func.sum(lookups.c.credits), 0.0)).where(lookups.c.run_id == run.id, _IS_LOW)
        not_trusted = float(connection.execute(query).scalar_one())
    return {
        "spent": run.credits_spent,
        "paid_not_trusted": not_trusted,
        "perhaps_charged": run.credits_uncertain,
        "budget": run.budget,
        "per_enriched_company": round(run.credits_spent / run.counts["enriched"], 4)
        if run.counts["enriched"]
        else None,
    }
