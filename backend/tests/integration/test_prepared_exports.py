"""Exports made in the background: the same bytes as the streamed ones, whoever dies on the way."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select
from starlette.testclient import TestClient

from firmograph.app import App
from firmograph.clock import FollowingClock
from firmograph.db.engine import Database
from firmograph.db.models import export_chunks, exports
from firmograph.errors import NotFound
from firmograph.prepared_exports import repository, service
from firmograph.prepared_exports.prepared_export import ExportState, PreparedExport
from firmograph.runs.importing import import_run
from firmograph.runs.plan import make_plan
from firmograph.runs.run import Run
from firmograph.web.application import create_web_app

from .driving import drain, load, submit

FORMATS = ("csv", "tsv", "jsonl", "xlsx", "parquet")
ROWS = [
    "SAP SE,sap.com",
    "Microsoft,https://www.microsoft.com/x",
    "=1+1,n/a",
    "Again,SAP.com",
    "Small,nordwind-7431.de",
]
WIDE_ROWS = 6_000  # of half a kilobyte: a file of several pieces
# A maker that stands still in the middle, once a piece of the file is written, until it is killed.
MAKER = """
import sys, time
from firmograph.clock import SystemClock
from firmograph.db.engine import Database
from firmograph.prepared_exports.service import prepare_export

looks = 0

def stand_still():
    global looks
    looks += 1
    if looks == 5:
        print("in the middle", flush=True)
        time.sleep(60)
    return False

