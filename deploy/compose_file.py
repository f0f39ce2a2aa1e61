"""Reads compose.yaml as Compose does, as far as this file of ours goes: variables, profiles, commands, addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_VARIABLE = re.compile(r"\$(?:(\$)|\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-?])([^}]*))?\})")
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """One service with its variables filled in. `port` is the one it listens on in its container, if any."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str]
    depends_on: dict[str, str]
    check: tuple[str, ...]
    port: int | None
    is_restarted: bool
    grace_s: float


def read_services(path: Path, variables: Mapping[str, str]) -> dict[str, Service]:
    """The services that `docker compose up` starts with these variables, dependencies first.

    Raises `ValueError` for a required variable without a value.
    """
    content = filled_in(yaml.safe_load(path.read_text(encoding="utf-8")), variables)
    profiles = set(variables.get("COMPOSE_PROFILES", "").split(","))
    wanted = {
        name: _service(name, raw)
        for name, raw in content["services"].items()
        if not raw.get("profiles") or profiles & set(raw["profiles"])
    }
    ordered: dict[str, Service] = {}
    while len(ordered) < len(wanted):
        ready = [each for name, each in wanted.items() if name not in ordered and set(each.depends_on) <= set(ordered)]
        if not ready:
            raise ValueError(f"the services of {path.name} wait for each other")
        ordered |= {each.name: each for each in ready}
    return ordered


def filled_in(value: Any, variables: Mapping[str, str]) -> Any:
    """The same with `${NAME}`, `${NAME:-default}` and `${NAME:?message}` replaced in every text."""
    if isinstance(value, dict):
        return {key: filled_in(each, variables) for key, each in value.items()}
    if isinstance(value, list):
        return [filled_in(each, variables) for each in value]
    return _VARIABLE.sub(lambda match: _variable(match, variables), value) if isinstance(value, str) else value


def read_env_file(path: Path) -> dict[str, str]:
    """The lines `NAME=value` of a file like .env."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    pairs = [line.partition("=") for line in lines if "=" in line and not line.startswith("#")]
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}


def _variable(match: re.Match[str], variables: Mapping[str, str]) -> str:
    is_dollar, name, how, text = match.groups()
    if is_dollar:
        return "$"
    value = variables.get(name)
    if value is not None and (value or not (how or "").startswith(":")):
        return value
    if how and how.endswith("?"):
        raise ValueError(f"{name} is not set: {text}")
    return text or ""


def _service(name: str, raw: Mapping[str, Any]) -> Service:
    return Service(
        name=name,
        command=tuple(raw.get("command", ())),
        environment={key: str(value) for key, value in raw.get("environment", {}).items()},
        depends_on={other: each["condition"] for other, each in raw.get("depends_on", {}).items()},
        check=tuple(raw.get("healthcheck", {}).get("test", ())[1:]),
        port=_port([*raw.get("ports", ()), *raw.get("expose", ())]),
        is_restarted=raw.get("restart", "no") != "no",
        grace_s=_seconds(raw.get("stop_grace_period", "10s")),
    )


def _port(named: Sequence[str]) -> int | None:
    return int(named[0].rpartition(":")[2]) if named else None


def _seconds(duration: str) -> float:
    return sum(float(number) * _UNITS[unit] for number, unit in re.findall(r"([0-9.]+)([smh])", duration))
