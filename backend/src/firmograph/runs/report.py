"""The report of a run: every number with what it was divided by."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, func, select

from firmograph.core.coverage import Share
from firmograph.core.match import Confidence
from firmograph.core.outcomes import Outcome
from firmograph.db.models import calls, lookups, records, targets
from firmograph.exports.plan import replaced_columns
from firmograph.runs import repository
from firmograph.runs.exporting import export_plan
from firmograph.runs.run import Run

_JOINED = records.join(targets, and_(targets.c.run_id == records.c.run_id, targets.c.domain == records.c.domain))


def report_json(connection: Connection, run_id: str) -> dict[str, Any]:
    """The whole report. Shares are `{count, of, share}`; credits are credits."""
    run = repository.get_run(connection, run_id)
    matched = _is_matched(run)
    matched_companies = _count(connection, select(func.count()).where(targets.c.run_id == run_id, matched))
    matched_records = _count(
        connection, select(func.count()).select_from(_JOINED).where(records.c.run_id == run_id, matched)
    )
    return {
        "run": run.to_json(),
        "match_rate": {
            "records": Share(matched_records, run.counts["accepted"]).to_json(),
            "companies": Share(matched_companies, run.counts["targets"]).to_json(),
        },
        "outcomes": _outcomes(connection, run),
        "rejections": _rejections(connection, run),
        "fields": _fields(connection, run, matched_companies),
        "sources": _sources(connection, run),
        "confidence": _grouped(connection, targets.c.match_confidence, run, run.counts["targets"]),
        "conflicts": Share(
            _count(connection, select(func.count()).where(targets.c.run_id == run_id, targets.c.conflicts > 0)),
            run.counts["enriched"],
        ).to_json(),
        "providers": _providers(connection, run),
        "credits": _credits(connection, run),
        "switched_off": run.switched_off,
        "replaced_columns": replaced_columns(export_plan(run)),
    }


def _is_matched(run: Run) -> Any:
    """A target is matched when a provider's company is taken for it: at `low` only if the run accepts that."""
    trusted = [Confidence.HIGH.value, Confidence.MEDIUM.value]
    if run.accept_low:
        trusted.append(Confidence.LOW.value)
    return targets.c.match_confidence.in_(trusted)


def _count(connection: Connection, query: Any) -> int:
    return int(connection.execute(query).scalar_one())


def _outcomes(connection: Connection, run: Run) -> list[dict[str, Any]]:
    """Targets by outcome and reason, out of all targets; records beside them, out of all records."""
    outcome = func.coalesce(targets.c.outcome, Outcome.PENDING.value)
    by_target = connection.execute(
        select(outcome.label("outcome"), targets.c.reason, func.count().label("count"))
        .where(targets.c.run_id == run.id)
        .group_by(outcome, targets.c.reason)
    ).mappings()
    by_record = connection.execute(
        select(outcome.label("outcome"), targets.c.reason, func.count().label("count"))
        .select_from(_JOINED)
        .where(records.c.run_id == run.id)
        .group_by(outcome, targets.c.reason)
    ).mappings()
    of_records = {(row["outcome"], row["reason"]): row["count"] for row in by_record}
    found = [
        {
            "outcome": row["outcome"],
            "reason": row["reason"],
            "companies": Share(row["count"], run.counts["targets"]).to_json(),
            "records": Share(of_records.get((row["outcome"], row["reason"]), 0), run.counts["records"]).to_json(),
        }
        for row in by_target
    ]
    return sorted(found, key=lambda entry: -entry["companies"]["count"])


def _rejections(connection: Connection, run: Run) -> list[dict[str, Any]]:
    query = (
        select(records.c.rejection, func.count().label("count"))
        .where(records.c.run_id == run.id, records.c.rejection.is_not(None))
        .group_by(records.c.rejection)
        .order_by(func.count().desc(), records.c.rejection)
    )
    return [
        {"reason": row["rejection"], "records": Share(row["count"], run.counts["records"]).to_json()}
        for row in connection.execute(query).mappings()
    ]


def _fields(connection: Connection, run: Run, matched_companies: int) -> list[dict[str, Any]]:
    """Per field: fill rate (of matched companies) and coverage (of submitted records)."""
    if not run.fields:
        return []
    counted = [func.count(targets.c[field.value]).label(field.value) for field in run.fields]
    filled = connection.execute(select(*counted).where(targets.c.run_id == run.id)).mappings().one()
    covered = (
        connection.execute(select(*counted).select_from(_JOINED).where(records.c.run_id == run.id)).mappings().one()
    )
    return [
        {
            "field": field.value,
            "fill_rate": Share(filled[field.value], matched_companies).to_json(),
            "coverage": Share(covered[field.value], run.counts["records"]).to_json(),
        }
        for field in run.fields
    ]


def _sources(connection: Connection, run: Run) -> list[dict[str, Any]]:
    """Companies by the providers whose values are shown."""
    return [
        {"sources": entry["value"], "companies": entry["companies"]}
        for entry in _grouped(
            connection,
            targets.c.sources,
            run,
            run.counts["enriched"],
            targets.c.outcome == Outcome.ENRICHED.value,
        )
    ]


def _grouped(connection: Connection, column: Any, run: Run, of: int, *conditions: Any) -> list[dict[str, Any]]:
    query = (
        select(column.label("value"), func.count().label("count"))
        .where(targets.c.run_id == run.id, column.is_not(None), *conditions)
        .group_by(column)
        .order_by(func.count().desc(), column)
    )
    return [
        {"value": row["value"], "companies": Share(row["count"], of).to_json()}
        for row in connection.execute(query).mappings()
    ]


def _providers(connection: Connection, run: Run) -> list[dict[str, Any]]:
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
        query = select(func.coalesce(func.sum(lookups.c.credits), 0.0)).where(
            lookups.c.run_id == run.id, lookups.c.confidence == Confidence.LOW.value
        )
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
