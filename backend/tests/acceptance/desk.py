"""A person at a terminal: runs the real command line in a folder of its own, with a data directory of its own."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

COMMAND = (sys.executable, "-m", "firmograph")
PATIENCE_S = 60.0


class Desk:
    """Where commands are typed. `key` and `base_url`, where set, switch `explorium` on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data_dir = folder / "data"
        self.settings: dict[str, str] = {}

    def use_sandbox(self, base_url: str, *, key: str = "a-key", rate: int = 100_000) -> None:
        self.settings |= {
            "EXPLORIUM_BASE_URL": base_url,
            "EXPLORIUM_API_KEY": key,
            "EXPLORIUM_RATE_LIMIT": str(rate),
        }

    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
        return kept | {"FIRMOGRAPH_DATA_DIR": str(self.data_dir)} | self.settings

    def run(
        self, *arguments: str | Path, stdin: bytes | None = None, expect: int | None = 0
    ) -> subprocess.CompletedProcess[bytes]:
        """A command to its end. `expect` is the exit code it must have; `None` takes any."""
        done = subprocess.run(
            [*COMMAND, *map(str, arguments)],
            cwd=self.folder,
            env=self.environment(),
            input=stdin if stdin is not None else b"",
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
        )
        if expect is not None:
            assert done.returncode == expect, f"exit code {done.returncode}\n{done.stdout.decode()}\n{errors(done)}"
        return done

    def begin(self, *arguments: str | Path) -> subprocess.Popen[bytes]:
        """A command that goes on; its standard error goes to a file, so that it never waits for a reader."""
        with (self.folder / "begun.txt").open("ab") as said:
            return subprocess.Popen(
                [*COMMAND, *map(str, arguments)],
                cwd=self.folder,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
            )

    def said(self) -> str:
        return (self.folder / "begun.txt").read_text(encoding="utf-8")

    def json(self, *arguments: str | Path, expect: int | None = 0) -> Any:
        return json.loads(self.run(*arguments, expect=expect).stdout)

    def runs(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.json("runs", "list", "--json")["items"]
        return items

    def only_run(self) -> dict[str, Any]:
        (run,) = self.runs()
        return run

    def shown(self, run_id: str) -> dict[str, Any]:
        run: dict[str, Any] = self.json("runs", "show", run_id, "--json")
        return run

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path


def errors(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stderr.decode()


def run_of(said: str) -> str:
    """The id of the run that a command said it began."""
    found = re.search(r"^Run ([0-9a-f-]{36}): ", said, re.MULTILINE)
    assert found is not None, said
    return found[1]


def rows_of(path: Path | bytes, *, delimiter: str = ",") -> list[dict[str, str]]:
    """A written CSV as dictionaries."""
    content = path if isinstance(path, bytes) else path.read_bytes()
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def companies(count: int) -> str:
    """A CSV of that many companies. The sandbox matches each when it misses none, a few with another one's website."""
    return "Company,Website\n" + "".join(f"Acme {n},https://www.acme-{n:04}.com/about\n" for n in range(count))


def stats(base_url: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{base_url}/sandbox/stats", timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def change(base_url: str, **options: Any) -> None:
    """Change the sandbox's options while it runs."""
    body = json.dumps(options).encode()
    request = urllib.request.Request(f"{base_url}/sandbox/options", data=body, method="POST")
    with urllib.request.urlopen(request, timeout=10):
        pass


def wait_until(is_so: Callable[[], object], *, what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, f"waited {PATIENCE_S} s for: {what}"
        time.sleep(0.02)


def end(process: subprocess.Popen[bytes], number: signal.Signals) -> int:
    """Send a signal and wait; the exit code."""
    process.send_signal(number)
    return process.wait(PATIENCE_S)


def outcomes(rows: Sequence[dict[str, str]]) -> Counter[str]:
    return Counter(row["enriched_outcome"] for row in rows)


def are_answered(rows: Sequence[dict[str, str]], count: int) -> bool:
    """Whether all of so many rows ended with an answer, most of them with values."""
    found = outcomes(rows)
    return found["enriched"] + found["no_match"] == len(rows) == count and found["enriched"] >= 0.8 * count
