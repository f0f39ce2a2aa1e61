"""Rows become records: what each is asked about, and what rescues a row without a site."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pytest

from firmograph.core.company import CompanyKey
from firmograph.core.outcomes import Rejection
from firmograph.errors import UnreadableInput
from firmograph.intake.detect import detect
from firmograph.intake.read import BY_LINKEDIN, BY_NAME, read_records

from .lists import List, opener

Read = Callable[..., List]


def test_company_is_keyed_by_its_domain(read: Read) -> None:
    found = read("Company,Website\n  Acme  ,https://www.acme.com/x\nN/A,ACME.com\n")
    assert [record.company for record in found.records] == [
        CompanyKey(key="acme.com", domain="acme.com", name="Acme"),
        CompanyKey(key="acme.com", domain="acme.com"),
    ]
    assert found.records[0].input == "https://www.acme.com/x"
    assert found.cells[0] == ["  Acme  ", "https://www.acme.com/x"]


def test_linkedin_column_is_sent_along_and_rescues(read: Read) -> None:
    found = read(
        "Company,Website,LinkedIn\n"
        "Acme,acme.com,https://www.linkedin.com/company/acme\n"
        "B,,linkedin.com/company/B-Corp/\n"
        "C,linkedin.com/company/c,\n"
        "D,N/A,https://www.linkedin.com/in/d\n"
    )
    page = "https://www.linkedin.com/company/"
    assert [record.company for record in found.records] == [
        CompanyKey(key="acme.com", domain="acme.com", name="Acme", linkedin_url=page + "acme"),
        CompanyKey(key="linkedin:b-corp", name="B", linkedin_url=page + "b-corp"),
        None,
        None,
    ]
    assert [record.note for record in found.records][1] == BY_LINKEDIN
    assert [record.rejection for record in found.records][2:] == [Rejection.SOCIAL_PROFILE, Rejection.PLACEHOLDER]


def test_linkedin_pages_alone_do(read: Read) -> None:
    found = read("Name,LinkedIn\nAcme,https://www.linkedin.com/company/acme\nB,https://linkedin.com/company/b\n")
    assert found.keys == ["linkedin:acme", "linkedin:b"]


def test_forced_linkedin_column_counts_by_its_pages(read: Read) -> None:
    found = read("Website,Profile\nx.com,https://www.linkedin.com/company/acme\n", column="Profile")
    assert found.keys == ["linkedin:acme"]


def test_names_alone_need_leave(read: Read) -> None:
    with pytest.raises(UnreadableInput, match="--allow-name-only"):
        read("Company,City\nAcme,Paris\n")
    found = read("Company,City\nAcme  Corp,Paris\nN/A,X\nX,Y\n", allow_name_only=True)
    assert found.keys == ["name:acme corp", None, "name:x"]
    assert (found.records[0].note, found.records[1].rejection) == (BY_NAME, Rejection.EMPTY)


def test_name_stands_in_for_a_missing_site_only(read: Read) -> None:
    content = "Company,Website\nAcme,acme.com\nB,N/A\nC,\nD,instagram.com/d\nE,nonsense\n"
    assert read(content, allow_name_only=True).keys == ["acme.com", "name:b", "name:c", None, None]
    assert read(content).keys == ["acme.com", None, None, None, None]


def test_list_of_names(read: Read) -> None:
    content = "Acme, Inc.\nBar\nN/A\nglobex.com\n"
    found = read(content, allow_name_only=True)
    assert found.keys == ["name:acme, inc.", "name:bar", None, "globex.com"]
    assert found.records[3].company == CompanyKey(key="globex.com", domain="globex.com")
    assert [record.rejection for record in read(content).records][:2] == [Rejection.NOT_A_DOMAIN] * 2


def test_long_name_is_cut_for_sending_only(read: Read) -> None:
    found = read(f"Company,Website\n{'n' * 300},acme.com\n")
    assert found.records[0].company is not None
    assert len(found.records[0].company.name or "") == 256
    assert len(found.cells[0][0]) == 300


def test_exactly_one_of_company_and_rejection(read: Read) -> None:
    found = read("Company,Website\nA,a.com\nB\nC,gob.mx\n,\n")
    assert all((record.company is None) != (record.rejection is None) for record in found.records)


def test_memory_does_not_grow_with_the_list() -> None:
    def peak(rows: int) -> int:
        source = opener("Company,Website\n" + "".join(f"C{i},https://c{i % 50}.com/x\n" for i in range(rows)))
        detection = detect(source, file_name=None)
        tracemalloc.start()
        try:
            assert sum(1 for _ in read_records(source, detection)) == rows
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1_000)
    assert peak(20_000) < peak(5_000) + (1 << 20)
