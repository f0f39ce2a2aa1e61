"""Which column names the company: guessed from headers and cells, or forced."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from firmograph.errors import UnreadableInput
from firmograph.intake.detect import Detection

from .lists import List

Read = Callable[..., List]


def _table(header: str, *rows: str, repeat: int = 1) -> str:
    return "\n".join([header, *(row.format(i) for i in range(repeat) for row in rows)]) + "\n"


@pytest.mark.parametrize(
    ("header", "row", "site", "name"),
    [
        ("Title,rating,phone,website", "Adarsh Travels {0},4.8,+91 8750{0},https://a{0}.com/", 3, 0),
        ("company_name,company_domain,pais,company_url_raw", "AERIS {0},a{0}.com,México,https://a{0}.com/es", 1, 0),
        ("Category,Company,Website", "NFT,Art {0},https://a{0}.io/", 2, 1),
        ("exhibitor_name,website", "Tours {0},www.a{0}.in", 1, 0),
        (
            "Organization Name,Organization Name URL,Website",
            "C{0},https://www.crunchbase.com/organization/{0},c{0}.com",
            2,
            0,
        ),
        ("name,url,homepage_url", "C{0},https://www.fair.com/exhibitor/{0},c{0}.com", 2, 0),
        ("Firma,Site Web,EntrepriseContactEmail", "C{0},c{0}.fr,a@other{0}.fr", 1, 0),
        ("nom,EntrepriseContactSiteWeb", "C {0},c{0}.fr", 1, 0),
        (",Account Name,Company Domain Name ", "{0},Corp {0},c{0}.com", 2, 1),
        (
            "Company,LinkedIn,Logo",
            "c{0}.com,https://linkedin.com/company/c{0},https://logo.example.org/{0}.png",
            0,
            None,
        ),
        ("company.name,company.domain", "Corp {0},c{0}.com", 1, 0),
        (
            "First Name,Title,Company,Company Name for Emails,Email,Website",
            "Jo,CEO,A{0} Inc,A{0},j@a{0}.com,http://a{0}.com",
            5,
            2,
        ),
        ("Name,Notes,Domain", "C{0},see also www.other{0}.com for more,c{0}.com", 2, 0),
    ],
)
def test_guess(read: Read, header: str, row: str, site: int, name: int | None) -> None:
    detection = read(_table(header, row, repeat=8)).detection
    assert (detection.column, detection.name_column) == (site, name)
    assert "column" in detection.guesses


def test_site_column_may_be_sparse(read: Read) -> None:
    rows = ["A{0},N/A,a@b{0}.com", "B{0},,a@c{0}.com", "C{0},c{0}.com,a@d{0}.com"]
    assert read(_table("Name,Website,Email", *rows, repeat=5)).detection.column == 1


def test_site_column_of_profiles_stays_the_site_column(read: Read) -> None:
    found = read("Name,Website\nA,instagram.com/a\nB,https://www.linkedin.com/company/b\nC,N/A\n")
    assert found.detection.column == 1
    assert found.keys == [None, None, None]


def test_email_addresses_do_where_there_is_no_site(read: Read) -> None:
    assert read("Name,Email\nJo,jo@acme.com\nBo,bo@gmail.com\n").keys == ["acme.com", None]


def test_same_company_again_and_again_is_no_directory(read: Read) -> None:
    found = read("website\nhttps://acme.com/a\nhttps://acme.com/b\nACME.com\nwww.acme.com/x\nacme.com?q=1\n")
    assert set(found.keys) == {"acme.com"}


@pytest.mark.parametrize(
    ("content", "has_header"),
    [
        ("Acme,acme.com\nGlobex,globex.com\n", False),
        ("Acme,N/A\nGlobex,globex.com\nInitech,initech.com\n", False),
        ("acme.com\nglobex.com\n", False),
        ("Acme\nglobex.com\n", False),
        ("website\nacme.com\n", True),
        ("Our partners\nacme.com\nglobex.com\ninitech.com\n", True),
        ("a,b\nx,acme.com\n", True),
        ("Company,Website\n", True),
    ],
)
def test_header_or_not(read: Read, content: str, has_header: bool) -> None:
    assert read(content).detection.dialect.has_header is has_header


def test_columns_of_a_table_without_header_have_numbers(read: Read) -> None:
    found = read("Acme,acme.com\nGlobex,globex.com\n")
    assert found.detection.columns == ["column_1", "column_2"]
    assert (found.detection.column, found.detection.name_column) == (1, 0)
    assert len(found.records) == 2


@pytest.mark.parametrize("asked", [" Web Page ", "web page", "#2"])
def test_forced_column(read: Read, asked: str) -> None:
    found = read("Company, Web Page ,Website\nAcme,acme.com,other.com\n", column=asked, name_column="company")
    assert found.keys == ["acme.com"]
    assert found.records[0].company is not None
    assert found.records[0].company.name == "Acme"
    assert found.detection.guesses["column"] == "as asked"


@pytest.mark.parametrize("asked", ["Foo", "#3", "#0", "#x"])
def test_unknown_column_lists_those_there_are(read: Read, asked: str) -> None:
    with pytest.raises(UnreadableInput, match=rf"list\.csv has no column '{asked}'.*#1 'Company', #2 'Web'"):
        read("Company,Web\nAcme,acme.com\n", column=asked)


def test_no_usable_column_lists_those_there_are(read: Read) -> None:
    with pytest.raises(UnreadableInput, match=r"--column\. Its columns are: #1 'a', #2 'b'"):
        read("a,b\n1,2\n3,4\n")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b" \r\n\n", "is empty"),
        (b"\x89PNG\r\n\x1a\n", "PNG image"),
        (b"%PDF-1.7", "PDF document"),
        (bytes(range(256)) * 8, "binary file"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"\x1f\x8b\x08", "gzip"),
    ],
)
def test_what_is_no_list_is_refused(read: Read, content: bytes, why: str) -> None:
    with pytest.raises(UnreadableInput, match=rf"^x\.csv .*{why}"):
        read(content, "x.csv")


def test_detection_is_plain_json(read: Read) -> None:
    import json

    for content in ("Company,Website\nAcme,acme.com\n", '{"website":"acme.com","n":[1]}\n', "acme.com\n"):
        detection = read(content).detection
        assert Detection.from_json(json.loads(json.dumps(detection.to_json()))) == detection
