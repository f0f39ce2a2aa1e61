"""Runs from a list to a file, through the API alone."""

from __future__ import annotations

import csv
import io
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from starlette.testclient import TestClient

from .api_calls import COUNTED, LIST, problem_of, start, upload, wait_for


def events_of(text: str) -> list[dict[str, str]]:
    """Server-sent events as a browser reads them."""
    found = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        lines = [line.partition(": ") for line in block.split("\n") if line and not line.startswith(":")]
        if lines:
            found.append({name: value for name, _, value in lines})
    return found


def pages_of(client: TestClient, path: str, **query: Any) -> list[dict[str, Any]]:
    """All items of a list, page by page."""
    items: list[dict[str, Any]] = []
    cursor = None
    for _ in range(1000):
        page = client.get(path, params={**query, **({"cursor": cursor} if cursor else {})}).json()
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items
        assert len(page["items"]) == query["limit"]
    raise AssertionError("the list has no end")


def test_a_preview_plans_and_keeps_nothing(idle: TestClient) -> None:
    uploaded = upload(idle)
    preview = idle.post("/api/v1/runs/preview", json={"upload_id": uploaded["id"], "budget": 5})
    assert preview.status_code == 200, preview.text
    planned = preview.json()
    assert planned["counts"] == COUNTED
    assert planned["rejections"] == {"placeholder": 1, "social_profile": 1, "freemail": 1}
    assert planned["waterfall"] == ["explorium", "open_facts"]
    assert planned["credits"]["budget"] == 5
    assert planned["steps"][0]["questions"]["match"] == 3
    assert idle.post("/api/v1/runs/preview", json={"domains": ["sap.com"]}).json()["counts"]["targets"] == 1
    assert idle.get("/api/v1/runs").json() == {"items": [], "next_cursor": None}
    assert idle.get(f"/api/v1/uploads/{uploaded['id']}").status_code == 200


def test_a_list_goes_in_and_comes_out_enriched(client: TestClient) -> None:
    uploaded = upload(client)
    answer = client.post("/api/v1/runs", json={"upload_id": uploaded["id"], "name": "Three firms", "budget": 5})
    assert answer.status_code == 202
    run = answer.json()
    assert answer.headers["location"] == f"/api/v1/runs/{run['id']}"
    assert (run["state"], run["name"], run["budget"]) == ("importing", "Three firms", 5)
    path = f"/api/v1/runs/{run['id']}"
    ended = follow_to_the_end(client, path)
    assert ended["state"] == "succeeded"
    assert {name: ended["counts"][name] for name in COUNTED} == COUNTED
    assert (ended["counts"]["enriched"], ended["counts"]["pending"]) == (3, 0)
    assert ended["credits_spent"] <= 5
    problem_of(client.get(f"/api/v1/uploads/{uploaded['id']}"), 404, "not-found")

    report = client.get(f"{path}/report").json()
    assert report["match_rate"]["records"] == {"count": 4, "of": 4, "share": 1.0}
    assert sum(entry["records"]["count"] for entry in report["rejections"]) == 3
    assert report["credits"]["spent"] == ended["credits_spent"]
    check_records(client.get(f"{path}/records").json()["items"])
    check_export(client.get(f"{path}/export"))


def follow_to_the_end(client: TestClient, path: str) -> dict[str, Any]:
    """The run as its last event tells it."""
    events = events_of(client.get(f"{path}/events").text)
    assert [event["event"] for event in events[-2:]] == ["run", "end"]
    assert {event["event"] for event in events[:-1]} == {"run"}
    versions = [int(event["id"]) for event in events[:-1]]
    assert versions == sorted(set(versions))
    last = dict(json.loads(events[-2]["data"]))
    now = client.get(path).json()
    assert last == {name: now[name] for name in last}
    return last


def check_records(records: list[dict[str, Any]]) -> None:
    assert [record["position"] for record in records] == list(range(1, 8))
    assert records[0]["cells"] == ["SAP", "https://www.sap.com/products?utm_source=x", "=1+1"]
    assert records[0]["domain"] == "sap.com"
    assert records[0]["values"]["country_code"] == "DE"
    assert records[2]["is_duplicate"]
    assert records[2]["values"] == records[0]["values"]
    assert (records[3]["outcome"], records[3]["reason"]) == ("rejected", "placeholder")


