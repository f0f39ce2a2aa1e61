"""The registrable domain of hosts and URLs, by the rules of the public suffix list."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmograph.core.web_domain import ascii_host, host_of, is_ip_address, public_suffix, registrable_domain


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("acme.com", "acme.com"),
        ("WWW.ACME.COM.", "acme.com"),
        ("https://user:pw@shop.acme.co.uk:8443/a?b#c", "acme.co.uk"),
        ("//www.acme.com.br/x", "acme.com.br"),
        ("corporate.exxonmobil.com", "exxonmobil.com"),
        ("foo.github.io", "foo.github.io"),
        ("docs.foo.github.io", "foo.github.io"),
        ("münchen-bau.de", "xn--mnchen-bau-9db.de"),
        ("XN--MNCHEN-BAU-9DB.DE", "xn--mnchen-bau-9db.de"),
        ("acme。com", "acme.com"),
        ("食狮.中国", "xn--85x722f.xn--fiqs8s"),
        ("foo_bar.acme.com", "acme.com"),
        ("latam.abbott", "latam.abbott"),
        ("x.y.kawasaki.jp", "x.y.kawasaki.jp"),
        ("www.city.kawasaki.jp", "city.kawasaki.jp"),
        ("www.ck", "www.ck"),
        ("www.ruhr-uni-bochum.de", "ruhr-uni-bochum.de"),
    ],
)
def test_domain(address: str, domain: str) -> None:
    assert registrable_domain(address) == domain


@pytest.mark.parametrize(
    "address",
    [
        "",
        "acme",
        "com",
        "co.uk",
        "gob.mx",
        "https://www.gob.mx/asa",
        "www.com",
        "foo.ck",
        "kawasaki.jp",
        "github.io",
        "acme.c",
        "acme.test",
        "localhost",
        "192.168.0.1",
        "[::1]",
        "foo_bar.com",
        "-acme.com",
        "acme-.com",
        "xn--zzzzzzzz-.com",
        "a b.com",
        "i\ud800.com",
        "ü" * 400 + ".de",
        "a" * 64 + ".com",
        "a." * 200 + "com",
    ],
)
def test_no_domain(address: str) -> None:
    assert registrable_domain(address) is None


def test_host_of_keeps_the_spelling() -> None:
    assert host_of(" https://a@WWW.Acme.com:80/x ") == "WWW.Acme.com"
    assert host_of("http://[2001:db8::1]:80/") == "[2001:db8::1]"


def test_ascii_host_refuses_what_is_no_host() -> None:
    assert ascii_host("Acme.COM.") == "acme.com"
    assert ascii_host("ac me.com") is None


def test_public_suffix_is_none_when_unknown() -> None:
    assert public_suffix("a.b.co.uk") == "co.uk"
    assert public_suffix("acme.cow") is None


@pytest.mark.parametrize("host", ["1.2.3.4", "192.168.0.1", "[::1]", "0x7f.1", "2130706433", "0177.0.0.1", "127.1"])
def test_ip_address(host: str) -> None:
    assert is_ip_address(host)


@pytest.mark.parametrize(
    "host", ["acme.com", "1.2.3.4.5", "256.1.1.1", "1.2.3.com", "4294967296", "", "0xzz", "08.1.1.1"]
)
def test_no_ip_address(host: str) -> None:
    assert not is_ip_address(host)


@given(st.text(max_size=50) | st.from_regex(r"(https?://)?([a-zA-Z0-9ü_-]{0,5}\.){1,4}(com|co\.uk|ck|jp|io|x)(/.*)?"))
@settings(max_examples=150, deadline=None)
def test_idempotent_on_any_text(text: str) -> None:
    domain = registrable_domain(text)
    if domain is not None:
        assert domain.isascii()
        assert domain == domain.lower()
        assert registrable_domain(domain) == domain
