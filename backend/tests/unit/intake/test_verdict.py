"""One cell, one verdict: the shapes that cells of real lists have."""

from __future__ import annotations

import pytest

from firmograph.core.outcomes import Rejection
from firmograph.intake.verdict import FROM_EMAIL, GLUED, IN_TEXT, MENDED, PASSED_OVER, SEVERAL, read_cell


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("https://Acme.com/path?utm_source=x&utm_medium=y#top", "acme.com"),
        ("WWW.X.CO.TH", "x.co.th"),
        ("http://user:pass@acme.com:8080/x", "acme.com"),
        ("acme.com:8080/path", "acme.com"),
        ("ftp://acme.com", "acme.com"),
        ("https://acme.com\\index", "acme.com"),
        ("acme.com.", "acme.com"),
        (".acme.com", "acme.com"),
        ('"www.acme.com"', "acme.com"),
        ("<https://acme.com>", "acme.com"),
        ("[Acme](https://x.com)", "x.com"),
        ("[Acme Site](https://acme.com/a_b)", "acme.com"),
        ("ａｃｍｅ．ｃｏｍ", "acme.com"),
        ("acme。com", "acme.com"),
        ("acme\u200b.com\u00a0", "acme.com"),
        ("https%3A%2F%2Facme.com", "acme.com"),
        ("acme.com%20", "acme.com"),
        ("münchen-bau.de", "xn--mnchen-bau-9db.de"),
        ("foo_bar.acme.com", "acme.com"),
        ("www.broadbeanmunnar.co", "broadbeanmunnar.co"),
        ("Booking.com", "booking.com"),
        ("polkadot.js.org", "polkadot.js.org"),
        ("https://foo.github.io/docs", "foo.github.io"),
        ("yahoo.com", "yahoo.com"),
        ("gmail.com", "gmail.com"),
        ("www.linkedin.com", "linkedin.com"),
        ("https://www.facebook.com/", "facebook.com"),
        ("www.crunchbase.com", "crunchbase.com"),
        ("amazon.com", "amazon.com"),
        ("https://about.linkedin.com/careers", "linkedin.com"),
        ("https://aws.amazon.com/braket/", "amazon.com"),
        ("https://www.tiktok.com/en", "tiktok.com"),
    ],
)
def test_site(text: str, domain: str) -> None:
    verdict = read_cell(text)
    assert (verdict.domain, verdict.rejection) == (domain, None)


@pytest.mark.parametrize(
    "text",
    [
        "https:www.x.co.th",
        "http:///x.co.th",
        "http//x.co.th",
        "htpp://x.co.th",
        "http://http://x.co.th",
        "http://https//x.co.th",
        "www.http://x.co.th",
        "x..co.th",
        "www.x . co . th",
        "hxxps://x[.]co.th",
    ],
)
def test_misspelt_address_is_mended_and_noted(text: str) -> None:
    assert read_cell(text).domain == "x.co.th"
    assert MENDED in (read_cell(text).note or "")


@pytest.mark.parametrize("text", ["http:// www.acme.com", "https: //acme.com", "http;//acme.com", "//acme.com/x"])
def test_blanks_and_marks_around_the_slashes_are_nothing(text: str) -> None:
    assert read_cell(text).domain == "acme.com"


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("www.vietjetair.comBOOK N FLY\nHALL NO:  9", "vietjetair.com"),
        ("www.classicholidays.inCLICKURTRIP (DMC & VISA", "classicholidays.in"),
        ("www.mountain.comTwenty years back Mountain", "mountain.com"),
        ("www.goaride.comHALL.NO", "goaride.com"),
        ("www.a-tours.comwww.b-tours.com", "a-tours.com"),
        ("WWW.ACME.COMVisit us", "acme.com"),
        ("www.acme.com2024", "acme.com"),
        ("acme.com株式会社", "acme.com"),
        ("http://müller.comHALL.NO", "xn--mller-kva.com"),
    ],
)
def test_glued_text_is_cut_off_and_noted(text: str, domain: str) -> None:
    assert read_cell(text).domain == domain
    assert GLUED in (read_cell(text).note or "")


@pytest.mark.parametrize("text", ["www.comScore.com", "blog.comScore.com"])
def test_capitals_within_a_name_are_not_glue(text: str) -> None:
    assert read_cell(text).domain == "comscore.com"


