"""Comparing company names: alike in spite of legal forms and spelling, and never alike by accident."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmograph.core.company_names import Likeness, compare_names, label_fits, name_words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Apple", "Apple Inc."),
        ("AT&T", "AT and T, Inc"),
        ("Procter & Gamble", "The Procter and Gamble Company"),
        ("Coca-Cola Company, The", "The Coca-Cola Co"),
        ("Walmart", "Wal-Mart"),
        ("Nestlé S.A.", "NESTLE"),
        ("Cemex, S.A.B. de C.V.", "CEMEX"),
        ("Grupo Bimbo SA de CV", "Bimbo"),
        ("Mexichem S. de R.L. de C.V.", "Mexichem"),
        ("Eni S. p. A.", "ENI"),
        ("Philips N.V.", "Philips"),
        ("Kone Oyj", "Kone"),
        ("Atlas Copco AB (publ)", "Atlas Copco"),
        ("Novo Nordisk A/S", "novo nordisk"),
        ("Kaufland Stiftung GmbH & Co. KG", "Kaufland Stiftung"),
        ("Allegro Sp. z o.o.", "Allegro"),
        ("Siemens Aktiengesellschaft", "Siemens AG"),
        ("Atlassian Pty Ltd", "Atlassian"),
        ("Infosys Private Limited", "Infosys Pvt. Ltd."),
        ("Samsung Electronics Co., Ltd.", "Samsung Electronics"),
        ("Toyota K.K.", "Toyota"),
        ("トヨタ自動車株式会社", "トヨタ自動車"),
        ("㈱日立製作所", "日立製作所"),
        ("华为技术有限公司", "华为技术"),
        ("삼성전자 주식회사", "삼성전자"),
        ("ПАО «Газпром»", "Газпром"),
        ("PT Bank Central Asia Tbk", "Bank Central Asia"),
        ("Tata Motors", "Motors Tata"),
        ("Acme Holdings", "Acme Group plc"),
        ("Microsft", "Microsoft"),
        ("ＳＯＮＹ", "Sony"),
        ("Acme™ Tools®", "Acme Tools"),
    ],
)
def test_alike(one: str, other: str) -> None:
    assert compare_names(one, other) is Likeness.SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Facebook", "Meta Platforms, Inc."),
        ("Bank of America", "Bank of China"),
        ("Delta Air Lines", "Delta Faucet"),
        ("General Motors", "General Electric"),
        ("First Solar", "First Data"),
        ("Sunrise", "Sunset"),
    ],
)
def test_different(one: str, other: str) -> None:
    assert compare_names(one, other) is Likeness.DIFFERENT


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Apple", "Apple Hospitality REIT"),
        ("Microsoft", "Microsoft Deutschland GmbH"),
        ("IBM", "International Business Machines Corporation"),
        ("Toyota", "トヨタ自動車"),
        ("Studio 54", "Studio 55"),
        ("Acme", None),
        ("...", "Acme"),
    ],
)
def test_unsure(one: str, other: str | None) -> None:
    assert compare_names(one, other) is Likeness.UNSURE


@given(st.text(max_size=30), st.text(max_size=30))
def test_comparing_does_not_depend_on_the_order(one: str, other: str) -> None:
    assert compare_names(one, other) is compare_names(other, one)


@given(st.text(max_size=30))
def test_a_name_is_never_different_from_itself_nor_from_itself_with_a_form(name: str) -> None:
    assert compare_names(name, name) is not Likeness.DIFFERENT
    assert compare_names(name, f"{name} GmbH") is not Likeness.DIFFERENT


@pytest.mark.parametrize("name", ["S.A.", "Co", "GmbH", "The", "株式会社"])
def test_a_name_of_nothing_but_a_form_keeps_it(name: str) -> None:
    assert name_words(name)


@pytest.mark.parametrize(
    ("domain", "name", "fits"),
    [
        ("google.de", "Google LLC", True),
        ("coca-cola.de", "The Coca-Cola Company", True),
        ("att.com", "AT&T Inc.", True),
        ("acmeinc.com", "Acme Inc.", True),
        ("xn--mller-kva.de", "Müller GmbH & Co. KG", True),
        ("amazon.de", "Amazon.com, Inc.", True),
        ("delta.com", "Delta Faucet", False),
        ("x.com", "X Corp.", False),
        ("xn--.com", "Acme", False),
    ],
)
def test_a_domain_label_fits_only_the_name_written_together(domain: str, name: str, *, fits: bool) -> None:
    assert label_fits(domain, name) is fits
