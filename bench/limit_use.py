"""How much of the provider's limit a run uses, and whether it provokes a 429: a real run against the sandbox.

Usage: python bench/limit_use.py [--per-minute 200] [--minutes 3] [--miss-rate 0.12] [--latency-ms 300]

The sandbox runs in its own process and counts what arrives; the steady part is everything after the first minute.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx2 as httpx

from firmograph.app import open_app
from firmograph.config import load_settings
from firmograph.runs import service, uploads_repository
from firmograph.runs.request import RunRequest

PORT = 8877


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-minute", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--miss-rate", type=float, default=0.12)
    parser.add_argument("--latency-ms", type=int, default=300)
    options = parser.parse_args()
    code = (
        "from firmograph.sandbox.server import serve; from firmograph.sandbox.options import SandboxOptions as O; "
        f"serve(O(rate_per_minute={options.per_minute}, latency_ms={options.latency_ms}, "
        f"miss_rate={options.miss_rate}, credits=10**9), port={PORT})"
    )
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL) as sandbox:  # noqa: S603 - our own
        try:
            wait_for_sandbox()
            print(json.dumps(measure(options)))  # noqa: T201 - what a bench is for
        finally:
            sandbox.terminate()


def wait_for_sandbox() -> None:
    for _ in range(100):
        try:
            stats()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the sandbox did not start")


def stats() -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"http://127.0.0.1:{PORT}/sandbox/stats").json()
    return found


def arrived(found: dict[str, Any]) -> int:
    return sum(verb["entities_asked"] for verb in found["verbs"].values())


def measure(options: argparse.Namespace) -> dict[str, Any]:
    rows = int(options.per_minute * (options.minutes + 2))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        path.write_text("website\n" + "\n".join(f"steady-firm-{number}.com" for number in range(rows)))
        app = open_app(
            load_settings(
                read_dotenv=False,
                data_dir=Path(folder),
                explorium_api_key="bench",
                explorium_base_url=f"http://127.0.0.1:{PORT}",
                explorium_rate_limit=options.per_minute,
            )
        )
        with path.open("rb") as source:
            upload = uploads_repository.store_upload(
                app.database, source, file_name=path.name, most_bytes=1 << 30, now=app.clock.now()
            )
        request = RunRequest(upload_id=upload, waterfall=("explorium",))
        run = service.start_run(app.database, request, providers=app.providers(), clock=app.clock)
        worker = app.worker(only=run.id)
        worker.start()
        time.sleep(60)
        first, began = arrived(stats()), time.monotonic()
        time.sleep((options.minutes - 1) * 60)
        last, seconds = arrived(stats()), time.monotonic() - began
        worker.stop()
        allowed = options.per_minute * seconds / 60
        return {
            "per_minute": options.per_minute,
            "latency_ms": options.latency_ms,
            "miss_rate": options.miss_rate,
            "share_of_limit_used": round((last - first) / allowed, 4),
            "rate_limited": stats()["rate_limited"],
        }


if __name__ == "__main__":
    main()
