"""Ids outlive the process when there is a file for them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from firmograph.errors import SettingsError
from firmograph.sandbox.registry import IdRegistry

ID = "8adce3ca1cef0c986b22310e369a0793"


def test_an_id_is_known_once_remembered() -> None:
    with closing(IdRegistry(None)) as registry:
        registry.remember([(ID, "acme.de"), (ID, "acme.de")])
        assert registry.domains_of([ID, "0" * 32]) == {ID: "acme.de"}
        assert registry.domains_of([]) == {}


def test_a_file_is_read_again_even_while_another_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "ids.sqlite3"
    with closing(IdRegistry(path)) as first, closing(IdRegistry(path)) as second:
        first.remember([(ID, "acme.de")])
        assert second.domains_of([ID]) == {ID: "acme.de"}


def test_an_unusable_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are notes and no database, " * 50)
    with pytest.raises(SettingsError, match=r"notes\.txt"):
        IdRegistry(path)


@pytest.mark.parametrize("verb", ["enrich", "bulk_enrich"])
def test_a_sandbox_started_again_gives_the_same_answers(bench: Callable[..., Any], tmp_path: Path, verb: str) -> None:
    domains = [f"firm{number}.de" for number in range(50)]
    before = bench(state_path=tmp_path / "ids.sqlite3", no_data_rate=0.2)
    ids = list(dict.fromkeys(before.match(*domains)))
    after = bench(state_path=tmp_path / "ids.sqlite3", no_data_rate=0.2)
    told = [each.ask(verb, {"business_ids": ids})[1] for each in (before, after)]
    assert told[0]["data"] == told[1]["data"]
    assert after.match(*domains) == before.match(*domains)
