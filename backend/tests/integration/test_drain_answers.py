"""Answers that go wrong in their own ways, each from a scripted Explorium: what it costs, and whom."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import md5
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import select

from firmograph.app import App, open_app
from firmograph.config import load_settings
from firmograph.core.outcomes import RunState
from firmograph.db.models import calls, lookups
from firmograph.runs import service

from .driving import drain, report_of, rows_of, scripted, submit

LIST = [f"Firm {number},firm-{number}.com" for number in range(12)]


@pytest.fixture
def app(tmp_path: Any) -> Iterator[App]:
    settings = load_settings(read_dotenv=False, data_dir=tmp_path, explorium_api_key="key")
    opened = open_app(settings)
    yield opened
    opened.database.close()


class Script:
    """A contract-abiding Explorium in a function, with places to make it misbehave."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.bodies: list[tuple[str, list[Any]]] = []
        self.on_match: Callable[[list[dict[str, Any]]], httpx.Response | None] = lambda _items: None
        self.on_enrich: Callable[[list[str]], httpx.Response | None] = lambda _ids: None
        self.domains: dict[str, str] = {}

    def id_of(self, domain: str) -> str:
        business_id = md5(domain.encode(), usedforsecurity=False).hexdigest()
        self.domains[business_id] = domain
        return business_id

    def row(self, business_id: str) -> dict[str, Any]:
        domain = self.domains[business_id]
        data = {"business_id": business_id, "name": domain.split(".")[0], "website": f"https://{domain}"}
        return {"business_id": business_id, "data": {**data, "country_name": "germany"}}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        if request.url.path.endswith("/match"):
            items = body["businesses_to_match"]
            self.bodies.append(("match", items))
            special = self.on_match(items)
            if special is not None:
                return special
            rows = [{"input": item, "business_id": self.id_of(item["domain"])} for item in items]
            return httpx.Response(200, json=match_body(rows))
        ids = body["business_ids"]
        self.bodies.append(("enrich", ids))
        special = self.on_enrich(ids)
        return special or httpx.Response(200, json=enrich_body([self.row(i) for i in ids]))

    def sizes(self, verb: str) -> list[int]:
        return [len(items) for name, items in self.bodies if name == verb]


def match_body(rows: list[Any]) -> dict[str, Any]:
    return {"response_context": {}, "total_results": len(rows), "total_matches": 0, "matched_businesses": rows}


def enrich_body(rows: list[Any], credits_used: float | None = None) -> dict[str, Any]:
    body: dict[str, Any] = {"response_context": {"request_status": "success"}, "data": rows}
    if credits_used is not None:
        body["credit_usage"] = {"total_credits": credits_used, "total_results": len(rows)}
    return body


def run_with(app: App, script: Script, rows: list[str] | None = None, **request: Any) -> Any:
    run = submit(app, rows or LIST, **{"waterfall": ("explorium",), **request})
    return drain(app, run, make_providers=scripted(app, script))


def refuse(status: int, body: Any) -> httpx.Response:
    return httpx.Response(status, json=body)


def test_a_family_that_is_not_in_the_plan_is_switched_off_for_the_run(app: App) -> None:
    script = Script()
    script.on_enrich = lambda _ids: refuse(403, {"details": "Firmographics is not in your plan"})
    run = run_with(app, script, [*LIST, "SAP,sap.com"], waterfall=("explorium", "open_facts"))
    assert run.state is RunState.SUCCEEDED
    assert len(script.sizes("enrich")) == 1
    found = rows_of(app, run)
    assert (found["firm-1.com"]["outcome"], found["firm-1.com"]["reason"]) == ("skipped", "not_entitled")
    assert found["sap.com"]["outcome"] == "enriched"
    assert "plan" in run.switched_off["explorium"]
    script.on_enrich = lambda _ids: None
    with app.database.write() as connection:
        service.retry(connection, run, first_step=0, reasons=["not_entitled"], now=app.clock.now())
    run = drain(app, run, make_providers=scripted(app, script))
    assert run.counts["enriched"] == 13


def test_a_422_that_names_an_index_costs_that_item_only(app: App) -> None:
    script = Script()
    bad = script.id_of("firm-5.com")

    def on_enrich(ids: list[str]) -> httpx.Response | None:
        if bad not in ids:
            return None
        loc = ["body", "business_ids", ids.index(bad)]
        return refuse(422, {"detail": [{"loc": loc, "msg": "none is not an allowed value", "type": "x"}]})

    script.on_enrich = on_enrich
    run = run_with(app, script)
    found = rows_of(app, run)
    assert run.counts["enriched"] == 11
    assert (found["firm-5.com"]["outcome"], found["firm-5.com"]["reason"]) == ("failed", "provider_error")
    assert run.state is RunState.PARTIAL
    assert sum(script.sizes("enrich")) <= 12 + 11 + 2


