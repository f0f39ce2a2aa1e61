"""Finds the web and e-mail addresses in the text of a cell, however they are written."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

_LONGEST = 4096  # characters of a cell that are looked at

_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")

_AT = re.compile(r"\s*[\[({]\s*(?:at|@)\s*[\])}]\s*", re.IGNORECASE)
_DOT = re.compile(r"\s*[\[({]\s*(?:dot|\.)\s*[\])}]\s*", re.IGNORECASE)
_AROUND_AT = re.compile(r"(?<=\w)@\s+(?=\w)|(?<=\w)\s+@(?=\w)")
_SPLIT_SCHEME = re.compile(r"\b(https?)\s*[:;]\s*/\s*/\s*(?=\w)", re.IGNORECASE)
_SECOND_URL = re.compile(r"""(?<=[^\s=/:?&%#.@"'(<\[])(?=https?:/)""", re.IGNORECASE)
_MARKDOWN = re.compile(r"\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
_HREF = re.compile(r"""\bhref\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.IGNORECASE)
_PAIR = re.compile(r"""(["'])(\w+)\1\s*:\s*(?:(["'])(.*?)\3|[^,}\]]*)""")
_BETWEEN = re.compile(r'[\s,;|<>"`´{}()\[\]•·]+')
_ENDS = ".,;:!?*\"'`´‘’“”„«»–—•·=+#~&"

# Keys of a dumped object, the likeliest place of the company's own site first.
_KEYS = ("domain", "website", "homepage", "site", "web", "url", "href", "link", "value", "text")

_HTTP = r"h[tx]{1,3}p{1,2}s{0,2}|ttps?|hpps?|hptts?"
_SCHEME = re.compile(
    rf"(?:(?P<name>[a-z][a-z+-]{{1,14}})\s*[:;]+(?!\d)[/\\|]*|(?P<http>{_HTTP})[.,]?[/\\]{{2,}}|www[.,:]*(?=https?[:/]))",
    re.IGNORECASE,
)
_WEB_SCHEME = re.compile(rf"(?:{_HTTP}|ftps?)$", re.IGNORECASE)
_OTHER_SCHEMES = frozenset(
    {
        "about",
        "callto",
        "cid",
        "data",
        "fax",
        "file",
        "intent",
        "javascript",
        "phone",
        "sip",
        "skype",
        "sms",
        "tel",
        "urn",
    }
)
_WELL_FORMED = re.compile(r"(?:https?|ftp)://[^/\\\s]", re.IGNORECASE)
_AFTER_AUTHORITY = re.compile(r"[/?#\\]")
_DOTS = re.compile(r"\.{2,}")
_RELATIVE = re.compile(r"[a-z]:[\\/]|\\\\|/(?!/|www\.)|\.{1,2}/|[#?]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """One address as found: `host` as written, `path` without its first slash.

    `is_explicit`: a scheme, `www.` or an `@` says that an address is meant. `is_mended`: it was not written as an
    address should be.
    """

    host: str
    path: str
    query: str
    is_email: bool
    is_explicit: bool
    is_mended: bool


def clean(text: str) -> str:
    """The text in plain characters (NFKC), without invisible and control characters; cut to what is looked at."""
    text = text[:_LONGEST]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).replace("。", ".")
    if "&" in text:
        text = html.unescape(text).replace("\xa0", " ")
    return _CONTROL.sub(" ", text).strip()


def is_path(text: str) -> bool:
    """Whether the text is a path without a host: of a file, or relative to a site that it doesn't name."""
    return _RELATIVE.match(text) is not None


def tokens(text: str) -> list[str]:
    """The words of a cleaned text that may be addresses, in their order."""
    for pattern, instead in ((_AT, "@"), (_DOT, "."), (_AROUND_AT, "@"), (_SPLIT_SCHEME, r"\1://"), (_SECOND_URL, " ")):
        text = pattern.sub(instead, text)
    if "%3a%2f" in text.lower():
        text = unquote(text)
    text = _MARKDOWN.sub(r" \1 ", text)
    if "<" in text:
        text = " ".join([*_HREF.findall(text), _TAG.sub(" ", text)])
    words = (word.lstrip(_ENDS + "/").rstrip(_ENDS + "-_") for word in _BETWEEN.split(text))
    return [word for word in words if word]


def dumped_values(text: str) -> list[str] | None:
    """The texts within a dumped object (JSON or Python), the likeliest key first; `None` if this is no such dump."""
    if text[:1] not in {"{", "["} or not (pairs := _PAIR.findall(text)):
        return None
    found = [(key.lower(), value.strip()) for _, key, _, value in pairs]
    rank = {key: at for at, key in enumerate(_KEYS)}
    return [value for _, value in sorted(found, key=lambda pair: rank.get(pair[0], len(_KEYS))) if value]


def parse(token: str) -> Address | None:
    """The address that a word is meant to be; `None` if it is another kind of link (a telephone number, a script)."""
    rest = token
    schemes: list[str] = []
    while match := _SCHEME.match(rest):
        name = (match["name"] or match["http"] or "").lower()
        if name in _OTHER_SCHEMES:
            return None
        if name and schemes and not _WEB_SCHEME.match(name):
            break  # user:password@host
        schemes.append(name)
        rest = rest[match.end() :]
    rest = rest.lstrip(":/\\")
    authority, _, path = _parted(rest)
    user, at, host = authority.rpartition("@")
    is_web = any(_WEB_SCHEME.match(name) for name in schemes)
    host = _DOTS.sub(".", _without_port(unquote(host) if "%" in host else host)).strip(". ")
    location, _, query = path.partition("#")[0].partition("?")
    return Address(
        host=host,
        path=location,
        query=query,
        is_email=bool(at) and ":" not in user,
        is_explicit=is_web or bool(at) or "mailto" in schemes or host[:4].lower() == "www.",
        is_mended=len(schemes) > 1 or ".." in authority or (is_web and _WELL_FORMED.match(token) is None),
    )


def _parted(rest: str) -> tuple[str, str, str]:
    match = _AFTER_AUTHORITY.search(rest)
    if match is None:
        return rest, "", ""
    mark = match[0]
    return rest[: match.start()], mark, rest[match.end() :] if mark in "/\\" else rest[match.start() :]


def _without_port(host: str) -> str:
    return host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]


def addresses(words: list[str]) -> Iterator[tuple[str, Address]]:
    """Each word that is an address with a host, beside it."""
    for word in words:
        address = parse(word)
        if address is not None and address.host:
            yield word, address
