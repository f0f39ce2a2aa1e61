"""Bytes to lines, in the encodings of real exports."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmograph.errors import UnreadableInput
from firmograph.intake import encoding
from firmograph.intake.encoding import Encoding, detect_encoding, lines

_TEXT = "Firma;Ort\r\nMüller & Söhne;Köln\r\nŠkoda;Mladá Boleslav\n"


def _read(content: bytes) -> tuple[str, str]:
    found = detect_encoding(content)
    return found.name, "".join(lines(io.BytesIO(content), found, file_name="a.csv"))


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32-le"),
        ("cp1252", "cp1252"),
    ],
)
def test_encoding_is_found_and_read(codec: str, name: str) -> None:
    text = _TEXT.replace("á", "a") if codec == "cp1252" else _TEXT
    assert _read(text.encode(codec)) == (name, text)


def test_each_line_of_a_mixed_file_is_read_by_itself() -> None:
    content = "Hermès\n".encode("cp1252") + "Citroën €\n".encode() + b"caf\xe9 \x93quoted\x94\n"
    assert _read(content) == ("mixed utf-8/cp1252", "Hermès\nCitroën €\ncafé “quoted”\n")


def test_bytes_that_windows_1252_lacks_are_latin_1() -> None:
    assert _read(b"a\x81b\xe9\n") == ("cp1252", "a\x81bé\n")


def test_a_byte_order_mark_is_not_text() -> None:
    for codec in ("utf-8-sig", "utf-16", "utf-32"):
        assert _read("name\n".encode(codec))[1] == "name\n"


def test_line_ends_stay_and_nothing_else_ends_a_line() -> None:
    content = "a\u2028b\x0b\x85c\rd\r\ne\n\nf".encode()
    found = list(lines(io.BytesIO(content), Encoding("utf-8", has_bom=False), file_name=None))
    assert found == ["a\u2028b\x0b\x85c\r", "d\r\n", "e\n", "\n", "f"]


@given(
    st.text(st.sampled_from("aé€\n\r,\U0001f600"), max_size=40),
    st.integers(1, 9),
    st.sampled_from(["utf-8", "utf-16-le"]),
)
@settings(max_examples=100, deadline=None)
def test_blocks_of_any_size_give_the_same_lines(text: str, size: int, codec: str) -> None:
    class Slow(io.BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            return super().read(size)

    found = list(lines(Slow(text.encode(codec)), Encoding(codec, has_bom=False), file_name=None))
    assert found == list(io.StringIO(text, newline=""))


def test_an_endless_line_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "_LONGEST_LINE", 1 << 19)
    with pytest.raises(UnreadableInput, match=r"big\.csv has a line of more than"):
        list(lines(io.BytesIO(b"x" * (1 << 20)), Encoding("utf-8", has_bom=False), file_name="big.csv"))


def test_the_sample_is_bounded() -> None:
    sample, is_whole = encoding.read_sample(lambda: io.BytesIO(b"x" * (2 << 20)))
    assert (len(sample), is_whole) == (encoding.SAMPLE_BYTES, False)
    assert encoding.read_sample(lambda: io.BytesIO(b"abc")) == (b"abc", True)
