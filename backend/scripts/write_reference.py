"""Writes the pages of docs/reference that follow from the code; the same code always writes the same pages."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import typer
from pydantic_core import PydanticUndefined
from reference_texts import (
    EXPORT_STATES,
    FIELDS,
    OUTCOMES,
    PAUSE_REASONS,
    REASONS,
    REJECTIONS,
    RUN_STATES,
    SETTINGS,
    TABLES,
    TARGET_STATES,
    TEXTS,
)

from firmograph.cli.commands import app
from firmograph.config import Settings, known_names
from firmograph.core.fields import BANDS, INTEGER_FIELDS, LIST_FIELDS, Field
from firmograph.core.outcomes import ALLOWED, Outcome, PauseReason, Reason, Rejection, RunState, TargetState
from firmograph.db import models
from firmograph.prepared_exports.prepared_export import ExportState
from firmograph.providers.base import ProviderSpec
from firmograph.providers.registry import SPECS

TARGET = Path(__file__).resolve().parents[2] / "docs" / "reference"
_NOTE = "<!-- Written by backend/scripts/write_reference.py: edit the code, or that script, and run it. -->"
_WIDTH = 120
_NUMBERS = {int: "N", float: "N"}


def pages() -> dict[str, str]:
    """Every page by file name. Raises `KeyError` for a name of the code that has no text yet."""
    bodies = {
        "settings.md": _settings(),
        "fields.md": _fields(),
        "command-line.md": _command_line(),
        "states-and-reasons.md": _states(),
        "providers.md": _providers(),
        "tables.md": _tables(),
    }
    return {name: "\n".join([_NOTE, "", *lines]).rstrip() + "\n" for name, lines in bodies.items()}


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    names = list(head)
    yield f"| {' | '.join(names)} |"
    yield f"| {' | '.join('---' for _ in names)} |"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


def _prose(text: str) -> Iterator[str]:
    yield from textwrap.wrap(" ".join(text.split()), _WIDTH, break_long_words=False, break_on_hyphens=False)
    yield ""


def _settings() -> Iterator[str]:
    yield "# Settings"
    yield ""
    yield from _prose(TEXTS["settings"])
    names = known_names()
    yield from _table(("name", "default", "values", "meaning"), (_setting(name, names[name]) for name in names))


def _setting(name: str, attribute: str) -> tuple[str, str, str, str]:
    info = Settings.model_fields[attribute]
    schema = Settings.model_json_schema(by_alias=False)["properties"][attribute]
    if info.default is PydanticUndefined:
        default = "the platform's folder for user data, `firmograph` in it"
    elif info.default is None:
        default = "a SQLite file in the data directory" if name == "DATABASE_URL" else "unset"
    else:
        default = f"`{info.default}`"
    return f"`{name}`", default, _values(schema), SETTINGS[name]


def _values(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is None:
        return "path" if schema.get("format") == "path" else "text"
    kind = "whole number" if schema["type"] == "integer" else "number"
    return f"{kind}, {low:g} or more" if high is None else f"{kind}, {low:g} to {high:g}"


def _fields() -> Iterator[str]:
    yield "# Fields"
    yield ""
    yield "In the order in which tables and files show them. In a file a field `x` is the column `enriched_x`."
    yield ""
    yield from _table(
        ("field", "value", "said by", "meaning"),
        ((f"`{field.value}`", _kind(field), _said_by(field), FIELDS[field.value]) for field in Field),
    )
    for field, bands in BANDS.items():
        yield f"## Bands of `{field.value}`"
        yield ""
        yield from _table(
            ("band", "from", "to"),
            (
                (f"`{band.name}`", f"{band.low:,}", "no end" if band.high is None else f"{band.high:,}")
                for band in bands
            ),
        )
    yield from _prose(TEXTS["bands"])


def _kind(field: Field) -> str:
    if field in BANDS:
        return "band"
    if field in INTEGER_FIELDS:
        return "whole number"
    return "list of texts" if field in LIST_FIELDS else "text"


def _said_by(field: Field) -> str:
    return (
        ", ".join(f"`{name}`" for name, spec in SPECS.items() if field in spec.fields) or "nobody yet; overrides only"
    )


def _command_line() -> Iterator[str]:
    yield "# Command line"
    yield ""
    yield from _prose(TEXTS["command-line"])
    for path, command in _commands(typer.main.get_command(app), "firmograph"):
        yield f"## `{path}`"
        yield ""
        yield from _paragraphs(command.help or "")
        arguments = [param for param in command.params if param.param_type_name == "argument"]
        options = [
            param for param in command.params if param.param_type_name == "option" and "--help" not in param.opts
        ]
        usage = " ".join([path, *(_argument(param) for param in arguments), *(["[OPTIONS]"] if options else [])])
        yield f"    {usage}"
        yield ""
        if options:
            yield from _table(("option", "default", "meaning"), (_option(param) for param in options))


def _commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    children = getattr(command, "commands", None)
    if children is None:
        yield path, command
        return
    for name, child in children.items():
        yield from _commands(child, f"{path} {name}")


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        yield from _prose(paragraph)


def _argument(param: Any) -> str:
    name = param.metavar or param.name.upper()
    return name if param.required else f"[{name}]"


def _option(param: Any) -> tuple[str, str, str]:
    value = "" if param.is_flag else f" {param.metavar or _NUMBERS.get(param.type_descriptor.annotation, 'TEXT')}"
    spelled = ", ".join(f"`{name}{value}`" for name in param.opts)
    if param.required:
        default = "needed"
    elif param.is_flag or param.default in {None, ""}:
        default = ""
    else:
        default = f"`{param.default}`"
    return spelled, default, param.help or ""


def _states() -> Iterator[str]:
    yield "# States, outcomes, reasons, rejections"
    yield ""
    yield from _enum("States of a run", "state", RunState, RUN_STATES, more=("may become", _following))
    yield from _enum("Why a run is paused", "reason", PauseReason, PAUSE_REASONS)
    yield from _enum("States of a target", "state", TargetState, TARGET_STATES)
    yield from _enum("States of a prepared export", "state", ExportState, EXPORT_STATES)
    yield from _enum("Outcomes", "outcome", Outcome, OUTCOMES)
    yield from _prose(TEXTS["outcomes"])
    yield "## Reasons of an outcome"
    yield ""
    yield from _table(
        ("reason", "outcome", "meaning"),
        ((f"`{reason.value}`", f"`{REASONS[reason][0]}`", REASONS[reason][1]) for reason in Reason),
    )
    yield from _enum("Rejections", "rejection", Rejection, REJECTIONS)


def _following(state: Any) -> str:
    return ", ".join(f"`{following.value}`" for following in RunState if following in ALLOWED[state])


def _enum(
    title: str, word: str, members: type[StrEnum], texts: dict[str, str], *, more: tuple[str, Any] | None = None
) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    head = (word, "meaning") if more is None else (word, "meaning", more[0])
    yield from _table(
        head,
        (
            (f"`{member.value}`", texts[member.value], *(() if more is None else (more[1](member),)))
            for member in members
        ),
    )


def _providers() -> Iterator[str]:
    yield "# Providers"
    yield ""
    yield from _prose(TEXTS["providers"])
    for spec in SPECS.values():
        yield f"## `{spec.name}`"
        yield ""
        yield from _table(("what", "value"), _provider(spec))


def _provider(spec: ProviderSpec) -> Iterator[tuple[str, str]]:
    yield "title", spec.title
    yield "family", f"`{spec.family}`"
    yield "companies in one call", f"match {spec.match_batch}, enrich {spec.enrich_batch}"
    yield "credits for a company", f"match {spec.match_price:g}, enrich {spec.enrich_price:g}"
    yield f"fields ({len(spec.fields)})", ", ".join(f"`{field.value}`" for field in Field if field in spec.fields)
    if spec.attribution:
        yield "attribution", spec.attribution


def _tables() -> Iterator[str]:
    yield "# Tables"
    yield ""
    yield from _prose(TEXTS["tables"])
    named = {field.value for field in Field}
    for table in sorted(models.metadata.tables.values(), key=lambda table: table.name):
        columns = [column for column in table.columns if column.name not in named or named - set(table.columns.keys())]
        yield f"## `{table.name}`"
        yield ""
        yield TABLES[table.name]
        yield ""
        rows = [
            (f"`{column.name}`", str(column.type).lower(), "key" if column.primary_key else _nullable(column))
            for column in columns
        ]
        if len(columns) < len(table.columns):
            rows.append(("*the fields*", "", "may be absent"))
        yield from _table(("column", "type", ""), rows)


def _nullable(column: Any) -> str:
    return "may be absent" if column.nullable else ""


def main() -> None:
    """Write every page."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (TARGET / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"wrote {TARGET / name}\n")


if __name__ == "__main__":
    main()
