"""A list before its run, through the API: what was understood, each changeable, and what its first rows mean."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from .api_calls import problem_of, start, upload, wait_for

POLISH = "Firma|Strona\nŁódzka|https://lodz-zakłady.pl\nSAP|sap.com\nSAP SE|www.sap.com\nX|n/a\n".encode("cp1250")


def preview(client: TestClient, **wanted: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/runs/preview", json=wanted)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_what_was_understood_can_be_changed_and_the_run_keeps_it(client: TestClient) -> None:
    uploaded = upload(client, POLISH, "firmy.csv")
    told = {"encoding": "cp1250", "delimiter": "|", "has_header": True, "column": "Strona", "name_column": "Firma"}
    planned = preview(client, upload_id=uploaded["id"], **told)
    assert (planned["encoding"], planned["columns"]) == ("cp1250", ["Firma", "Strona"])
    assert (planned["column"], planned["column_index"], planned["name_column"]) == ("Strona", 1, "Firma")
    assert planned["dialect"]["is_encoding_given"]
    assert [row["cells"][0] for row in planned["rows"]] == ["Łódzka", "SAP", "SAP SE", "X"]
    assert [row["domain"] for row in planned["rows"]][1:] == ["sap.com", "sap.com", None]
    assert [row["duplicate_of"] for row in planned["rows"]] == [None, None, 2, None]
    assert planned["rows"][3]["rejection"] == "placeholder"
    without = preview(client, upload_id=uploaded["id"], delimiter="|", has_header=False)
    assert without["counts"]["records"] == planned["counts"]["records"] + 1

    run = start(client, upload_id=uploaded["id"], **told)
    wait_for(client, run["id"])
    records = client.get(f"/api/v1/runs/{run['id']}/records").json()["items"]
    assert records[0]["cells"] == ["Łódzka", "https://lodz-zakłady.pl"]


def test_an_upload_and_a_form_take_the_same(idle: TestClient) -> None:
    uploaded = upload(idle, POLISH, "firmy.csv", encoding="cp1250", delimiter="|", has_header="true", column="")
    assert uploaded["first_rows"][0][0] == "Łódzka"
    form = {"encoding": "cp1250", "delimiter": "|"}
    answer = idle.post("/api/v1/runs/preview", files={"file": ("firmy.csv", POLISH)}, data=form)
    assert answer.json()["rows"][0]["cells"][0] == "Łódzka"
    tabs = idle.post("/api/v1/runs/preview", files={"file": ("a.txt", b"a\tsap.com\n")}, data={"delimiter": "tab"})
    assert tabs.json()["rows"][0]["cells"] == ["a", "sap.com"]


def test_what_is_stored_is_marked_fresh(client: TestClient) -> None:
    wait_for(client, start(client, domains=["sap.com"], waterfall=["explorium"])["id"])
    planned = preview(client, domains=["siemens.com", "sap.com"], waterfall=["explorium"])
    assert [row["is_fresh"] for row in planned["rows"]] == [False, True]
    assert planned["fresh"] == 1
    assert planned["credits"]["worst"] == 1


def test_warnings_say_what_to_look_at(idle: TestClient) -> None:
    def kinds(content: bytes, **wanted: Any) -> list[str]:
        body = {"upload_id": upload(idle, content)["id"], **wanted}
        return [warning["kind"] for warning in preview(idle, **body)["warnings"]]

    assert kinds(b"site,name,enriched_note,name\nsap.com,SAP,x,y,z\n", waterfall=["open_facts"]) == [
        "repeated_columns",
        "replaced_columns",
        "wide_rows",
    ]
    assert kinds(b"site\nn/a\n-\nnone\nsap.com\n", waterfall=["open_facts"]) == ["many_rejected"]
    assert kinds(b"site\nsap.com\nsiemens.com\n", budget=1) == ["sandbox", "budget"]
    assert kinds(b"site\nn/a\n", column="site", waterfall=["open_facts"]) == ["nothing_accepted"]


def test_the_sample_can_be_tried(idle: TestClient) -> None:
    answer = idle.post("/api/v1/uploads/sample")
    assert answer.status_code == 201
    uploaded = answer.json()
    assert uploaded["file_name"] == "companies.csv"
    planned = preview(idle, upload_id=uploaded["id"])
    assert len(planned["rows"]) == 20
    assert planned["counts"]["accepted"] > planned["counts"]["rejected"] > 0


def test_errors_say_where_and_what_to_do(idle: TestClient) -> None:
    broken = {"file": ("x.csv", b'name,site\nSAP,sap.com\nx,"open\n')}
    found = problem_of(idle.post("/api/v1/uploads", files=broken), 422, "unreadable-input")
    assert (found["line"], found["column"]) == (3, 2)
    assert "Close or remove it" in found["detail"]
    body = {"upload_id": upload(idle)["id"], "encoding": "klingon"}
    problem_of(idle.post("/api/v1/runs/preview", json=body), 400, "bad-request")
    problem_of(idle.post("/api/v1/uploads", files=broken, data={"has_header": "perhaps"}), 422, "invalid-request")
