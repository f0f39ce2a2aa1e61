"""What can't work ends with code 2 and one clear message, before anything is asked or kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from .desk import Desk, errors

LIST = "Company,Website\nNike,nike.com\n"
REFUSALS = {
    "unknown column": (["list.csv", "--column", "URL"], ["list.csv", "'URL'", "'Website'"]),
    "the input itself": (["list.csv", "-o", "./list.csv"], ["the input itself"]),
    "unknown option": (["list.csv", "--colour", "red"], ["--colour"]),
}


@pytest.mark.parametrize(("arguments", "words"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_says_what_and_where(desk: Desk, arguments: list[str], words: list[str]) -> None:
    desk.write("list.csv", LIST)
    done = desk.run("enrich", *arguments, expect=2)
    said = errors(done)
    assert [word for word in words if word not in said] == []
    assert "Traceback" not in said
    assert done.stdout == b""
    assert (desk.folder / "list.csv").read_text() == LIST


def test_nothing_is_kept_of_a_list_that_was_refused(desk: Desk) -> None:
    desk.write("list.csv", LIST)
    desk.run("enrich", "list.csv", "--column", "URL", expect=2)
    assert desk.runs() == []
    assert not list(Path(desk.folder).glob("list.enriched*"))


def test_a_list_that_breaks_off_names_the_place(desk: Desk) -> None:
    lines = [f'{{"site": "a{n}.com"}}\n' for n in range(20_000)]
    lines[18_000] = '{"site": broken\n'
    desk.write("list.jsonl", "".join(lines))
    done = desk.run("enrich", "list.jsonl", "-o", "out.jsonl", expect=2)
    assert "18,001" in errors(done) or "18001" in errors(done)
    assert desk.only_run()["state"] == "failed"


def test_an_unusable_data_directory_and_an_unknown_setting_are_named(desk: Desk) -> None:
    desk.write("list.csv", LIST)
    desk.write("data", "in the way")
    assert "FIRMOGRAPH_DATA_DIR" in errors(desk.run("runs", "list", expect=2))
    desk.settings["FIRMOGRAPH_COLOUR"] = "red"
    assert "FIRMOGRAPH_COLOUR" in errors(desk.run("runs", "list", expect=2))


def test_a_broken_database_is_no_traceback(desk: Desk) -> None:
    desk.data_dir.mkdir()
    (desk.data_dir / "firmograph.db").write_bytes(b"this is no database, whatever its name says" * 100)
    said = errors(desk.run("runs", "list", expect=2))
    assert "firmograph.db" in said
    assert "Traceback" not in said