def check_export(exported: Any) -> None:
    assert exported.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="firms.enriched.csv"' in exported.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(exported.content.decode("utf-8"), newline=""), delimiter=";"))
    originals = list(csv.reader(io.StringIO(LIST.decode(), newline=""), delimiter=";"))
    assert [row[:3] for row in rows] == originals
    assert rows[0][3:5] == ["enriched_domain", "enriched_outcome"]
    assert [row[4] for row in rows[1:]] == ["enriched"] * 3 + ["rejected"] * 3 + ["enriched"]


def test_exports_come_in_every_format(client: TestClient) -> None:
    answer = client.post("/api/v1/runs", files={"file": ("Löwe & Söhne.csv", LIST)}, data={"fields": "name,city"})
    assert answer.status_code == 202, answer.text
    run = answer.json()
    assert run["fields"] == ["name", "city"]
    wait_for(client, run["id"])
    path = f"/api/v1/runs/{run['id']}/export"
    lines = client.get(path, params={"format": "jsonl", "provenance": "true"})
    assert lines.headers["content-type"].startswith("application/x-ndjson")
    assert "filename*=UTF-8''L%C3%B6we%20%26%20S%C3%B6hne.enriched.jsonl" in lines.headers["content-disposition"]
    first = json.loads(lines.text.splitlines()[0])
    assert first["enriched_name"]
    assert first["enriched_name_provider"]
    sheet = client.get(path, params={"format": "xlsx"})
    table = CalamineWorkbook.from_filelike(io.BytesIO(sheet.content)).get_sheet_by_index(0).to_python()
    assert table[1][:3] == ["SAP", "https://www.sap.com/products?utm_source=x", "=1+1"]
    assert client.get(path, params={"format": "parquet"}).content[:4] == b"PAR1"
    neutral = client.get(path, params={"format": "csv", "neutralise": "true"}).content.decode()
    assert "'=1+1" in neutral
    problem = problem_of(client.get(path, params={"format": "ods"}), 422, "invalid-request")
    assert problem["errors"][0]["field"] == "query.format"


def test_domains_become_a_run(client: TestClient) -> None:
    run = start(client, domains=["https://www.sap.com/de", "siemens.com", "not a site", ""], max_age_days=30)
    assert run["name"] == "4 domains"
    ended = wait_for(client, run["id"])
    assert (ended["counts"]["records"], ended["counts"]["accepted"], ended["counts"]["rejected"]) == (4, 2, 2)
    lines = client.get(f"/api/v1/runs/{run['id']}/export").text.splitlines()
    assert json.loads(lines[0])["domain"] == "https://www.sap.com/de"
    assert json.loads(lines[0])["enriched_domain"] == "sap.com"


def test_the_older_call_uploads_and_starts(client: TestClient) -> None:
    answer = client.post("/api/upload", files={"file": ("firms.csv", LIST)})
    assert answer.status_code == 202
    assert answer.json()["run_id"] == answer.json()["id"]
    wait_for(client, answer.json()["run_id"])
    assert client.get("/api/companies").json() == client.get("/api/v1/companies").json()


