"""Log lines: one form for everybody's, constant names, secrets out, however deep they stand."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
import textwrap
from collections.abc import Iterator

import pytest

from firmograph.config import load_settings
from firmograph.log import Redact, bound, during, get_logger, set_up_logging, trace_with

KEY = "sk-planted-0815"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    set_up_logging(level="warning", as_json=False)


def _fail() -> None:
    raise OSError(f"with {KEY}")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_our_events_and_those_of_libraries_have_one_form(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(level="info", as_json=True, secrets=(KEY,))
    get_logger("firmograph.x").info("batch_failed", error=f"refused {KEY}", api_key="anything", n=1)
    logging.getLogger("uvicorn.error").warning("said %s", KEY)
    logging.getLogger("httpx2").info("everyday noise")
    ours, theirs = lines(capsys)
    assert (ours["event"], ours["level"], ours["module"], ours["n"]) == ("batch_failed", "info", "firmograph.x", 1)
    assert (ours["error"], ours["api_key"]) == ("refused [redacted]", "[redacted]")
    assert (theirs["event"], theirs["logger"]) == ("library_message", "uvicorn.error")
    assert theirs["message"] == "said [redacted]"
    assert ours.keys() >= {"timestamp"} <= theirs.keys()


def test_an_exception_is_a_list_of_its_parts(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(level="info", as_json=True, secrets=(KEY,))
    try:
        try:
            _fail()
        except OSError as cause:
            raise ValueError("outer") from cause
    except ValueError:
        get_logger("x").exception("request_failed")
    (line,) = lines(capsys)
    parts = line["exception"]
    assert isinstance(parts, list)
    assert [part["exc_type"] for part in parts] == ["ValueError", "OSError"]
    assert parts[1]["exc_value"] == "with [redacted]"
    assert all("locals" not in frame for part in parts for frame in part["frames"])


def test_secrets_are_hidden_wherever_they_stand() -> None:
    event = {
        "facts": [{"password": "x", "of": {f"key {KEY}": KEY}}],
        "lease_token": "shown",
        "n": 3,
        "o": ValueError(KEY),
    }
    shown = Redact((KEY,))(None, "", event)
    assert shown == {
        "facts": [{"password": "[redacted]", "of": {"key [redacted]": "[redacted]"}}],
        "lease_token": "shown",
        "n": 3,
        "o": "[redacted]",
    }


def test_what_json_can_not_hold_is_still_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(level="info", as_json=True)
    get_logger("x").info("odd", big=2**80, half="\ud800", what=object)
    (line,) = lines(capsys)
    assert line["big"] == 2**80


def test_facts_are_bound_for_tasks_and_end_with_their_block(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(level="info", as_json=True)
    log = get_logger("x")

    async def work() -> None:
        with during("slice", run_id="r1", provider=None):
            await asyncio.create_task(batch())
        log.info("after")

    async def batch() -> None:
        with bound(provider="explorium"):
            log.info("inside")

    asyncio.run(work())
    inside, after = lines(capsys)
    assert (inside["run_id"], inside["provider"]) == ("r1", "explorium")
    assert not {"run_id", "provider"} & after.keys()


def test_a_piece_of_work_is_a_span_where_traces_are_on() -> None:
    from contextlib import contextmanager

    seen: list[object] = []

    @contextmanager
    def make_span(name: str, facts: object) -> Iterator[None]:
        seen.append((name, facts))
        yield
        seen.append("end")

    trace_with(make_span)
    with during("slice", run_id="r1"):
        pass
    trace_with(None)
    with during("slice", run_id="r2"):
        pass
    assert seen == [("slice", {"run_id": "r1"}), "end"]


def test_what_nobody_caught_is_an_event_too() -> None:
    script = """
        import threading, warnings
        from firmograph.log import set_up_logging
        set_up_logging(level="info", as_json=True, secrets=("sk-planted-0815",))
        warnings.warn("careful")
        def fail(): raise ValueError("sk-planted-0815")
        thread = threading.Thread(target=fail, name="worker"); thread.start(); thread.join()
        raise OSError("at the end, sk-planted-0815")
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, timeout=60, check=False
    )
    told = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in told] == ["library_message", "thread_failed", "process_failed"]
    assert KEY not in done.stderr
    assert done.returncode == 1


def test_passwords_within_addresses_are_secrets() -> None:
    settings = load_settings(
        read_dotenv=False,
        database_url="postgresql://me:p%40ss-word@db/x",
        redis_url="redis://:hush-hush@cache:6379/0",
        explorium_api_key=KEY,
    )
    assert settings.secrets == (KEY, "p@ss-word", "hush-hush")
