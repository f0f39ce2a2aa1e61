"""The demo: its settings, its sandbox, its run, and its table of results."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firmograph.cli.driving import drive
from firmograph.cli.ending import finish
from firmograph.cli.opening import opened_app
from firmograph.cli.starting import Listing, preview_of, start
from firmograph.cli.terminal import Row, console, counted, print_table, printable, say
from firmograph.config import Settings, load_settings
from firmograph.core.fields import Field
from firmograph.errors import SettingsError, UserError
from firmograph.providers import open_facts
from firmograph.runs import records_repository
from firmograph.runs.uploads import example_list
from firmograph.sandbox.options import SandboxOptions
from firmograph.sandbox.server import running_sandbox

if TYPE_CHECKING:
    from rich.console import Console

    from firmograph.app import App
    from firmograph.runs.run import Run

_WATERFALL = ("open_facts", "explorium")
# The same port each time: answers of one host are never fresh for another, so that a second demo could reuse none.
_PORT = 8799
_KEY = "sandbox"
# What open_facts can say. Asked for more, the sandbox would invent it for real companies too, however well marked.
_FIELDS = tuple(field.value for field in Field if field in open_facts.SPEC.fields)
_LATENCY_MS = 400
_RATE = 3000  # entities a minute: far more than the list needs
_MARKER = "demo-folder"  # says that everything in a folder is the demo's to remove
_MOST_ROWS = 500
_WIDE = 110  # columns of a terminal from which on there is room for details


def demonstrate(output: Path | None, *, is_fresh: bool) -> int:
    """Run the demo; returns the exit code."""
    source = example_list()
    target = output or _default_output(source)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{target.parent} can't be made: {error.strerror}. Give another place with -o.") from None
    folder = _prepared_folder(is_fresh=is_fresh)
    with _sandbox(folder) as base_url, opened_app(demo_settings(base_url), is_sandbox=True) as app:
        return _run(app, source, target)


def demo_settings(base_url: str | None = None) -> Settings:
    """Settings that no `.env` and no key of this machine reach into; data in a folder of its own.

    With the sandbox's address `explorium` is on, else off.
    """
    settings = load_settings(
        read_dotenv=False,
        database_url=None,
        redis_url=None,
        api_token=None,
        explorium_api_key=None if base_url is None else _KEY,
        explorium_base_url=base_url or f"http://127.0.0.1:{_PORT}",
        explorium_api_version="v2",
        explorium_rate_limit=_RATE,
        explorium_rate_unit="entities",
        explorium_match_credits=0,
        explorium_firmographics_credits=1,
    )
    if os.environ.get("FIRMOGRAPH_DATA_DIR"):
        return settings
    return settings.model_copy(update={"data_dir": settings.data_dir / "demo"})


def _default_output(source: Path) -> Path:
    """`out/` of the checkout, or of the current folder when the package is installed."""
    checkout = source.parents[1]
    base = checkout if (checkout / "Makefile").is_file() else Path.cwd()
    return base / "out" / f"{source.stem}.enriched{source.suffix}"


def _prepared_folder(*, is_fresh: bool) -> Path:
    folder = demo_settings().data_dir
    marker = folder / _MARKER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not any(folder.iterdir()):
            marker.touch()
        if is_fresh:
            _empty(folder, marker)
    except OSError as error:
        raise SettingsError(f"{folder} can't be used: {error.strerror}. Set FIRMOGRAPH_DATA_DIR to another.") from None
    return folder


def _empty(folder: Path, marker: Path) -> None:
    if not marker.is_file():
        raise SettingsError(f"{folder} was there before the demo: --fresh does not empty it. Choose another folder.")
    for path in folder.iterdir():
        if path.is_file() and path != marker:
            path.unlink()


@contextmanager
def _sandbox(folder: Path) -> Iterator[str]:
    """The sandbox's address; on another port when a second demo runs, which then finds no stored answers."""
    options = SandboxOptions(latency_ms=_LATENCY_MS, rate_per_minute=_RATE, state_path=folder / "sandbox-ids.db")
    port = _PORT
    try:
        with running_sandbox(options, port=port):
            pass
    except SettingsError:
        port = 0
        say(f"Port {_PORT} is taken: the sandbox listens on another, and stored answers are not reused.")
    with running_sandbox(options, port=port) as base_url:
        yield base_url


def _run(app: App, source: Path, target: Path) -> int:
    say("First open_facts: true, offline facts on listed companies. Then the sandbox, a local server that speaks the")
    say("Explorium contract: its companies are invented, and whatever came from it is marked (sandbox).")
    listing = Listing(
        file=str(source), output=str(target), waterfall=_WATERFALL, fields=_FIELDS, name="demo", provenance=True
    )
    listing.check(needs_output=True, as_json=False)
    reused = _stored_answers(app, listing, source)
    with source.open("rb") as file:
        run = start(app, listing, file)
    ending = drive(app, run.id, command="firmograph demo")
    if ending.is_interrupted:
        return finish(app, ending, None, as_json=False)
    if ending.run.state == "succeeded":
        _print_results(console(err=False), app, ending.run)
    code = finish(app, ending, ending.run.output, as_json=False)
    if reused:
        answers = counted(reused, "answer")
        say(f"Reused {answers} of the sandbox stored by an earlier demo: no question is asked, or paid for, twice.")
    command = "firmograph" if shutil.which("firmograph") else sys.argv[0]
    say(f"What one company's values rest on: {_where(app)}{command} companies show siemens.com")
    say(f"The dashboard, with this run in it: make serve DEMO=1 (or {command} serve --demo)")
    say("The dashboard for your own lists:   make serve")
    return code


def _stored_answers(app: App, listing: Listing, source: Path) -> int:
    """How many of this list's companies the sandbox has answered in an earlier demo."""
    with source.open("rb") as file:
        preview = preview_of(app, listing, file)
    return sum(step["fresh"]["hits"] + step["fresh"]["misses"] for step in preview["steps"])


def _where(app: App) -> str:
    """What must stand before a command so that it sees the demo's data."""
    return f"FIRMOGRAPH_DATA_DIR={shlex.quote(str(app.settings.data_dir))} "


def _print_results(out: Console, app: App, run: Run) -> None:
    query = records_repository.RecordQuery(limit=_MOST_ROWS)
    with app.database.read() as connection:
        rows, _ = records_repository.list_records(connection, run.id, query)
    name_column = run.source["detection"]["name_column"]
    is_wide = out.width >= _WIDE
    details = ("web domain", "outcome", "industry, or why not", "headcount", "in") if is_wide else ("outcome",)
    shown = [Row(_result(row, name_column, is_wide=is_wide), is_dim=row["reason"] is not None) for row in rows]
    cut = ("Company", "web domain", "industry, or why not")
    print_table(out, ("Company", *details, "source"), shown, cut=cut, is_dense=True)


def _result(row: Mapping[str, Any], name_column: int | None, *, is_wide: bool) -> list[str]:
    values, why = row["values"], row["reason"]
    company, sources = printable(values.get("name") or _cell(row, name_column)), printable(row["sources"])
    if not is_wide:
        return [company, f"{row['outcome']}: {why}" if why else row["outcome"], sources]
    details = (why or values.get("industry"), values.get("employee_range"), values.get("country_code"))
    return [company, printable(row["domain"]), row["outcome"], *map(printable, details), sources]


def _cell(row: Mapping[str, Any], at: int | None) -> Any:
    cells = row["cells"]
    return cells[at] if at is not None and isinstance(cells, list) and at < len(cells) else row["input"]
