"""What the API's tests do again and again: upload, start, wait, and read a problem."""

from __future__ import annotations

import time
from typing import Any

from starlette.testclient import TestClient

ENDED = {"succeeded", "partial", "failed", "cancelled"}
LIST = (
    b"Firm;Web;Note\r\n"
    b"SAP;https://www.sap.com/products?utm_source=x;=1+1\r\n"
    b"Siemens;siemens.com;+49 89\r\n"
    b'SAP again;WWW.SAP.COM;"two\r\nlines"\r\n'
    b"Nobody;n/a;\r\n"
    b"Page;https://www.linkedin.com/company/acme;\r\n"
    b"Mail;someone@gmail.com;\r\n"
    b"Small;nordwind-logistik-7431.de;\r\n"
)
COUNTED = {"records": 7, "accepted": 4, "rejected": 3, "duplicates": 1, "targets": 3}


def upload(client: TestClient, content: bytes = LIST, name: str = "firms.csv", **form: str) -> dict[str, Any]:
    answer = client.post("/api/v1/uploads", files={"file": (name, content)}, data=form)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def start(client: TestClient, **wanted: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/runs", json=wanted)
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


def wait_for(client: TestClient, run_id: str, states: set[str] | None = None, *, seconds: float = 15) -> dict[str, Any]:
    """The run once it is in one of the states (by default an end)."""
    deadline = time.monotonic() + seconds
    run: dict[str, Any] = {}
    while time.monotonic() < deadline:
        run = client.get(f"/api/v1/runs/{run_id}").json()
        if run["state"] in (states or ENDED):
            return run
        time.sleep(0.02)
    raise AssertionError(f"the run is {run.get('state')}: {run.get('detail')}")


def problem_of(answer: Any, status: int, kind: str) -> dict[str, Any]:
    """The answer as the problem it has to be."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = dict(answer.json())
    assert problem["type"] == f"/problems/{kind}"
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    return problem
