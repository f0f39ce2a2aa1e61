"""The report of a run for a person: every number with what it was divided by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from firmograph.cli.terminal import Row, counted, number, print_table, printable

if TYPE_CHECKING:
    from rich.console import Console

_BAR = 20  # characters of a full bar

Report = Mapping[str, Any]


def print_report(console: Console, report: Report) -> None:
    """The whole report. What there is none of is left out."""
    run = report["run"]
    console.print()
    console.print(f"Run {run['id']} · {printable(run['name'])} · {run['state']}", style="bold")
    for line in _headlines(report):
        console.print(line)
    _print_shares(console, "Companies by outcome", _outcomes(report), f"of {run['counts']['targets']:,}")
    _print_shares(console, "Rejected records", _rejections(report), f"of {run['counts']['records']:,}")
    _print_shares(console, "Companies by source", _sources(report), f"of {run['counts']['enriched']:,} enriched")
    _print_fields(console, report)
    _print_providers(console, report)
    for line in _footnotes(report):
        console.print(line)


def percent(share: Mapping[str, Any]) -> str:
    """`86.3 %`, or a dash where there was nothing to divide by."""
    return "–" if share["share"] is None else f"{100 * share['share']:.1f} %"


def _headlines(report: Report) -> Iterable[str]:
    counts = report["run"]["counts"]
    yield (
        f"Records      {counts['records']:,} submitted = {counts['accepted']:,} accepted "
        f"+ {counts['rejected']:,} rejected"
    )
    yield (
        f"Companies    {counts['targets']:,} ({counts['accepted']:,} accepted records less "
        f"{counted(counts['duplicates'], 'duplicate')})"
    )
    records, companies = report["match_rate"]["records"], report["match_rate"]["companies"]
    yield (
        f"Match rate   {percent(records)} ({records['count']:,} of {records['of']:,} accepted records; "
        f"{companies['count']:,} of {companies['of']:,} companies)"
    )
    conflicts = report["conflicts"]
    if conflicts["count"]:
        yield f"Conflicts    {conflicts['count']:,} of {conflicts['of']:,} enriched companies (sources disagree)"
    yield f"Credits      {_credits(report['credits'])}"


def _credits(credits: Mapping[str, Any]) -> str:  # noqa: A002  # the word of the architecture
    budget = "no budget" if credits["budget"] is None else f"budget {number(credits['budget'])}"
    parts = [f"{number(credits['spent'])} spent ({budget})"]
    if credits["paid_not_trusted"]:
        parts.append(f"of them {number(credits['paid_not_trusted'])} for answers not trusted")
    if credits["perhaps_charged"]:
        parts.append(f"{number(credits['perhaps_charged'])} perhaps charged for answers never read")
    if credits["per_enriched_company"] and credits["spent"]:
        parts.append(f"{number(credits['per_enriched_company'])} per enriched company")
    return ", ".join(parts)


def _outcomes(report: Report) -> list[tuple[str, Mapping[str, Any]]]:
    return [
        (f"{entry['outcome']} ({entry['reason']})" if entry["reason"] else entry["outcome"], entry["companies"])
        for entry in report["outcomes"]
    ]


def _rejections(report: Report) -> list[tuple[str, Mapping[str, Any]]]:
    return [(entry["reason"], entry["records"]) for entry in report["rejections"]]


def _sources(report: Report) -> list[tuple[str, Mapping[str, Any]]]:
    return [(entry["sources"], entry["companies"]) for entry in report["sources"]]


def _print_shares(console: Console, title: str, shares: list[tuple[str, Mapping[str, Any]]], of: str) -> None:
    rows = [
        Row((printable(label), f"{share['count']:,}", percent(share), _bar(share, console))) for label, share in shares
    ]
    print_table(console, (title, "count", of, ""), rows, right=("count", of))


def _print_fields(console: Console, report: Report) -> None:
    if not report["fields"]:
        return
    first = report["fields"][0]
    matched, records = first["fill_rate"]["of"], first["coverage"]["of"]
    filled, covered = f"of {matched:,} matched companies", f"of {records:,} records"
    header = ("Field", "fill rate", filled, "", "coverage", covered)
    rows = []
    for entry in report["fields"]:
        fill, coverage = entry["fill_rate"], entry["coverage"]
        counts = f"{fill['count']:,}", f"{coverage['count']:,}"
        rows.append(Row((entry["field"], percent(fill), counts[0], _bar(fill, console), percent(coverage), counts[1])))
    print_table(console, header, rows, right=("fill rate", filled, "coverage", covered))


def _print_providers(console: Console, report: Report) -> None:
    numbers = ("calls", "failed", "asked", "answered", "credits", "perhaps charged")
    rows = [
        Row(
            (
                entry["provider"],
                entry["host"],
                entry["verb"],
                f"{entry['calls']:,}",
                f"{entry['failed_calls']:,}",
                f"{entry['asked'] or 0:,}",
                f"{entry['answered'] or 0:,}",
                number(entry["credits"] or 0),
                number(entry["credits_uncertain"] or 0),
            )
        )
        for entry in report["providers"]
    ]
    print_table(console, ("Provider", "host", "verb", *numbers), rows, right=numbers, cut=("host",))


def _footnotes(report: Report) -> Iterable[str]:
    for provider, message in report["switched_off"].items():
        yield f"Not entitled  {provider} was switched off for this run: {printable(message)}"
    if report["replaced_columns"]:
        names = ", ".join(map(printable, report["replaced_columns"]))
        yield f"Replaced      columns of an earlier enrichment: {names}"


def _bar(share: Mapping[str, Any], console: Console) -> str:
    encoding = (console.encoding or "").lower().replace("-", "")
    filled = round(_BAR * min(1.0, share["share"] or 0.0))
    if share["count"] and not filled:
        filled = 1
    return ("█" if encoding.startswith("utf") else "#") * filled
