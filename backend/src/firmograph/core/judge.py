"""The match judgement: is the company that came back the one that was asked for? Our own, and explained."""

from __future__ import annotations

from firmograph.core.company import CompanyKey
from firmograph.core.company_names import Likeness, compare_names, label_fits
from firmograph.core.match import Confidence, Judgement


def judge(company: CompanyKey, *, website_domain: str | None, returned_name: str | None) -> Judgement:
    """How sure we are that what came back is `company`, with reasons a person can read.

    `website_domain` is the registrable domain of the returned website. High is only what two independent facts say:
    the domain asked for is the domain returned. A name alone is never above low. A LinkedIn page alone is never above
    medium, even with a like name: the page led the provider there, and nothing that came back shows that it is the
    page's company.
    """
    if company.is_name_only:
        return Judgement(Confidence.LOW, ("asked by name alone", *_name_reason(company.name, returned_name)))
    if company.domain is None:
        return _by_page(company, returned_name)
    if website_domain is None:
        return _without_website(company, company.domain, returned_name)
    asked = _plain_domain(company.domain)
    if asked == _plain_domain(website_domain):
        return Judgement(Confidence.HIGH, ("website is the domain asked for",))
    differs = f"website is {website_domain}, asked for {company.domain}"
    return _other_website(company, asked, returned_name, differs)


def _plain_domain(domain: str) -> str:
    return domain.strip().casefold().rstrip(".")


def _other_website(company: CompanyKey, asked: str, returned_name: str | None, differs: str) -> Judgement:
    """Another website than the one asked for: the name has to carry the match."""
    if company.name is None:
        if returned_name is not None and label_fits(asked, returned_name):
            return Judgement(
                Confidence.MEDIUM, (differs, f'the name "{_shown(returned_name)}" fits the domain asked for')
            )
        return Judgement(Confidence.LOW, (differs,))
    reasons = (differs, *_name_reason(company.name, returned_name))
    is_same = compare_names(company.name, returned_name) is Likeness.SAME
    return Judgement(Confidence.MEDIUM if is_same else Confidence.LOW, reasons)


def _without_website(company: CompanyKey, domain: str, returned_name: str | None) -> Judgement:
    """No website came back: the provider's word that it knows the domain stands, unless the names say otherwise."""
    reason = "no website returned"
    if company.name is not None and returned_name is not None:
        is_other = compare_names(company.name, returned_name) is Likeness.DIFFERENT
        confidence = Confidence.LOW if is_other else Confidence.MEDIUM
        return Judgement(confidence, (reason, *_name_reason(company.name, returned_name)))
    if returned_name is not None and label_fits(domain, returned_name):
        return Judgement(Confidence.MEDIUM, (reason, f'the name "{_shown(returned_name)}" fits the domain asked for'))
    return Judgement(Confidence.MEDIUM, (reason, "nothing to compare with"))


def _by_page(company: CompanyKey, returned_name: str | None) -> Judgement:
    reason = "asked by LinkedIn page"
    if company.name is None or returned_name is None:
        return Judgement(Confidence.MEDIUM, (reason, "nothing to compare with"))
    is_other = compare_names(company.name, returned_name) is Likeness.DIFFERENT
    return Judgement(
        Confidence.LOW if is_other else Confidence.MEDIUM, (reason, *_name_reason(company.name, returned_name))
    )


_LONGEST_SHOWN = 80
_NAME_PHRASES = {
    Likeness.SAME: "names alike",
    Likeness.UNSURE: "names may mean the same",
    Likeness.DIFFERENT: "names differ",
}


def _name_reason(asked: str | None, returned: str | None) -> tuple[str, ...]:
    """The names compared, in words; nothing where one is missing."""
    if asked is None or returned is None:
        return ()
    return (f'{_NAME_PHRASES[compare_names(asked, returned)]}: asked "{_shown(asked)}", got "{_shown(returned)}"',)


def _shown(name: str) -> str:
    return name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}…"