def test_an_index_that_was_blamed_by_mistake_is_cured(app: App) -> None:
    script = Script()

    def on_enrich(ids: list[str]) -> httpx.Response | None:
        script.asked["enrich"] += 1
        if script.asked["enrich"] > 1:
            return None
        return refuse(422, {"detail": [{"loc": ["body", "business_ids", 3], "msg": "no", "type": "x"}]})

    script.on_enrich = on_enrich
    run = run_with(app, script)
    assert (run.state, run.counts["enriched"]) == (RunState.SUCCEEDED, 12)


def test_a_422_that_names_nobody_is_halved_down_to_the_bad_one(app: App) -> None:
    script = Script()

    def on_match(items: list[dict[str, Any]]) -> httpx.Response | None:
        if any(item["domain"] == "firm-7.com" for item in items):
            return refuse(422, {"detail": "something is wrong"})
        return None

    script.on_match = on_match
    run = run_with(app, script)
    assert run.counts["enriched"] == 11
    assert rows_of(app, run)["firm-7.com"]["reason"] == "provider_error"
    assert len(script.sizes("match")) <= 2 * 12


def test_ids_that_are_none_are_never_sent(app: App) -> None:
    script = Script()

    def on_match(items: list[dict[str, Any]]) -> httpx.Response:
        odd = ["NOT-HEX", "", "8ADCE3CA1CEF0C986B22310E369A0793", "None", 17]
        rows = [{"input": item, "business_id": odd[place % 5]} for place, item in enumerate(items)]
        rows[6]["business_id"] = script.id_of(items[6]["domain"])
        return httpx.Response(200, json=match_body(rows))

    script.on_match = on_match
    run = run_with(app, script)
    assert script.sizes("enrich") == [1]
    assert (run.counts["enriched"], run.counts["no_match"]) == (1, 11)
    with app.database.read() as connection:
        notes = connection.execute(select(lookups.c.note).where(lookups.c.note.is_not(None))).scalars().all()
    assert any("32" in note for note in notes)


def test_every_shape_of_nothing_is_a_miss(app: App) -> None:
    script = Script()

    def on_enrich(ids: list[str]) -> httpx.Response:
        rows: list[Any] = [script.row(i) for i in ids[4:]]
        rows += [{"business_id": ids[1]}, {"business_id": ids[2], "data": None}]
        rows += [{"business_id": ids[3], "data": {"business_id": ids[3], "name": None, "website": ""}}]
        return httpx.Response(200, json=enrich_body(rows, credits_used=len(ids) - 4))

    script.on_enrich = on_enrich
    run = run_with(app, script)
    assert (run.counts["enriched"], run.counts["no_match"]) == (8, 4)
    found = rows_of(app, run)
    assert {found[f"firm-{n}.com"]["reason"] for n in range(4)} == {"no_data"}
    assert run.credits_spent == 8
    assert sum(row["credits"] for row in found.values()) == 8


def test_a_bill_for_more_than_the_rows_is_kept_whole(app: App) -> None:
    script = Script()
    script.on_enrich = lambda ids: httpx.Response(
        200, json=enrich_body([script.row(i) for i in ids[:3]], credits_used=10)
    )
    run = run_with(app, script)
    assert run.credits_spent == 10
    with app.database.read() as connection:
        remainder = connection.execute(select(calls.c.credits_remainder)).scalars().all()
    assert sum(row["credits"] for row in rows_of(app, run).values()) + sum(remainder) == pytest.approx(10)


def test_a_broken_answer_is_asked_again_twice_and_booked_as_perhaps_charged(app: App) -> None:
    script = Script()
    script.on_enrich = lambda _ids: httpx.Response(200, text='{"data": [{"busi')
    run = run_with(app, script)
    assert (run.state, run.counts["failed"]) == (RunState.FAILED, 12)
    assert {row["reason"] for row in rows_of(app, run).values()} == {"bad_answer"}
    assert sum(script.sizes("enrich")) == 36
    assert (run.credits_spent, run.credits_uncertain, run.credits_reserved) == (0, 36, 0)


def test_a_short_match_answer_is_not_zipped_by_place(app: App) -> None:
    script = Script()

    def on_match(items: list[dict[str, Any]]) -> httpx.Response | None:
        script.asked["match"] += 1
        if script.asked["match"] > 1:
            return None
        rows = [{"input": item, "business_id": script.id_of(item["domain"])} for item in items]
        return httpx.Response(200, json=match_body(rows[3:]))

    script.on_match = on_match
    run = run_with(app, script)
    assert script.sizes("match") == [12, 3]
    found = rows_of(app, run)
    assert all(found[f"firm-{n}.com"]["website"] == f"https://firm-{n}.com" for n in range(12))
    assert run.counts["enriched"] == 12


