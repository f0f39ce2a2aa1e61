"""A list in, the same list out, in every format, through the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import python_calamine
import xlsxwriter
from pyarrow import parquet

from .desk import Desk, errors, rows_of, run_of

MESSY = (
    "\ufeffName;Site;Note;Note\r\n"
    'Microsoft;https://www.microsoft.com/de-de/?utm_source=x;"two\r\nlines; here";-10 %\r\n'
    "SAP SE;WWW.SAP.COM;=1+1;+49 30 1\r\n"
    "\r\n"
    "SAP again;info@sap.com;;\r\n"
    "Nobody;N/A;;;surplus\r\n"
    "Short;10.1.2.3\r\n"
)


def test_a_messy_csv_comes_back_cell_by_cell_with_its_verdicts(desk: Desk) -> None:
    desk.write("list.csv", MESSY)
    done = desk.run("enrich", "list.csv", "-o", "out.csv")
    written = (desk.folder / "out.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""), delimiter=";"))
    header, body = rows[0], rows[1:]
    assert header[:5] == ["Name", "Site", "Note", "Note", "extra_1"]
    originals = list(csv.reader(io.StringIO(MESSY.removeprefix("\ufeff"), newline=""), delimiter=";"))[1:]
    originals = [row for row in originals if row]
    assert [row[:5] for row in body] == [[*row, "", "", "", "", ""][:5] for row in originals]
    domain, outcome, reason = (header.index(f"enriched_{name}") for name in ("domain", "outcome", "reason"))
    assert [row[domain] for row in body] == ["microsoft.com", "sap.com", "sap.com", "", ""]
    assert [row[outcome] for row in body] == ["enriched", "enriched", "enriched", "rejected", "rejected"]
    assert [row[reason] for row in body][3:] == ["placeholder", "ip_address"]
    assert b"open_facts" in done.stdout
    assert b"5 submitted = 3 accepted + 2 rejected" in done.stdout


def test_without_an_output_the_file_lies_beside_the_input_and_the_input_stays(desk: Desk) -> None:
    content = "Company,Website\nNike,nike.com\n"
    path = desk.write("list.csv", content)
    desk.run("enrich", "list.csv")
    assert path.read_text() == content
    (row,) = rows_of(desk.folder / "list.enriched.csv")
    assert (row["Company"], row["enriched_domain"], row["enriched_outcome"]) == ("Nike", "nike.com", "enriched")
    assert sorted(p.name for p in desk.folder.iterdir() if p.name != "data") == ["list.csv", "list.enriched.csv"]


def test_json_lines_keep_their_types_and_the_report_is_json_alone_on_standard_output(desk: Desk) -> None:
    lines = [
        {"site": "https://www.nokia.com/x", "id": 7, "tags": ["a", None], "vip": True},
        {"site": None, "id": 8.5},
    ]
    desk.write("list.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    report = desk.json("enrich", "list.jsonl", "-o", "out.jsonl", "--json", "--column", "site")
    written = [json.loads(line) for line in (desk.folder / "out.jsonl").read_text().splitlines()]
    assert [{key: row[key] for key in line} for row, line in zip(written, lines, strict=True)] == lines
    assert [row["enriched_outcome"] for row in written] == ["enriched", "rejected"]
    counts = report["run"]["counts"]
    assert counts["records"] == counts["accepted"] + counts["rejected"] == 2
    assert counts["targets"] == sum(counts[name] for name in ("enriched", "no_match", "failed", "skipped", "pending"))
    assert report["match_rate"]["records"] == {"count": 1, "of": 1, "share": 1.0}


def test_a_plain_list_through_standard_streams_leaves_only_the_file_on_standard_output(desk: Desk) -> None:
    done = desk.run("enrich", "-", stdin=b"puma.com\nhttps://www.adidas.com/de\n\nnot a company\n")
    rows = rows_of(done.stdout)
    assert [row["enriched_domain"] for row in rows] == ["puma.com", "adidas.com", ""]
    assert "Match rate" in errors(done)
    # the same list to a file, with who said what
    desk.run("enrich", "-", "-o", "out.csv", "--provenance", "--fields", "name,ticker", stdin=b"puma.com\n")
    (row,) = rows_of(desk.folder / "out.csv")
    assert row["enriched_name_provider"] == "open_facts"
    assert row["enriched_name_observed_at"]
    assert "enriched_industry" not in row


def test_a_workbook_comes_back_as_one_and_as_parquet(desk: Desk) -> None:
    path = desk.folder / "list.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Leads")
        for at, row in enumerate([["Company", "Web"], ["Nokia", "www.nokia.com"], ["-", "-"]]):
            sheet.write_row(at, 0, row)
    run = run_of(errors(desk.run("enrich", "list.xlsx")))
    written = python_calamine.load_workbook(str(desk.folder / "list.enriched.xlsx")).get_sheet_by_index(0).to_python()
    header, first, second = written
    assert header[:3] == ["Company", "Web", "enriched_domain"]
    assert first[:4] == ["Nokia", "www.nokia.com", "nokia.com", "enriched"]
    assert second[3] == "rejected"
    desk.run("runs", "export", run[-8:], "-o", "out.parquet", "--provenance")
    table = parquet.read_table(desk.folder / "out.parquet").to_pylist()
    assert [row["enriched_outcome"] for row in table] == ["enriched", "rejected"]
    assert table[0]["enriched_name_provider"] == "open_facts"


def test_columns_of_an_earlier_enrichment_are_replaced_and_the_report_says_so(desk: Desk) -> None:
    desk.write("list.csv", "enriched_domain,site,enriched_by\nstale.example,nike.com,me\n")
    done = desk.run("enrich", "list.csv", "-o", "out.csv", "--column", "site")
    (row,) = rows_of(desk.folder / "out.csv")
    assert row["enriched_domain"] == "nike.com"
    assert row["enriched_by"] == "me"
    assert b"Replaced" in done.stdout
    assert b"enriched_domain" in done.stdout


def test_an_output_keeps_its_mode_and_a_link_stays_a_link(desk: Desk, tmp_path: Path) -> None:
    real = desk.write("real.csv", "old")
    real.chmod(0o640)
    (tmp_path / "link.csv").symlink_to(real)
    desk.run("enrich", "-", "-o", "link.csv", stdin=b"nike.com\n")
    assert (tmp_path / "link.csv").is_symlink()
    assert rows_of(real)[0]["enriched_domain"] == "nike.com"
    assert real.stat().st_mode & 0o777 == 0o640
