"""A dry run prices a list, asks nobody, and keeps nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from .desk import Desk, companies, stats


def test_the_plan_is_priced_without_a_question(desk: Desk, sandbox: Callable[..., str]) -> None:
    base_url = sandbox()
    desk.use_sandbox(base_url)
    desk.write("list.csv", companies(60) + "Acme 0,acme-0000.com\nNobody,N/A\nMail,x@gmail.com\n")
    plan = desk.json("enrich", "list.csv", "--dry-run", "--json", "--waterfall", "explorium", "--budget", "10")
    assert plan["counts"] == {"records": 63, "accepted": 61, "rejected": 2, "duplicates": 1, "targets": 60}
    assert plan["rejections"] == {"placeholder": 1, "freemail": 1}
    (step,) = plan["steps"]
    assert step["questions"] == {"match": 60, "enrich_at_most": 60}
    assert (step["calls_at_most"], plan["credits"]["worst"]) == (4, 60.0)
    human = desk.run("enrich", "list.csv", "--dry-run", "--waterfall", "explorium").stdout.decode()
    assert "nothing was asked" in human
    assert "60 at worst" in human
    assert stats(base_url)["verbs"]["match"]["calls"] == 0
    assert desk.runs() == []
    with sqlite3.connect(desk.data_dir / "firmograph.db") as database:
        assert database.execute("SELECT count(*) FROM uploads").fetchone() == (0,)
    database.close()


def test_stored_answers_are_counted_as_fresh(desk: Desk, sandbox: Callable[..., str]) -> None:
    desk.use_sandbox(sandbox())
    desk.write("list.csv", companies(5))
    desk.run("enrich", "list.csv", "--waterfall", "explorium")
    plan = desk.json("enrich", "list.csv", "--dry-run", "--json", "--waterfall", "explorium")
    assert plan["steps"][0]["fresh"] == {"hits": 5, "misses": 0}
    assert plan["credits"]["worst"] == 0
