"""Picks out of the lock what one purpose needs, pins and hashes kept, so that images are built from the one lock.

Usage: requirements_for.py LOCK runtime, or requirements_for.py LOCK PACKAGE …
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

_PIN = re.compile(r"([A-Za-z0-9._-]+)==")
_OURS = "firmograph (pyproject.toml)"  # a group of its own would be named behind a colon: development, not runtime


def requirements_for(lock: str, purpose: list[str]) -> str:
    """The lines of `lock` for these packages and all that they need; `["runtime"]` is what Firmograph runs with.

    Who needs a package stands below it, after `via`. Raises `ValueError` when a package is not in the lock.
    """
    blocks = {match[1].lower(): block for block in _blocks(lock) if (match := _PIN.match(block))}
    wanted_by = {name: _needed_by(block) for name, block in blocks.items()}
    missing = [name for name in purpose if name != "runtime" and name not in blocks]
    if missing:
        raise ValueError(f"not in the lock: {', '.join(missing)}")
    picked = {_OURS} if purpose == ["runtime"] else set(purpose)
    count = 0
    while count != len(picked):
        count = len(picked)
        picked |= {name for name, parents in wanted_by.items() if picked & parents}
    return "\n".join(block for name, block in blocks.items() if name in picked) + "\n"


def _blocks(lock: str) -> list[str]:
    """One a package: its pin with what is indented below it."""
    return [block.rstrip() for block in re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE) if block.strip()]


def _needed_by(block: str) -> set[str]:
    comments = [line.strip().lstrip("#").strip() for line in block.splitlines() if line.strip().startswith("#")]
    return {comment.removeprefix("via").strip() for comment in comments}


def main() -> None:
    path, *purpose = sys.argv[1:]
    sys.stdout.write(requirements_for(Path(path).read_text(encoding="utf-8"), purpose))


if __name__ == "__main__":
    main()