@pytest.mark.parametrize(
    "text",
    [
        "http://a.com / www.b.com",
        "a.com, b.com",
        "a.com; b.com",
        "http://a.comhttp://b.com",
        "a.com\nwww.b.com",
        '["https://a.com", "https://b.com"]',
    ],
)
def test_first_of_several_sites_is_taken_and_noted(text: str) -> None:
    assert (read_cell(text).domain, read_cell(text).note) == ("a.com", SEVERAL)


def test_the_same_site_twice_is_one() -> None:
    assert read_cell("www.a.com / http://a.com/en").note is None


@pytest.mark.parametrize(
    "text",
    [
        "(marca integrada a Acme; opera bajo https://www.acme.com)",
        "Visit us at www.acme.com or call 123",
        "Website: www.acme.com - since 1990",
        "Acme.com, Inc.",
        '<a href="https://www.acme.com/x">Acme</a>',
        "&lt;a href=&quot;https://acme.com&quot;&gt;Acme&lt;/a&gt;",
        '=HYPERLINK("https://acme.com","Acme")',
        "{'text': 'Acme', 'url': 'https://www.acme.com/'}",
        '{"url": "https://www.acme.com/", "name": "Acme"}',
    ],
)
def test_site_within_text_is_found_and_noted(text: str) -> None:
    assert (read_cell(text).domain, read_cell(text).note) == ("acme.com", IN_TEXT)


def test_likeliest_key_of_a_dumped_object_comes_first() -> None:
    verdict = read_cell('{"logo": "https://cdn.logos.com/a.png", "website": "acme.com"}')
    assert (verdict.domain, verdict.note) == ("acme.com", SEVERAL)


def test_site_beside_a_profile_is_taken() -> None:
    verdict = read_cell("https://www.facebook.com/acme www.acme.com")
    assert (verdict.domain, verdict.note) == ("acme.com", PASSED_OVER)


@pytest.mark.parametrize(
    "text",
    [
        "info@acme.com",
        "mailto:Info@Acme.com?subject=hi",
        "Jo Do <jo@acme.com>",
        "info [at] acme [dot] com",
        "@acme.com",
        "jo@gmail.com, sales@acme.com",
    ],
)
def test_email_address_tells_its_domain(text: str) -> None:
    assert read_cell(text).domain == "acme.com"
    assert FROM_EMAIL in (read_cell(text).note or "")


def test_site_is_preferred_to_an_email_address() -> None:
    assert read_cell("info@partner.com www.acme.com").domain == "acme.com"


