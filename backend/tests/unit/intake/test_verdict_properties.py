"""What holds for the verdict of any text at all."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from firmograph.core.web_domain import registrable_domain
from firmograph.intake.addresses import clean
from firmograph.intake.verdict import _read_plain, _read_text, read_cell

_PIECES = """
    http:// https: www. WWW. acme com . .. co.uk / // @ gmail.com linkedin.com/company/ :8080 ?q= & münchen xn-- xn--abc
    [ ] {'url':' '} , ; BOOK google.com/url?q= %3A%2F%2F % 。 blogspot. wixsite.com - _ 1 0x7f localhost href= <a > ( )
    mailto: ß İ K com株式会社 ck kawasaki.jp .zip example no.ne n.a ✆
"""
_fragments = st.lists(st.sampled_from([*_PIECES.split(), " ", "\n", "\u200b"]), max_size=9).map("".join)

_labels = ["www", "acme", "Acme", "com", "COM", "co", "uk", "linkedin", "google", "translate", "wixsite", "blogspot"]
_hosts = st.lists(st.sampled_from([*_labels, "example", "b-", "1", "gmail", "io", "comBOOK"]), min_size=1, max_size=4)
_starts = st.sampled_from(["", "http://", "HTTPS://", "www.", "a@"])
_ends = st.sampled_from(
    ["", "/", "/x", "/company/acme", "/maps", "/url?q=http://b.com", "/?u=1", ":80/x", "/xhttp://c.de"]
)


@given(st.text(max_size=60) | _fragments)
@settings(max_examples=250, deadline=None)
def test_never_raises_and_is_idempotent(text: str) -> None:
    verdict = read_cell(text)
    assert (verdict.domain is None) != (verdict.rejection is None)
    if verdict.domain is not None:
        assert read_cell(verdict.domain).domain == verdict.domain
        assert registrable_domain(verdict.domain) == verdict.domain


@given(_starts, _hosts.map(".".join), _ends)
@settings(max_examples=250, deadline=None)
def test_the_short_way_gives_what_the_long_way_gives(start: str, host: str, end: str) -> None:
    text = start + host + end
    short = _read_plain(text)
    if short is not None:
        long = _read_text(clean(text))
        assert (short.domain, short.rejection, short.linkedin_url) == (long.domain, long.rejection, long.linkedin_url)