def test_the_same_key_gives_the_same_run(app: Any, idle: TestClient) -> None:
    key = {"Idempotency-Key": "order-17"}
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(
                lambda _: idle.post("/api/v1/runs", files={"file": ("firms.csv", LIST)}, headers=key),
                range(4),
            )
        )
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    uploaded = upload(idle)
    again = idle.post("/api/v1/runs", json={"upload_id": uploaded["id"]}, headers=key)
    assert again.json()["id"] == answers[0].json()["id"]
    other = idle.post("/api/v1/runs", json={"upload_id": uploaded["id"]}, headers={"Idempotency-Key": "order-18"})
    assert other.json()["id"] != again.json()["id"]
    assert len(idle.get("/api/v1/runs").json()["items"]) == 2
    problem_of(idle.post("/api/v1/runs", json={}, headers={"Idempotency-Key": "x" * 256}), 422, "invalid-request")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body.upload_id"),
        ({"upload_id": "a", "domains": ["b"]}, "body.upload_id"),
        ({"domains": []}, "body.domains"),
        ({"domains": [1]}, "body.domains.0"),
        ({"domains": ["sap.com"], "budget": -1}, "body.budget"),
        ({"domains": ["sap.com"], "bugdet": 1}, "body.bugdet"),
        ({"domains": ["sap.com"], "waterfall": "explorium"}, "body.waterfall"),
        ([], "body"),
    ],
)
def test_a_wrong_request_names_its_part(unchanged: TestClient, body: Any, field: str) -> None:
    problem = problem_of(unchanged.post("/api/v1/runs", json=body), 422, "invalid-request")
    assert [error["field"] for error in problem["errors"]] == [field]
    assert problem["instance"] == "/api/v1/runs"


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ({"waterfall": ["clearbit"]}, "clearbit"),
        ({"waterfall": ["open_facts", "open_facts"]}, "twice"),
        ({"waterfall": []}, "empty"),
        ({"fields": ["shoe_size"]}, "shoe_size"),
        ({"waterfall": ["open_facts"], "fields": ["technologies"]}, "can say"),
    ],
)
def test_a_run_that_can_not_work_is_refused_before_anything_is_kept(
    unchanged: TestClient, wanted: dict[str, Any], part: str
) -> None:
    answer = unchanged.post("/api/v1/runs", json={"domains": ["sap.com"], **wanted})
    assert part in problem_of(answer, 400, "bad-request")["detail"]


def test_bodies_that_are_neither_json_nor_a_form(unchanged: TestClient) -> None:
    problem_of(unchanged.post("/api/v1/runs", content=b"a=b"), 415, "unsupported-media-type")
    broken = unchanged.post("/api/v1/runs", content=b"{", headers={"content-type": "application/json"})
    problem_of(broken, 422, "invalid-request")
    form = unchanged.post("/api/v1/runs", files={"list": ("a.csv", LIST)})
    assert problem_of(form, 422, "invalid-request")["errors"][0]["field"] == "body.list"
    text = unchanged.post("/api/v1/runs", data={"file": "sap.com"}, files={"x": ("a", b"")})
    assert problem_of(text, 422, "invalid-request")["errors"][0]["field"] == "body.file"


def test_runs_are_paused_resumed_cancelled(idle: TestClient) -> None:
    run = start(idle, domains=["sap.com", "siemens.com"], budget=1)
    path = f"/api/v1/runs/{run['id']}"
    paused = idle.post(f"{path}/pause").json()
    assert (paused["state"], paused["reason"]) == ("paused", "paused_by_user")
    resumed = idle.post(f"{path}/resume", json={"budget": 7}).json()
    assert (resumed["state"], resumed["budget"], resumed["reason"]) == ("importing", 7, None)
    assert idle.post(f"{path}/resume").json()["budget"] == 7
    problem_of(idle.post(f"{path}/resume", json={"budget": "much"}), 422, "invalid-request")
    problem_of(idle.post(f"{path}/retry"), 409, "not-allowed-now")
    cancelled = idle.post(f"{path}/cancel").json()
    assert cancelled["state"] == "cancelled"
    assert cancelled["finished_at"]
    assert run["id"] in problem_of(idle.post(f"{path}/pause"), 409, "not-allowed-now")["detail"]
    problem_of(idle.post(f"{path}/cancel"), 409, "not-allowed-now")
    problem_of(idle.post(f"{path}/resume"), 409, "not-allowed-now")
    assert [event["event"] for event in events_of(idle.get(f"{path}/events").text)] == ["run", "end"]