prepare_export(Database(sys.argv[1]), sys.argv[2], owner="first", clock=SystemClock(), is_stopping=stand_still)
"""


def never() -> bool:
    return False


def ask_for(app: App, run: Run, **wanted: Any) -> str:
    with app.database.write() as connection:
        return service.request_export(connection, run.id, now=app.clock.now(), **wanted).id


def make(app: App, export_id: str, *, is_stopping: Callable[[], bool] = never) -> PreparedExport:
    service.prepare_export(app.database, export_id, owner="test", clock=app.clock, is_stopping=is_stopping)
    return look(app, export_id)


def look(app: App, export_id: str) -> PreparedExport:
    with app.database.read() as connection:
        return repository.get_export(connection, export_id)


def bytes_of(app: App, export: PreparedExport) -> bytes:
    return b"".join(service.read_file(app.database, export.id, start=0, end=export.size))


def count_chunks(app: App) -> int:
    with app.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(export_chunks)).scalar_one())


def waiting(app: App, now: datetime | None = None) -> str | None:
    with app.database.read() as connection:
        return service.next_waiting(connection, now=now or app.clock.now())


def later(app: App, **by: float) -> App:
    """The same Firmograph some time later."""
    clock = FollowingClock()
    clock.offset = timedelta(**by)
    return replace(app, clock=clock)


@pytest.fixture
def client(app: App) -> TestClient:
    """A server that was not started: nobody makes exports but the test."""
    return TestClient(create_web_app(app))


@pytest.fixture
def run(app: App) -> Run:
    """A run that has ended."""
    return drain(app, submit(app, ROWS, waterfall=["open_facts"]))


@pytest.fixture
def wide_run(app: App) -> Run:
    """A run whose list is read and whose rows are all pending."""
    run = submit(app, [f"{'x' * 500} {n},firm-{n}.com" for n in range(WIDE_ROWS)], waterfall=["open_facts"])
    import_run(app.database, make_plan(run, app.providers(), **app.ages()), app.clock, never)
    return load(app, run)


@pytest.mark.parametrize("wanted", [{}, {"provenance": True, "neutralise": True}])
@pytest.mark.parametrize("file_format", FORMATS)
def test_the_file_is_the_streamed_one(
    app: App, client: TestClient, run: Run, file_format: str, wanted: dict[str, bool]
) -> None:
    answer = client.post(f"/api/v1/runs/{run.id}/exports", json={"format": file_format, **wanted})
    assert answer.status_code == 202, answer.text
    export = answer.json()
    path = f"/api/v1/exports/{export['id']}"
    assert answer.headers["location"] == path
    assert (export["state"], export["format"], export["sha256"]) == ("queued", file_format, None)
    assert (export["expires_at"], export["rows"], export["rows_done"]) == (None, len(ROWS), 0)

    assert make(app, export["id"]).state is ExportState.READY
    ready = client.get(path).json()
    assert (ready["state"], ready["rows_done"]) == ("ready", len(ROWS))
    assert ready["expires_at"] > ready["finished_at"]
    streamed = client.get(f"/api/v1/runs/{run.id}/export", params={"format": file_format, **wanted})
    whole = client.get(f"{path}/file")
    assert whole.status_code == 200
    for name in ("content-type", "content-disposition"):
        assert whole.headers[name] == streamed.headers[name]
    assert whole.headers["content-length"] == str(len(whole.content)) == str(ready["size"])
    assert whole.headers["etag"] == f'"{ready["sha256"]}"' == f'"{hashlib.sha256(whole.content).hexdigest()}"'
    if file_format == "xlsx":  # a workbook holds the moment when it was made
        made, wanted_rows = (CalamineWorkbook.from_filelike(io.BytesIO(a.content)) for a in (whole, streamed))
        assert made.sheet_names == wanted_rows.sheet_names
        assert made.get_sheet_by_index(0).to_python() == wanted_rows.get_sheet_by_index(0).to_python()
    else:
        assert whole.content == streamed.content


def test_without_wishes_it_comes_in_the_lists_own_format(app: App, client: TestClient, run: Run) -> None:
    export = client.post(f"/api/v1/runs/{run.id}/exports").json()
    assert (export["format"], export["provenance"], export["neutralise"]) == ("csv", False, False)
    assert export["file_name"] == "list.enriched.csv"


def test_a_run_under_way_is_exported_as_it_is(app: App, client: TestClient, wide_run: Run) -> None:
    export = make(app, ask_for(app, wide_run))
    content = bytes_of(app, export)
    assert content == client.get(f"/api/v1/runs/{wide_run.id}/export").content
    assert content.count(b",pending,") == WIDE_ROWS
    assert count_chunks(app) == -(-len(content) // repository.CHUNK_BYTES) > 2


def test_a_run_whose_list_is_still_read_is_exported_as_far_as_it_is(app: App) -> None:
    run = submit(app, ROWS, waterfall=["open_facts"])
    export = make(app, ask_for(app, run))
    assert (export.state, export.rows, export.rows_done) == (ExportState.READY, 0, 0)
    assert bytes_of(app, export).startswith(b"company,website,enriched_domain")


def test_a_download_that_broke_off_goes_on(app: App, client: TestClient, wide_run: Run) -> None:
    export = make(app, ask_for(app, wide_run))
    content, path = bytes_of(app, export), f"/api/v1/exports/{export.id}/file"
    etag, piece, size = f'"{export.sha256}"', repository.CHUNK_BYTES, export.size
    for start, end in ((0, 1), (piece - 1, piece + 1), (piece, 2 * piece), (size - 5, size), (10, size)):
        part = client.get(path, headers={"Range": f"bytes={start}-{end - 1}", "If-Range": etag})
        assert part.status_code == 206
        assert part.content == content[start:end]
        assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{size}"
        assert part.headers["content-length"] == str(end - start)
        assert part.headers["etag"] == etag
    other = client.get(path, headers={"Range": "bytes=10-", "If-Range": '"another"'})
    assert (other.status_code, other.content) == (200, content)
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
    beyond = client.get(path, headers={"Range": f"bytes={size}-"})
    assert beyond.status_code == 416
    assert beyond.json()["type"] == "/problems/range-not-satisfiable"
    assert beyond.headers["content-range"] == f"bytes */{size}"


def test_a_killed_maker_is_replaced_when_its_lease_is_over(app: App, client: TestClient, wide_run: Run) -> None:
    export_id = ask_for(app, wide_run)
    assert waiting(app) == export_id
    with subprocess.Popen([sys.executable, "-c", MAKER, app.database.url, export_id], stdout=subprocess.PIPE) as maker:
        assert maker.stdout is not None
        assert maker.stdout.readline() == b"in the middle\n"
        maker.kill()
    left = look(app, export_id)
    assert (left.state, left.attempts) == (ExportState.RUNNING, 1)
    assert count_chunks(app) > 0
    assert waiting(app) is None
    assert make(app, export_id) == left  # not ours yet
    assert client.get(f"/api/v1/exports/{export_id}/file").status_code == 409

    heirs = later(app, seconds=repository.LEASE.total_seconds() + 5)
    assert waiting(heirs) == export_id
    export = make(heirs, export_id)
    assert (export.state, export.attempts) == (ExportState.READY, 2)
    assert bytes_of(app, export) == client.get(f"/api/v1/runs/{wide_run.id}/export").content
    assert waiting(heirs) is None


@pytest.mark.parametrize("owners", [None, ["dead"]])
def test_who_knows_that_the_maker_is_dead_need_not_wait(app: App, run: Run, owners: list[str] | None) -> None:
    export_id = ask_for(app, run)
    with app.database.write() as connection:
        assert repository.claim(connection, export_id, owner="dead", now=app.clock.now()) is not None
        assert repository.release_leases(connection, ["another"]) == 0
        assert repository.release_leases(connection, owners) == 1
    assert waiting(app) == export_id
    assert make(app, export_id).state is ExportState.READY


def test_who_lost_the_lease_writes_nothing_more(app: App, wide_run: Run) -> None:
    export_id = ask_for(app, wide_run)
    looks: list[PreparedExport] = []

    def be_slow() -> bool:
        """In the middle of the file, somebody else takes it over and makes it whole."""
        looks.append(look(app, export_id))
        if len(looks) == 5:
            assert count_chunks(app) > 0
            make(later(app, hours=1), export_id)
        return False

    export = make(app, export_id, is_stopping=be_slow)
    assert (export.state, export.attempts) == (ExportState.READY, 2)
    assert hashlib.sha256(bytes_of(app, export)).hexdigest() == export.sha256
    assert count_chunks(app) == -(-export.size // repository.CHUNK_BYTES)
    assert len(looks) < WIDE_ROWS // 1000 + count_chunks(app)  # it ended early


def test_a_stopped_maker_gives_the_export_back(app: App, wide_run: Run) -> None:
    export_id = ask_for(app, wide_run)
    answers = iter([False, False, False])
    given_back = make(app, export_id, is_stopping=lambda: next(answers, True))
    assert (given_back.state, given_back.attempts) == (ExportState.QUEUED, 0)
    assert waiting(app) == export_id
    assert make(app, export_id).state is ExportState.READY


def test_after_three_attempts_it_has_failed(app: App, client: TestClient, run: Run) -> None:
    export_id = ask_for(app, run)

    def broken() -> bool:
        raise OSError("no space left on device")

    for attempt in (1, 2):
        assert make(app, export_id, is_stopping=broken).attempts == attempt
        assert waiting(app) == export_id
    export = make(app, export_id, is_stopping=broken)
    assert (export.state, export.attempts) == (ExportState.FAILED, 3)
    assert waiting(app) is None
    told = client.get(f"/api/v1/exports/{export_id}").json()
    assert "no space left on device" in told["detail"]
    refused = client.get(f"/api/v1/exports/{export_id}/file")
    assert refused.status_code == 409
    assert "no space left on device" in refused.json()["detail"]


def test_who_kills_its_makers_fails_too(app: App, run: Run) -> None:
    export_id = ask_for(app, run)
    for hours in range(3):
        with app.database.write() as connection:
            now = app.clock.now() + timedelta(hours=hours)
            assert repository.claim(connection, export_id, owner="dead", now=now) is not None
    last = later(app, hours=9)
    assert waiting(last) == export_id
    export = make(last, export_id)
    assert export.state is ExportState.FAILED
    assert export.detail is not None
    assert "3 times" in export.detail


def test_deleting_takes_the_file_with_it(app: App, client: TestClient, wide_run: Run) -> None:
    kept, gone = make(app, ask_for(app, wide_run, file_format="parquet")), make(app, ask_for(app, wide_run))
    reading = service.read_file(app.database, gone.id, start=0, end=gone.size)
    next(reading)
    assert client.delete(f"/api/v1/exports/{gone.id}").status_code == 204
    for method, path in (("GET", ""), ("GET", "/file"), ("DELETE", "")):
        answer = client.request(method, f"/api/v1/exports/{gone.id}{path}")
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
    with pytest.raises(NotFound):
        next(reading)
    assert count_chunks(app) == -(-kept.size // repository.CHUNK_BYTES)
    assert client.get(f"/api/v1/exports/{kept.id}/file").content == bytes_of(app, kept)


def test_deleting_ends_the_making(app: App, client: TestClient, wide_run: Run) -> None:
    export_id = ask_for(app, wide_run)
    looks = []

    def delete_in_the_middle() -> bool:
        looks.append(1)
        if len(looks) == 5:
            assert client.delete(f"/api/v1/exports/{export_id}").status_code == 204
        return False

    with pytest.raises(NotFound):
        make(app, export_id, is_stopping=delete_in_the_middle)
    assert waiting(app) is None
    assert count_chunks(app) == 0


def test_old_ones_go(app: App, client: TestClient, run: Run) -> None:
    old, queued = make(app, ask_for(app, run)), ask_for(app, run, file_format="jsonl")
    keep = timedelta(days=app.settings.keep_exports_days)
    assert old.finished_at is not None
    assert (
        client.get(f"/api/v1/exports/{old.id}")
        .json()["expires_at"]
        .startswith((old.finished_at + keep).isoformat()[:19])
    )

    def sweep(now: datetime) -> bool:
        with app.database.write() as connection:
            return service.delete_old(connection, now=now, keep=keep)

    assert not sweep(old.finished_at + keep - timedelta(seconds=1))
    assert look(app, old.id) == old
    assert sweep(old.finished_at + keep)
    assert not sweep(old.finished_at + keep)
    with pytest.raises(NotFound):
        look(app, old.id)
    assert count_chunks(app) == 0
    with app.database.read() as connection:
        assert connection.execute(select(exports.c.id)).scalars().all() == [queued]


def test_a_runs_exports_are_listed_newest_first(app: App, client: TestClient, run: Run) -> None:
    ids = sorted(ask_for(app, run, file_format=name) for name in FORMATS)
    deleted = ids.pop()
    service.delete_export(app.database, deleted)

    def pages() -> Iterator[list[str]]:
        cursor: str | None = ""
        while cursor is not None:
            query = {"limit": 3, **({"cursor": cursor} if cursor else {})}
            page = client.get(f"/api/v1/runs/{run.id}/exports", params=query).json()
            yield [item["id"] for item in page["items"]]
            cursor = page["next_cursor"]

    assert list(pages()) == [ids[:0:-1], ids[:1]]
    assert client.get(f"/api/v1/runs/{run.id}/exports?cursor=zzz").status_code == 400


def test_what_can_not_be_prepared_is_refused_at_once(app: App, client: TestClient, run: Run) -> None:
    assert client.post("/api/v1/runs/nope/exports").status_code == 404
    assert client.get("/api/v1/runs/nope/exports").status_code == 404
    assert client.get("/api/v1/exports/nope").status_code == 404
    assert client.post(f"/api/v1/runs/{run.id}/exports", json={"format": "pdf"}).status_code == 422
    assert client.post(f"/api/v1/runs/{run.id}/exports", json={"formt": "csv"}).status_code == 422
    header = ",".join(["website", *(f"c{n}" for n in range(16_400))])
    wide = submit(app, ["sap.com"], header=header, waterfall=["open_facts"])
    refused = client.post(f"/api/v1/runs/{wide.id}/exports", json={"format": "xlsx"})
    assert refused.status_code == 400
    assert "16384" in refused.json()["detail"]


def test_only_one_takes_it(database_url: str, app: App, run: Run) -> None:
    """A claim that another transaction is making is passed over, not waited for; SQLite lets one write at a time."""
    export_id = ask_for(app, run)
    other = Database(database_url)
    with app.database.write() as connection:
        assert repository.claim(connection, export_id, owner="one", now=app.clock.now()) is not None
        if not app.database.is_sqlite:
            with other.write() as second:
                assert repository.claim(second, export_id, owner="two", now=app.clock.now()) is None
    with other.write() as second:
        assert repository.claim(second, export_id, owner="two", now=app.clock.now()) is None
    other.close()
