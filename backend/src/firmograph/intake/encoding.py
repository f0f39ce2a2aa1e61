"""Bytes to lines of text, a block at a time, for the encodings of real exports and files that mix two of them."""

from __future__ import annotations

import codecs
import io
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from firmograph.errors import UnreadableInput, UserError
from firmograph.intake.dialect import OpenSource, called

SAMPLE_BYTES = 1 << 20
_BLOCK_BYTES = 1 << 18
_LONGEST_LINE = 16 << 20

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BOM_BYTES = {name: bom for bom, name in _BOMS}
MIXED = "mixed utf-8/cp1252"
# What a person may say the encoding is. In each of them a line's end is a byte, or a code unit, of its own.
ENCODINGS = (
    "utf-8",
    "utf-16-le",
    "utf-16-be",
    "cp1252",
    "iso-8859-1",
    "iso-8859-2",
    "iso-8859-9",
    "iso-8859-15",
    "cp1250",
    "cp1251",
    "cp1254",
    "koi8-r",
    "mac-roman",
    "shift_jis",
    "gb18030",
    "big5",
    "euc-kr",
)
_WIDE = ("utf-16", "utf-32")

# Without a byte order mark, text of mostly Latin letters shows as every second byte zero.
_LOOKED_AT = 4096
_MANY_ZEROS, _FEW_ZEROS = 0.3, 0.05

_AS_LATIN_1 = "firmograph.latin-1"


def _latin_1(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error(_AS_LATIN_1, _latin_1)


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec's name (or `mixed utf-8/cp1252`), and whether the bytes begin with a byte order mark.

    A given one is read as it says, bytes that it does not have as `\ufffd`; a guessed one line by line where it must.
    """

    name: str
    has_bom: bool
    is_given: bool = False

    @property
    def is_wide(self) -> bool:
        """Whether a character takes two or four bytes, zeros among them."""
        return self.name.startswith(_WIDE)


def read_sample(open_source: OpenSource) -> tuple[bytes, bool]:
    """The first megabyte, and whether that is all."""
    with open_source() as source:
        parts, size = [], 0
        while size <= SAMPLE_BYTES and (part := source.read(SAMPLE_BYTES + 1 - size)):
            parts.append(part)
            size += len(part)
    sample = b"".join(parts)
    return sample[:SAMPLE_BYTES], len(sample) <= SAMPLE_BYTES


def detect_encoding(sample: bytes) -> Encoding:
    """The encoding that a list's first bytes show."""
    for bom, name in _BOMS:
        if sample.startswith(bom):
            return Encoding(name, has_bom=True)
    if wide := _wide_without_bom(sample[:_LOOKED_AT]):
        return Encoding(wide, has_bom=False)
    return Encoding(_narrow(sample), has_bom=False)


def told_encoding(name: str, sample: bytes) -> Encoding:
    """The encoding that a person says it is. What `detect_encoding` calls it is taken too, and changes nothing.

    Raises `UserError` for one we don't have.
    """
    guessed = detect_encoding(sample)
    plain = name.strip().lower()
    if plain == guessed.name:
        return guessed
    if plain not in ENCODINGS:
        raise UserError(f"There is no encoding '{name}'. Known: {', '.join(ENCODINGS)}.")
    if guessed.name == f"{plain}-sig":
        plain = guessed.name
    return Encoding(plain, has_bom=sample.startswith(_BOM_BYTES.get(plain, b"\x00no mark")), is_given=True)


def _wide_without_bom(sample: bytes) -> str | None:
    for order, at in (("le", 1), ("be", 0)):
        zeros, others = sample[at::2], sample[1 - at :: 2]
        if zeros and zeros.count(0) > _MANY_ZEROS * len(zeros) and others.count(0) <= _FEW_ZEROS * len(others):
            return f"utf-16-{order}"
    return None


def _narrow(sample: bytes) -> str:
    if sample.isascii():
        return "utf-8"
    # A sample may end within a character; its last line is looked at only if it is the only one.
    whole = sample[: sample.rfind(b"\n") + 1] or sample
    try:
        codecs.getincrementaldecoder("utf-8")().decode(whole)
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    lines = (line for line in whole.splitlines() if not line.isascii())
    return MIXED if any(_is_utf_8(line) for line in lines) else "cp1252"


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def decode(line: bytes) -> str:
    """A line as UTF-8 where it is, else as Windows-1252, whose undefined bytes are read as Latin-1."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", _AS_LATIN_1)


def lines(source: BinaryIO, encoding: Encoding, *, file_name: str | None) -> Iterator[str]:
    """The lines with their ends (`\\n`, `\\r\\n` or `\\r`), without the byte order mark. Raises `UnreadableInput`."""
    blocks = _wide_blocks(source, encoding, file_name) if encoding.is_wide else _blocks(source, encoding, file_name)
    return itertools.chain.from_iterable(io.StringIO(block, newline="") for block in blocks)


def _blocks(source: BinaryIO, encoding: Encoding, file_name: str | None) -> Iterator[str]:
    skip = len(_BOM_BYTES[encoding.name]) if encoding.has_bom else 0
    decoded = _as_given(encoding) if encoding.is_given else _decoded
    rest = b""
    while part := source.read(_BLOCK_BYTES):
        block = rest + part
        if skip and len(block) >= skip:
            block, skip = block[skip:], 0
        # `\r` at the very end may be half of `\r\n`.
        end = block.rfind(b"\n") + 1 or block.rfind(b"\r", 0, len(block) - 1) + 1
        rest = block[end:]
        _check_length(len(rest), file_name)
        if end:
            yield decoded(block[:end])
    if rest[skip:]:
        yield decoded(rest[skip:])


def _as_given(encoding: Encoding) -> Callable[[bytes], str]:
    codec = "utf-8" if encoding.name == "utf-8-sig" else encoding.name  # the mark is off already
    return lambda block: block.decode(codec, "replace")


def _decoded(block: bytes) -> str:
    try:
        return block.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(decode(line) for line in block.splitlines(keepends=True))


def _wide_blocks(source: BinaryIO, encoding: Encoding, file_name: str | None) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding.name)(errors="replace")
    rest = ""
    is_first = encoding.has_bom
    while part := source.read(_BLOCK_BYTES):
        text = decoder.decode(part)
        if is_first and text:
            text, is_first = text.removeprefix("\ufeff"), False
        block = rest + text
        end = block.rfind("\n") + 1 or block.rfind("\r", 0, len(block) - 1) + 1
        rest = block[end:]
        _check_length(len(rest), file_name)
        if end:
            yield block[:end]
    rest += decoder.decode(b"", final=True)
    if rest:
        yield rest


def _check_length(length: int, file_name: str | None) -> None:
    if length > _LONGEST_LINE:
        raise UnreadableInput(
            f"{called(file_name)} has a line of more than {_LONGEST_LINE >> 20} MB: that is no list of companies. "
            "Save it as CSV with one company a line."
        )