_REJECTED = {
    Rejection.EMPTY: ["", "   ", "\t\u00a0\u200b\n", "\x00"],
    Rejection.PLACEHOLDER: [
        *[
            "N/A",
            "n.a.",
            "#N/A",
            "-",
            "--",
            "?",
            "NaN",
            "none",
            "None",
            "NULL",
            "TBD",
            "https://...",
            "http://",
            "www.",
        ],
        *[
            "no website",
            "No Website Found",
            "k.A.",
            "sin sitio",
            "なし",
            "#REF!",
            "{'text': '', 'url': ''}",
            "x",
            "(n/a)",
        ],
    ],
    Rejection.NOT_A_DOMAIN: [
        *["acme", "Acme Inc.", "Acme, Inc.", "x,com", "+91 87505 14963", "555.123.4567", "12.5", "2404.037", "1.2.3"],
        *[
            "12.05.2024",
            "$1,000.00",
            "12:30:45",
            "brochure.pdf",
            "index.html",
            "index.php?id=5",
            "foo_bar.com",
            "-bad.com",
        ],
        *["C:\\Users\\x\\list.xlsx", "\\\\server\\share", "/product/technologie/2404037", "./page", "#top", "tel:+123"],
        *[
            "javascript:void(0)",
            "gob.mx",
            "https://www.gob.mx/asa",
            "co.uk",
            "com",
            "www.com",
            "O'Reilly.com",
            "http://acme",
        ],
        *["Our offices.In London", "St.Mary Hospital", "acme@", "http://exa mple"],
    ],
    Rejection.FREEMAIL: [
        "jo@gmail.com",
        "a@yahoo.co.jp",
        "john [at] gmail.com",
        "info @web.de",
        "@gmail.com",
        "a@sfr.fr",
    ],
    Rejection.DISPOSABLE: ["x@mailinator.com", "x@yopmail.com"],
    Rejection.SOCIAL_PROFILE: [
        *["https://www.linkedin.com/company/acme", "http://instagram.com/acme", "https://m.facebook.com/acme", "@acme"],
        *[
            "https://youtube.com/channel/UCa3",
            "https://www.youtube.com/@acme",
            "https://x.com/acme",
            "twitter.com/acme",
        ],
        *["wa.me/123", "https://t.me/acme", "linktr.ee/acme", "https://medium.com/@acme", "https://acme.tumblr.com"],
        *["https://www.pinterest.co.uk/acme", "instagram.com/acme?igsh=1"],
    ],
    Rejection.HOSTED_PAGE: [
        *[
            "https://a-b.business.site/?m=true",
            "https://acme.blogspot.com/",
            "http://acme.blogspot.in",
            "acme.wixsite.com/x",
        ],
        *[
            "https://acme.wordpress.com/",
            "https://sites.google.com/view/acme",
            "http://business.google.com/website/acme",
        ],
        *[
            "jobs.lever.co/acme",
            "https://boards.greenhouse.io/acme",
            "https://acme.bamboohr.com",
            "bit.ly/3x",
            "goo.gl/maps/x",
        ],
        *["https://maps.app.goo.gl/x", "https://www.google.com/maps/place/x", "https://www-acme-com.translate.goog/x"],
        *[
            "https://translate.google.com/translate?u=http://acme.com",
            "https://translate.google.co.in/?u=x",
            "acme.carrd.co",
        ],
        *[
            "https://www.crunchbase.com/organization/acme",
            "https://www.yelp.de/biz/acme",
            "https://en.wikipedia.org/wiki/A",
        ],
        *["https://www.amazon.co.uk/stores/acme", "https://www.etsy.com/shop/x", "https://apps.apple.com/app/id1"],
        *[
            "https://web.archive.org/web/2020/http://acme.com",
            "github.com/acme",
            "https://www.trustpilot.com/review/acme.com",
        ],
    ],
    Rejection.IP_ADDRESS: [
        *["1.2.3.4", "192.168.0.1:8080", "http://192.168.0.1/x", "[::1]", "http://[2001:db8::1]:80/", "2001:db8::1"],
        *["0x7f.1", "http://2130706433/", "fe80::1%eth0"],
    ],
    Rejection.RESERVED: [
        *["localhost", "localhost:3000", "http://localhost:8000/x", "printer.local", "acme.test", "acme.invalid"],
        *["www.acme.example", "example.com", "http://www.example.org/", "abc.onion", "router.home.arpa"],
    ],
    Rejection.UNKNOWN_SUFFIX: [
        "www.gttours.i",
        "acme.c",
        "www.acme",
        "www.paradise.co.i",
        "http://acme.corp/",
        "acme.cow",
    ],
}


@pytest.mark.parametrize(("rejection", "text"), [(name, text) for name, texts in _REJECTED.items() for text in texts])
def test_rejection(rejection: Rejection, text: str) -> None:
    verdict = read_cell(text)
    assert (verdict.rejection, verdict.domain) == (rejection, None)


def test_missing_cell_is_empty() -> None:
    assert read_cell(None).rejection is Rejection.EMPTY


def test_note_says_why_a_suffix_is_no_company() -> None:
    assert read_cell("https://www.gob.mx/asa").note == "gob.mx is a public suffix, not a company's domain"


@pytest.mark.parametrize(
    "text",
    [
        "https://www.google.com/url?q=https://acme.com/x&sa=D",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.acme.com%2F",
        "https://eur01.safelinks.protection.outlook.com/?url=http%3A%2F%2Facme.com",
    ],
)
def test_redirecting_link_is_followed_by_its_text(text: str) -> None:
    assert read_cell(text).domain == "acme.com"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://www.linkedin.com/company/Acme-Corp/about/?x=1", "https://www.linkedin.com/company/acme-corp"),
        ("in.linkedin.com/company/acme", "https://www.linkedin.com/company/acme"),
        ("https://linkedin.com/sales/company/123", "https://www.linkedin.com/company/123"),
        ("linkedin.com/company/soci%C3%A9t%C3%A9", "https://www.linkedin.com/company/soci%C3%A9t%C3%A9"),
        ("https://www.linkedin.com/in/jo", None),
    ],
)
def test_linkedin_company_page(text: str, url: str | None) -> None:
    verdict = read_cell(text)
    assert (verdict.rejection, verdict.linkedin_url) == (Rejection.SOCIAL_PROFILE, url)


def test_a_huge_cell_is_read_at_its_beginning() -> None:
    assert read_cell("www.acme.com " + "x" * 1_000_000).domain == "acme.com"
