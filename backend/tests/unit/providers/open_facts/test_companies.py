"""Records joined to companies and found again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from firmograph.providers.open_facts.companies import Companies

MakeRecord = Callable[..., dict[str, Any]]


def record_at(companies: Companies, domain: str, name: str | None = None) -> Any:
    found = companies.at_domain(domain, name=name)
    assert found.provider_id is not None
    known = companies.with_id(found.provider_id)
    assert known is not None
    return known[0].record


def test_a_company_is_found_at_every_host_it_names(make_record: MakeRecord) -> None:
    record = make_record("Birne SE", site="www.Birne.com (corporate) birne-shop.co.uk (retail)", article="Birne")
    companies = Companies([record])
    assert companies.at_domain("birne.com", name=None).provider_id == "Birne"
    second = companies.at_domain("birne-shop.co.uk", name=None)
    assert second.provider_id == "Birne#birne-shop.co.uk"
    known = companies.with_id(second.provider_id or "")
    assert known is not None
    assert known[1] == "birne-shop.co.uk"
    assert companies.at_domain("apfel.com", name=None).provider_id is None
    assert companies.with_id("Apfel") is None


def test_share_classes_and_indices_are_one_company_and_the_note_says_so(make_record: MakeRecord) -> None:
    records = [
        make_record("Alfa Inc.", site="alfa.com", article="Alfa_Inc.", symbol="ALFB"),
        make_record("Alfa Inc.", site="alfa.com", article="Alfa_Inc.", symbol="ALFA", metadata={"employees": "5,000"}),
        make_record("Alfa", site="www.alfa.de", symbol="ALF.DE"),
    ]
    companies = Companies(records)
    assert len(companies) == 1
    found = companies.at_domain("alfa.com", name=None)
    assert found.note == "listed as ALFB, ALFA, ALF: one entry was taken"
    assert record_at(companies, "alfa.com") is records[1]
    assert record_at(companies, "alfa.de") is records[1]


def test_two_companies_of_one_name_stay_two(make_record: MakeRecord) -> None:
    records = [
        make_record("EQU Corporation", site="equ.com", article="EQU_Corporation"),
        make_record("EQU", site="equgroup.com", article="EQU_AB"),
    ]
    companies = Companies(records)
    assert record_at(companies, "equgroup.com") is records[1]
    found = companies.named("Equ")
    assert found.provider_id is None
    assert found.note == "2 companies have this name: EQU_Corporation, EQU_AB"


def test_of_two_companies_at_one_site_the_asked_name_decides_and_else_the_site(make_record: MakeRecord) -> None:
    records = [
        make_record("Mitsuba Mining & Smelting", site="mitsuba.com", article="Mitsuba_Mining_%26_Smelting"),
        make_record("Mitsuba & Co.", site="www.mitsuba.com /jp /en", article="Mitsuba_%26_Co."),
    ]
    for order in (records, records[::-1]):
        companies = Companies(order)
        assert record_at(companies, "mitsuba.com") is records[1]
        assert record_at(companies, "mitsuba.com", "MITSUBA MINING AND SMELTING") is records[0]
        note = companies.at_domain("mitsuba.com", name=None).note
        assert note == "2 companies give this site; not taken: Mitsuba Mining & Smelting"


def test_a_name_is_found_without_its_legal_form_and_by_its_article(make_record: MakeRecord) -> None:
    companies = Companies([make_record("Banco Norte Sur", site="bns.es", article="BNS_(bank)")])
    for name in ("Banco Norte Sur, S.A.", "banco norte sur", "BNS"):
        assert companies.named(name).provider_id == "BNS_(bank)"
    assert companies.named("Banco Norte").provider_id is None


def test_a_record_with_a_neighbours_article_is_the_articles_company(make_record: MakeRecord) -> None:
    right = make_record("Globus Life", site="globuslife.com", article="Globus_Life")
    wrong = make_record("Globus Life", site="mahagoni.com", article="Mahagoni_Industries")
    companies = Companies([right, wrong])
    assert companies.at_domain("mahagoni.com", name=None).provider_id == "Mahagoni_Industries"
    assert companies.named("Globus Life").provider_id == "Globus_Life"
    assert companies.named("Mahagoni Industries").provider_id == "Mahagoni_Industries"


def test_a_parents_article_under_a_subsidiarys_name_has_no_name(make_record: MakeRecord) -> None:
    block = {"traded_as": "BMAD : ABN", "employees": "15,260"}
    wrong = make_record("Befa", site="abenga.com", article="Befa", symbol="BFA.DE", metadata=block)
    companies = Companies([wrong, make_record("Befa", site="befa.com", symbol="BFA.DE")])
    assert companies.at_domain("abenga.com", name=None).provider_id == "abenga.com"
    assert companies.named("Befa").provider_id == "Befa"
    assert record_at(companies, "befa.com") is not wrong


def test_a_folder_on_the_parents_site_is_not_the_companys_site(make_record: MakeRecord) -> None:
    companies = Companies([make_record("Carl Glas Meditech", site="glas.com /meditech", article="Carl_Glas_Meditech")])
    assert companies.at_domain("glas.com", name=None).provider_id is None
    assert companies.named("Carl Glas Meditech AG").provider_id == "Carl_Glas_Meditech"


def test_websites_without_a_host_are_no_key(make_record: MakeRecord) -> None:
    records = [
        make_record("Erle", site="Official website"),
        make_record("Linde", site="/en /index.html"),
        {"symbols": []},
    ]
    companies = Companies(records)
    assert companies.at_domain("index.html", name=None).provider_id is None
    assert companies.named("Erle").provider_id == "Erle"
    assert len(companies) == 2
