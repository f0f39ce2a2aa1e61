"""How far a match is believed, and why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmograph.core.company import CompanyKey
from firmograph.core.judge import judge
from firmograph.core.match import Confidence

HIGH, MEDIUM, LOW = Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW
TEXTS = st.none() | st.text(max_size=20)


def asked(domain: str | None = None, name: str | None = None, linkedin: str | None = None) -> CompanyKey:
    page = f"https://www.linkedin.com/company/{linkedin}" if linkedin else None
    return CompanyKey(key=domain or linkedin or name or "", domain=domain, name=name, linkedin_url=page)


@pytest.mark.parametrize(
    ("company", "website", "name", "expected", "said"),
    [
        (asked("acme.com", "Acme"), "acme.com", "Acme Inc.", HIGH, "website is the domain asked for"),
        (asked("acme.com", "Acme"), "ACME.com.", "Something Else", HIGH, "website is the domain asked for"),
        (asked("acme.com"), "acme.com", None, HIGH, "website is the domain asked for"),
        (asked("acme.de", "Acme"), "acme.com", "ACME, Inc.", MEDIUM, "names alike"),
        (asked("acme.de", "Acme"), "hotel.com", "Grand Hotel", LOW, "website is hotel.com, asked for acme.de"),
        (asked("acme.de", "Acme"), "acme-hotel.com", "Acme Hospitality", LOW, "names may mean the same"),
        (asked("acme.de", "Acme"), "hotel.com", None, LOW, "website is hotel.com, asked for acme.de"),
        (asked("coca-cola.de"), "coca-colacompany.com", "The Coca-Cola Company", MEDIUM, "fits the domain"),
        (asked("delta.com"), "deltafaucet.com", "Delta Faucet Company", LOW, "website is deltafaucet.com"),
        (asked("acme.com", "Acme"), None, "Acme Inc", MEDIUM, "names alike"),
        (asked("acme.com", "Acme"), None, "Grand Hotel", LOW, "names differ"),
        (asked("acme.com", "Acme"), None, None, MEDIUM, "nothing to compare with"),
        (asked("acme.com"), None, "Grand Hotel", MEDIUM, "nothing to compare with"),
        (asked("acme.com"), None, "ACME Corp.", MEDIUM, "fits the domain"),
        (asked(linkedin="acme"), "acme.com", "Acme", MEDIUM, "nothing to compare with"),
        (asked(linkedin="acme", name="Acme"), "acme.com", "Acme Ltd", MEDIUM, "names alike"),
        (asked(linkedin="acme", name="Acme"), "hotel.com", "Grand Hotel", LOW, "names differ"),
        (asked("acme.com", linkedin="acme"), "hotel.com", "Grand Hotel", LOW, "website is hotel.com"),
        (asked(name="Acme"), "acme.com", "Acme", LOW, "asked by name alone"),
        (asked(name="Acme"), None, None, LOW, "asked by name alone"),
    ],
)
def test_confidence_and_its_reason(
    company: CompanyKey, website: str | None, name: str | None, expected: Confidence, said: str
) -> None:
    judgement = judge(company, website_domain=website, returned_name=name)
    assert judgement.confidence is expected
    assert said in "; ".join(judgement.reasons)


@given(
    domain=st.none() | st.text(min_size=1, max_size=20),
    name=st.none() | st.text(min_size=1, max_size=20),
    page=st.none() | st.text(min_size=1, max_size=20),
    website=TEXTS,
    returned=TEXTS,
)
def test_a_judgement_always_has_reasons_and_high_always_means_the_domain(
    domain: str | None, name: str | None, page: str | None, website: str | None, returned: str | None
) -> None:
    company = CompanyKey(key="k", domain=domain, name=name, linkedin_url=page)
    judgement = judge(company, website_domain=website, returned_name=returned)
    assert judgement.reasons
    assert all(judgement.reasons)
    if judgement.confidence is HIGH:
        assert domain is not None
        assert website is not None
    if company.is_name_only:
        assert judgement.confidence is LOW
