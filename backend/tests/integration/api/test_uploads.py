"""Uploads: how a list is understood before anything is asked."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from firmograph.app import App
from firmograph.db.models import upload_chunks, uploads
from firmograph.web.application import create_web_app

from .api_calls import LIST, problem_of, upload


def rows_in(app: App, table: Any) -> int:
    with app.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def test_an_upload_says_how_it_is_understood(idle: TestClient) -> None:
    answer = idle.post("/api/v1/uploads", files={"file": ("C:\\lists\\firms.csv", LIST)})
    assert answer.status_code == 201
    found = answer.json()
    assert answer.headers["location"] == f"/api/v1/uploads/{found['id']}"
    assert found["file_name"] == "firms.csv"
    assert found["size"] == len(LIST)
    assert found["dialect"]["delimiter"] == ";"
    assert found["encoding"].startswith("utf-8")
    assert found["columns"] == ["Firm", "Web", "Note"]
    assert (found["column"], found["column_index"]) == ("Web", 1)
    assert (found["name_column"], found["name_column_index"]) == ("Firm", 0)
    assert found["first_rows"][0] == ["SAP", "https://www.sap.com/products?utm_source=x", "=1+1"]
    verdicts = [(verdict["domain"], verdict["rejection"]) for verdict in found["first_verdicts"]]
    assert verdicts[:2] == [("sap.com", None), ("siemens.com", None)]
    assert verdicts[3] == (None, "placeholder")
    assert idle.get(f"/api/v1/uploads/{found['id']}").json() == found


def test_columns_can_be_forced_and_are_named_so_that_they_are_found_again(idle: TestClient) -> None:
    content = b"site,site,\nx,sap.com,siemens.com\ny,bmw.com,basf.com\n"
    found = upload(idle, content, column="#3")
    assert (found["column"], found["column_index"]) == ("#3", 2)
    guessed = upload(idle, content)
    again = idle.post("/api/v1/runs/preview", json={"upload_id": guessed["id"], "column": guessed["column"]}).json()
    assert again["detection"]["column"] == guessed["column_index"]


def test_a_list_that_is_none_is_refused_and_forgotten(app: App, idle: TestClient) -> None:
    answer = idle.post("/api/v1/uploads", files={"file": ("logo.png", b"\x89PNG\r\n\x1a\n" + bytes(100))})
    assert "logo.png" in problem_of(answer, 422, "unreadable-input")["detail"]
    answer = idle.post("/api/v1/uploads", files={"file": ("firms.csv", LIST)}, data={"column": "Website"})
    assert "'Web'" in problem_of(answer, 422, "unreadable-input")["detail"]
    assert rows_in(app, uploads) == rows_in(app, upload_chunks) == 0


def test_a_missing_file_names_the_part(idle: TestClient) -> None:
    problem = problem_of(idle.post("/api/v1/uploads", data={"column": "a"}), 422, "invalid-request")
    assert [error["field"] for error in problem["errors"]] == ["body.file"]


def test_an_unknown_upload_is_a_problem(idle: TestClient) -> None:
    assert "nope" in problem_of(idle.get("/api/v1/uploads/nope"), 404, "not-found")["detail"]
    answer = idle.post("/api/v1/runs/preview", json={"upload_id": "nope"})
    problem_of(answer, 404, "not-found")


@pytest.mark.parametrize("has_length", [True, False])
def test_a_list_over_the_limit_is_refused(open_firmograph: Any, has_length: bool) -> None:
    content = b"domain\n" + b"sap.com\n" * 300_000
    form = io.BytesIO(
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="big.csv"\r\n\r\n' + content + b"\r\n--x--\r\n"
    )
    body: Any = form.getvalue() if has_length else iter(lambda: form.read(1 << 16), b"")
    with open_firmograph(max_upload_mb=1) as app:
        client = TestClient(create_web_app(app))
        answer = client.post(
            "/api/v1/uploads", content=body, headers={"content-type": "multipart/form-data; boundary=x"}
        )
        assert "1 MB" in problem_of(answer, 413, "payload-too-large")["detail"]
        just_over = client.post("/api/v1/uploads", files={"file": ("big.csv", content[: (1 << 20) + 10])})
        assert "big.csv" in problem_of(just_over, 413, "payload-too-large")["detail"]
        assert rows_in(app, uploads) == rows_in(app, upload_chunks) == 0