def test_ended_companies_are_asked_again(client: TestClient) -> None:
    run = start(client, domains=["sap.com", "siemens.com"], waterfall=["open_facts"])
    path = f"/api/v1/runs/{run['id']}"
    ended = wait_for(client, run["id"])
    assert ended["counts"]["enriched"] == 2
    unchanged = client.post(f"{path}/retry").json()
    assert unchanged["state"] == "succeeded"
    client.post(f"{path}/retry", json={"outcomes": ["enriched"]})
    again = wait_for(client, run["id"])
    assert again["counts"] == ended["counts"]
    assert again["version"] > ended["version"]
    assert (
        "shoes" in problem_of(client.post(f"{path}/retry", json={"reasons": ["shoes"]}), 400, "bad-request")["detail"]
    )


def test_every_call_on_an_unknown_run_is_a_problem(unchanged: TestClient) -> None:
    for rest in ("", "/records", "/report", "/events", "/export"):
        problem_of(unchanged.get(f"/api/v1/runs/nope{rest}"), 404, "not-found")
    for rest in ("pause", "resume", "cancel", "retry"):
        problem_of(unchanged.post(f"/api/v1/runs/nope/{rest}"), 404, "not-found")


def test_pages_of_runs_and_records_cover_everything_once(client: TestClient) -> None:
    domains = ["sap.com", "siemens.com", "n/a", "basf.com", "sap.com", "bmw.com", "allianz.com", "x", "adidas.com"]
    ids = [start(client, domains=domains, waterfall=["open_facts"])["id"]]
    ids += [start(client, domains=["sap.com"], waterfall=["open_facts"])["id"] for _ in range(6)]
    for run_id in ids:
        wait_for(client, run_id)
    assert [run["id"] for run in pages_of(client, "/api/v1/runs", limit=3)] == list(reversed(ids))
    path = f"/api/v1/runs/{ids[0]}/records"
    for sort in ("position", "-position", "domain", "-name", "founded_year", "-employee_range", "outcome", "reason"):
        found = pages_of(client, path, limit=2, sort=sort)
        assert sorted(record["position"] for record in found) == list(range(1, len(domains) + 1)), sort
    names = [record["values"].get("name") for record in pages_of(client, path, limit=2, sort="name")]
    present = [name for name in names if name]
    assert names == sorted(present) + [None] * (len(names) - len(present))
    rejected = pages_of(client, path, limit=1, outcome="rejected,no_match")
    assert [record["position"] for record in rejected] == [3, 8]
    assert len(pages_of(client, path, limit=5, q="SIEMENS")) == 1
    version = client.get(f"/api/v1/runs/{ids[0]}").json()["version"]
    assert pages_of(client, path, limit=5, changed_after=version) == []
    assert len(pages_of(client, path, limit=5, changed_after=0)) == len(domains) - 2
    problem_of(client.get(path, params={"sort": "shoes"}), 400, "bad-request")
    problem_of(client.get(path, params={"outcome": "shoes"}), 400, "bad-request")
    problem_of(client.get(path, params={"cursor": "shoes"}), 400, "bad-request")
    cursor = client.get(path, params={"limit": 1}).json()["next_cursor"]
    problem_of(client.get(path, params={"limit": 1, "sort": "name", "cursor": cursor}), 400, "bad-request")
    for limit in (0, 501, "many"):
        problem_of(client.get(path, params={"limit": limit}), 422, "invalid-request")


def test_the_server_prepares_exports(client: TestClient) -> None:
    run = start(client, domains=["sap.com", "siemens.com"])
    wait_for(client, run["id"])
    export = client.post(f"/api/v1/runs/{run['id']}/exports", json={"format": "jsonl"}).json()
    ready = wait_until_ready(client, export["id"])
    assert (ready["rows"], ready["rows_done"]) == (2, 2)
    path = f"/api/v1/exports/{export['id']}/file"
    whole = client.get(path).content
    assert whole == client.get(f"/api/v1/runs/{run['id']}/export", params={"format": "jsonl"}).content
    assert client.get(path, headers={"Range": "bytes=10-"}).content == whole[10:]


def wait_until_ready(client: TestClient, export_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 15
    export: dict[str, Any] = {}
    while time.monotonic() < deadline:
        export = client.get(f"/api/v1/exports/{export_id}").json()
        if export["state"] == "ready":
            return export
        time.sleep(0.02)
    raise AssertionError(f"the export is {export}")
