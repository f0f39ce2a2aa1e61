"""Lists in memory, as sources that open anew each time."""

from __future__ import annotations

import io
from typing import Any

from firmograph.intake.detect import Detection, Told, detect
from firmograph.intake.dialect import OpenSource
from firmograph.intake.read import read_records
from firmograph.intake.verdict import ReadRecord


class Trickle(io.RawIOBase):
    """A source that can't seek and gives a few bytes at a time."""

    def __init__(self, content: bytes, step: int = 7) -> None:
        self._content = io.BytesIO(content)
        self._step = step

    def read(self, size: int = -1, /) -> bytes:
        return self._content.read(min(size, self._step) if size > 0 else self._step)


def opener(content: bytes | str) -> OpenSource:
    raw = content.encode() if isinstance(content, str) else content
    return lambda: io.BytesIO(raw)


class List:
    """A detected list with its records."""

    def __init__(self, content: bytes | str, file_name: str | None = "list.csv", **asked: Any) -> None:
        self.source = opener(content)
        allow = asked.pop("allow_name_only", False)
        self.detection: Detection = detect(self.source, file_name=file_name, told=Told(**asked))
        self.records: list[ReadRecord] = list(read_records(self.source, self.detection, allow_name_only=allow))

    @property
    def keys(self) -> list[str | None]:
        return [record.company.key if record.company else None for record in self.records]

    @property
    def cells(self) -> list[Any]:
        return [record.cells for record in self.records]
