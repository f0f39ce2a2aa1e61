"""How a list is written: its format, encoding, delimiter and header."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

OpenSource = Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """`format` is `csv`, `tsv`, `list` (one column), `xlsx` (any workbook) or `jsonl`.

    `encoding` is `None` for a workbook; `mixed utf-8/cp1252` says that lines differ. `quote` is `None` where quotes are
    ordinary text. `has_hint`: the first line is Excel's `sep=;`. `sheet` is the workbook's sheet that is read.
    """

    format: str
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    has_header: bool = False
    has_bom: bool = False
    has_hint: bool = False
    sheet: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Dialect:
        """From what `to_json` gave."""
        return cls(**value)


def called(file_name: str | None) -> str:
    """How messages name the list."""
    return file_name or "the list"
