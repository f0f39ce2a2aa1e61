"""Writes the API's description to docs/reference/openapi.json; the same code always writes the same file."""

import json
import sys
from pathlib import Path

from firmograph.web.application import create_web_app

TARGET = Path(__file__).resolve().parents[2] / "docs" / "reference" / "openapi.json"


def rendered() -> str:
    """The document as text."""
    return json.dumps(create_web_app().openapi(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(rendered(), encoding="utf-8")
    sys.stdout.write(f"wrote {TARGET}\n")
