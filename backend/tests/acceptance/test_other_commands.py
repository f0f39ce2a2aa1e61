"""The demo, the commands that show things, and those that serve."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable

from .desk import Desk, end, errors, rows_of, stats, wait_until


def test_the_demo_twice(desk: Desk) -> None:
    first = desk.run("demo", "-o", "demo.csv")
    rows = rows_of(desk.folder / "demo.csv")
    assert {row["enriched_outcome"] for row in rows} == {"enriched", "no_match", "rejected"}
    assert {row["enriched_sources"] for row in rows} >= {"open_facts", "explorium(sandbox)"}
    assert all("sandbox" in row["enriched_sources"] for row in rows if "Sandbox" in row["enriched_name"])
    assert b"rejected" in first.stdout
    assert "make serve" in errors(first)
    started = time.monotonic()
    second = desk.run("demo", "-o", "demo.csv")
    assert time.monotonic() - started < 20
    if "is taken" not in errors(first) + errors(second):
        assert "Reused" in errors(second)


def test_fresh_does_not_empty_a_folder_the_demo_did_not_make(desk: Desk) -> None:
    desk.run("db", "upgrade")
    assert "--fresh" in errors(desk.run("demo", "--fresh", expect=2))
    assert (desk.data_dir / "firmograph.db").exists()


def test_version_and_help_are_quick(desk: Desk) -> None:
    started = time.process_time(), os.times().children_user
    assert desk.run("version").stdout.startswith(b"firmograph 0.")
    assert os.times().children_user - started[1] < 0.3
    shown = desk.run("--help").stdout.decode()
    for name in ("enrich", "demo", "serve", "worker", "runs", "companies", "providers", "sandbox", "db", "doctor"):
        assert f"  {name} " in shown


def test_providers_doctor_and_database(desk: Desk, sandbox: Callable[..., str]) -> None:
    off = desk.run("providers", "list").stdout.decode()
    assert "explorium is off: no API key is set" in off
    assert "newest" in desk.run("db", "current", expect=1).stdout.decode()
    desk.run("db", "upgrade")
    desk.run("db", "current")
    desk.use_sandbox(sandbox(api_key="right", credits=77), key="right")
    assert "77 of 77 credits left" in desk.run("providers", "check", "explorium").stdout.decode()
    assert "PROBLEM" not in desk.run("doctor").stdout.decode()
    desk.settings["EXPLORIUM_API_KEY"] = "wrong"
    sick = desk.run("doctor", expect=1).stdout.decode()
    assert "PROBLEM  explorium" in sick
    assert "EXPLORIUM_API_KEY" in sick
    desk.run("providers", "check", "nobody", expect=2)


def test_the_story_of_a_company(desk: Desk) -> None:
    desk.run("enrich", "-", stdin=b"nokia.com\n")
    story = desk.json("companies", "show", "https://www.nokia.com/en", "--json")
    assert story["domain"] == "nokia.com"
    assert story["lookups"]
    shown = desk.run("companies", "show", "nokia.com").stdout.decode()
    assert "open_facts" in shown
    assert "employee_range" in shown
    desk.run("companies", "show", "nobody-asked.com", expect=2)


def test_run_ids_are_found_by_their_ends(desk: Desk) -> None:
    for _ in range(2):
        desk.run("enrich", "-", stdin=b"nokia.com\n")
    newest, oldest = desk.runs()
    shown = desk.run("runs", "show", newest["id"][-8:]).stdout.decode()
    assert f"Run {newest['id']}" in shown
    assert oldest["id"] in errors(desk.run("runs", "show", newest["id"][:4], expect=2))
    # once ended, resuming asks nothing and writes the list again
    again = desk.run("runs", "resume", oldest["id"], "-o", "again.csv")
    assert "has ended already (succeeded)" in errors(again)
    assert rows_of(desk.folder / "again.csv")[0]["enriched_domain"] == "nokia.com"


def test_the_sandbox_is_served_and_marks_what_comes_from_it(desk: Desk) -> None:
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    process = desk.begin("sandbox", "serve", "--port", str(port), "--latency", "0", "--rate", "0", "--seed", "5")
    try:
        wait_until(lambda: answers(port), what="the sandbox to answer")
        assert stats(base_url)["options"]["seed"] == 5
        desk.use_sandbox(base_url)
        rows = rows_of(desk.run("enrich", "-", "--waterfall", "explorium", stdin=b"acme-1.com\nacme-2.com\n").stdout)
        assert "explorium(sandbox)" in {row["enriched_sources"] for row in rows}
    finally:
        assert end(process, signal.SIGINT) == 0


def test_serving_beyond_this_machine_needs_a_token(desk: Desk) -> None:
    assert "FIRMOGRAPH_API_TOKEN" in errors(desk.run("serve", "--host", "0.0.0.0", expect=2))


def test_a_server_takes_a_command_s_run_and_the_command_follows(desk: Desk) -> None:
    port = free_port()
    process = desk.begin("serve", "--port", str(port))
    try:
        wait_until(lambda: answers(port), what="the server to answer")
        done = desk.run("enrich", "-", stdin=b"nokia.com\n")
        assert rows_of(done.stdout)[0]["enriched_outcome"] == "enriched"
        assert f"Process {process.pid}" in errors(done)
    finally:
        assert end(process, signal.SIGTERM) == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