def test_one_id_for_several_domains_is_paid_once_and_judged_apart(app: App) -> None:
    script = Script()
    shared = script.id_of("firm-0.com")
    script.on_match = lambda items: httpx.Response(
        200, json=match_body([{"input": item, "business_id": shared} for item in items])
    )
    run = run_with(app, script, ["Alpha,firm-0.com", "Beta,other-one.com", "Gamma,third-one.com"])
    assert script.sizes("enrich") == [1]
    found = rows_of(app, run)
    assert (found["firm-0.com"]["outcome"], found["firm-0.com"]["match_confidence"]) == ("enriched", "high")
    assert (found["third-one.com"]["reason"], found["third-one.com"]["match_confidence"]) == ("low_confidence", "low")
    assert run.credits_spent == 1


def test_a_low_match_is_shown_and_fills_nothing_unless_accepted(app: App) -> None:
    script = Script()

    def on_enrich(ids: list[str]) -> httpx.Response:
        rows = [script.row(i) for i in ids]
        for row in rows:
            row["data"] |= {"website": "https://elsewhere.com", "name": "Elsewhere Holdings"}
        return httpx.Response(200, json=enrich_body(rows))

    script.on_enrich = on_enrich
    run = run_with(app, script)
    row = rows_of(app, run)["firm-1.com"]
    assert (row["outcome"], row["reason"], row["match_confidence"]) == ("no_match", "low_confidence", "low")
    assert (row["name"], row["country_code"], row["credits"]) == (None, None, 1)
    assert "elsewhere.com" in " ".join(row["match_reasons"])
    accepting = run_with(app, script, accept_low=True)
    row = rows_of(app, accepting)["firm-1.com"]
    assert (row["outcome"], row["name"], row["match_confidence"]) == ("enriched", "Elsewhere Holdings", "low")
    assert accepting.credits_spent == 0


def test_a_provider_that_breaks_inside_costs_an_attempt_and_no_lease(app: App) -> None:
    script = Script()

    def on_match(_items: list[dict[str, Any]]) -> httpx.Response | None:
        script.asked["match"] += 1
        if script.asked["match"] == 1:
            raise RuntimeError("a bug")
        return None

    script.on_match = on_match
    run = run_with(app, script)
    assert run.counts["enriched"] == 12


def test_a_company_without_any_wanted_value_says_so(app: App) -> None:
    script = Script()
    run = run_with(app, script, LIST, fields=("ticker",))
    assert {(row["outcome"], row["reason"]) for row in rows_of(app, run).values()} == {("no_match", "no_data")}
    assert report_of(app, run)["sources"] == []


def test_a_priced_match_counts_against_the_budget(app: App) -> None:
    script = Script()

    def on_match(items: list[dict[str, Any]]) -> httpx.Response:
        rows = [{"input": item, "business_id": script.id_of(item["domain"])} for item in items]
        body = match_body(rows) | {"credit_usage": {"total_credits": 0.5 * len(items), "total_results": len(items)}}
        return httpx.Response(200, json=body)

    script.on_match = on_match
    run = submit(app, LIST, waterfall=("explorium",), budget=7.5)
    run = drain(app, run, make_providers=scripted(app, script, match_credits=0.5))
    assert (run.state, run.reason) == (RunState.PAUSED, "budget_used_up")
    assert sum(script.sizes("match")) == 12
    assert run.credits_spent == 12 * 0.5 + 1
    assert run.counts["enriched"] == 1


def test_trouble_in_the_database_leaves_nothing_held(app: App) -> None:
    """An answer that can't be written ends the drain, not the run: leases are freed, and it goes on when it can."""
    script = Script()

    def on_enrich(_ids: list[str]) -> httpx.Response | None:
        script.asked["enrich"] += 1
        with app.database.write() as connection:
            if script.asked["enrich"] == 1:
                connection.exec_driver_sql(
                    "CREATE TRIGGER trouble BEFORE INSERT ON lookups BEGIN SELECT RAISE(ABORT, 'trouble'); END"
                )
            else:
                connection.exec_driver_sql("DROP TRIGGER IF EXISTS trouble")
        return None

    script.on_enrich = on_enrich
    run = run_with(app, script)
    assert (run.state, run.counts["enriched"]) == (RunState.SUCCEEDED, 12)
    assert script.sizes("match") == [12]
    assert script.sizes("enrich") == [12, 12]
    assert (run.credits_spent, run.credits_uncertain, run.credits_reserved) == (12, 12, 0)
