"""How a list is written: its format, encoding, delimiter and header."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

OpenSource = Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """`format` is `csv`, `tsv`, `list` (one column), `xlsx` (any workbook) or `jsonl`.

    `encoding` is `None` for a workbook; `mixed utf-8/cp1252` says that lines differ. `is_encoding_given`: a person said
    so, and every byte is read that way. `quote` is `None` where quotes are ordinary text. `has_hint`: the first line is
    Excel's `sep=;`. `sheet` is the workbook's sheet that is read.
    """

    format: str
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    has_header: bool = False
    has_bom: bool = False
    has_hint: bool = False
    sheet: str | None = None
    is_encoding_given: bool = False

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Dialect:
        """From what `to_json` gave."""
        return cls(**value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a person says of a list, where the guess is wrong; `None` leaves it to be guessed.

    `column` and `name_column` are headers, or `#3` by number. `encoding` is one of `encoding.ENCODINGS`; `delimiter` is
    one character, `tab`, or `none` for a list of one column; `sheet` is a workbook's sheet by its name.
    """

    column: str | None = None
    name_column: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    has_header: bool | None = None
    sheet: str | None = None


def called(file_name: str | None) -> str:
    """How messages name the list."""
    return file_name or "the list"
