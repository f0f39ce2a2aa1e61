"""What a column's header says about it, in the languages that exports come in."""

from __future__ import annotations

import re
import unicodedata

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_SITE_TEXT = """
    website websites domain domains domaine domein dominio dominios homepage webpage webseite webadresse internetseite
    internetadresse hostname host webbplats hemsida hjemmeside nettside kotisivu weboldal strona www sitio sito site
    sites webs website_url weburl websiteurl companywebsite companydomain domainname сайт 网站 网址 官网 ホームページ
    サイト 홈페이지
"""
_ADDRESS_TEXT = "url urls web link links page pagina página internet uri"
# Words beside one of those above that make it another thing: somebody else's page, or no page at all.
_OTHER_TEXT = """
    linkedin facebook twitter instagram youtube tiktok crunchbase xing yelp tripadvisor clutch glassdoor angellist
    wikipedia google maps map logo image img photo picture avatar icon banner profile person personal directory
    listing detail details source file sheet job jobs career careers blog news press article video email mail status
    id date count rank type title description notes note visited category industry valid verified
"""
_SITE = frozenset(_SITE_TEXT.split())
_ADDRESS = frozenset(_ADDRESS_TEXT.split())
_OTHER = frozenset(_OTHER_TEXT.split())

# The likeliest first: a list may have several (`Company Name` and `Company Name for Emails`, `name` of a person).
_NAMES_TEXT = """
    company name, companyname, company, account name, organization name, organisation name, business name, firm name,
    legal name, company legal name, registered name, trading name, firmenname, firma, unternehmensname, unternehmen,
    raison sociale, nom de l entreprise, nom entreprise, nom de la societe, societe, entreprise, razon social,
    nombre de la empresa, nombre empresa, nombre de empresa, empresa, compania, ragione sociale, nome azienda, azienda,
    societa, denominazione, nome da empresa, razao social, nome fantasia, bedrijfsnaam, bedrijf, foretag, foretagsnamn,
    firmanavn, virksomhed, yritys, nazwa firmy, nazwa, cegnev, компания, название,
    会社名, 企業名, 公司, 公司名称, 회사명, companies,
    account, organization, organisation, business, firm, corporation, employer, exhibitor name, exhibitor,
    vendor name, vendor, supplier name, supplier, merchant name, merchant, manufacturer, brand name, brand, startup,
    client name, client, customer name, customer, partner, agency, company name for emails, name, nom, nombre, nome,
    naam, namn, navn, title
"""
_NAMES = {name.strip(): rank for rank, name in enumerate(_NAMES_TEXT.split(","))}
_NAME_WORDS = frozenset({"company", "account", "organization", "organisation", "business", "firm", "firma", "empresa"})
_OTHERS_THAN_NAMES = frozenset(
    {"size", "type", "id", "linkedin", "domain", "url", "country", "city", "phone", "email", "address", "industry"}
)
_OTHER_HEADERS = frozenset({"email", "e mail", "mail", "email address", "emails", "linkedin", "linkedin url"})

STRONG, WEAK, NONE, AGAINST = 1.0, 0.5, 0.0, -1.0


def folded(header: str) -> str:
    """The header's words in small letters without accents, apart from one blank each."""
    spaced = _CAMEL.sub(" ", header)
    plain = "".join(char for char in unicodedata.normalize("NFKD", spaced) if not unicodedata.combining(char))
    return " ".join(re.sub(r"[\W_]+", " ", plain).casefold().split())


def site_score(header: str) -> float:
    """How much a header promises the company's own site, from `STRONG` down to `AGAINST`."""
    words = set(folded(header).split()) | {folded(header).replace(" ", "")}
    if words & _OTHER:
        return AGAINST
    if words & _SITE:
        return STRONG
    # A link beside a name (`Organization Name URL`) leads to that name's page in a directory.
    return WEAK if words & _ADDRESS and "name" not in words else NONE


def name_rank(header: str) -> int | None:
    """The place of a header among those of a company's name, 0 for the likeliest; `None` for another thing."""
    text = folded(header)
    if text in _NAMES:
        return _NAMES[text]
    words = set(text.split())
    if "name" in words and words & _NAME_WORDS and not words & _OTHERS_THAN_NAMES:
        return len(_NAMES)
    return None


def is_header(text: str) -> bool:
    """Whether a cell reads like a column's header by its words alone."""
    return site_score(text) > NONE or name_rank(text) is not None or folded(text) in _OTHER_HEADERS
