"""What a match item asks for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmograph.sandbox.questions import NotADomain, host_of, name_domain, slug_domain


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("acme.de", "acme.de"),
        ("WWW.Acme.DE", "acme.de"),
        ("https://www.acme.co.uk/about?x=1#y", "acme.co.uk"),
        ("http://user:secret@acme.io:8080", "acme.io"),
        ("//acme.de/", "acme.de"),
        ("acme.de.", "acme.de"),
        ("bäckerei.at", "xn--bckerei-5wa.at"),
        ("xn--bckerei-5wa.at", "xn--bckerei-5wa.at"),
        ("www.com", "www.com"),
    ],
)
def test_the_host_of_a_domain_or_address(text: str, host: str) -> None:
    assert host_of(text) == host


@pytest.mark.parametrize("text", ["not a domain", "acme", "10.0.0.1", "", "https://", "a..de", "-", "acme.d"])
def test_what_names_no_host_is_refused(text: str) -> None:
    with pytest.raises(NotADomain):
        host_of(text)


@settings(max_examples=100)
@given(st.text(max_size=40))
def test_any_text_is_a_host_or_refused(text: str) -> None:
    try:
        host = host_of(text)
    except NotADomain:
        return
    assert host_of(host) == host
    assert host == host.lower()


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("https://www.linkedin.com/company/acme-widgets/about", "acme-widgets.com"),
        ("linkedin.com/company/Acme", "acme.com"),
        ("https://www.linkedin.com/company/sandbox-acme_co_uk", "acme.co.uk"),
        ("https://www.linkedin.com/company/sandbox-acme", "sandbox-acme.com"),
        ("https://www.linkedin.com/in/somebody", None),
        ("https://example.org/company/acme", None),
    ],
)
def test_the_domain_behind_a_linkedin_page(address: str, domain: str | None) -> None:
    assert slug_domain(address) == domain


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("Acme Widgets, Inc.", "acmewidgets.com"),
        ("Müller & Söhne GmbH", "mullersohne.com"),
        ("The Co", "theco.com"),
        ("株式会社", None),
        ("", None),
    ],
)
def test_the_domain_guessed_from_a_name(name: str, domain: str | None) -> None:
    assert name_domain(name) == domain
