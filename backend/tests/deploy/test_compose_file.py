"""compose.yaml keeps its promises: what is published, how containers are fenced in, which settings get through."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from compose_file import filled_in, read_env_file, read_services

from firmograph.cli.commands import app as command_line
from firmograph.cli.serving import refuse_open_door
from firmograph.config import Settings, known_names, load_settings
from firmograph.errors import SettingsError

ROOT = Path(__file__).parents[3]
COMPOSE = ROOT / "compose.yaml"
DOCKERFILES = sorted((ROOT / "deploy").glob("*.Dockerfile"))
OURS = ("migrate", "backend", "worker", "sandbox")
WITH_SETTINGS = ("migrate", "backend", "worker")
STAYING = ("postgres", "redis", "backend", "worker", "frontend", "sandbox")
# Where the image or the service itself decides.
DECIDED = {"FIRMOGRAPH_DATA_DIR", "FIRMOGRAPH_PUBLISHED_ON", "FIRMOGRAPH_METRICS_HOST", "FIRMOGRAPH_METRICS_PORT"}
DEMO = {"COMPOSE_PROFILES": "demo"}

_TAG = re.compile(r"^[a-z0-9./-]+:[0-9]+(\.[0-9]+)*(-[a-z0-9-]+)*$")
_FROM = re.compile(r"^FROM (\S+)", re.MULTILINE)


def raw(**variables: str) -> dict[str, Any]:
    services: dict[str, Any] = filled_in(yaml.safe_load(COMPOSE.read_text(encoding="utf-8")), variables)["services"]
    return services


def settings_of(service: str, monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in read_services(COMPOSE, DEMO | variables)[service].environment.items():
        monkeypatch.setenv(name, value)
    return load_settings(read_dotenv=False)


def test_only_the_dashboard_and_the_api_are_published_and_only_to_this_machine() -> None:
    ports = {name: service["ports"] for name, service in raw().items() if "ports" in service}
    assert ports == {"backend": ["127.0.0.1:8000:8000"], "frontend": ["127.0.0.1:3000:3000"]}
    assert "network_mode" not in COMPOSE.read_text(encoding="utf-8")


def test_the_door_is_told_what_is_published(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of("backend", monkeypatch)
    assert settings.published_on == "127.0.0.1:8000,127.0.0.1:3000"
    refuse_open_door("0.0.0.0", settings)
    wide = settings_of("backend", monkeypatch, PUBLISH_ADDRESS="0.0.0.0")
    assert raw(PUBLISH_ADDRESS="0.0.0.0")["backend"]["ports"] == ["0.0.0.0:8000:8000"]
    with pytest.raises(SettingsError, match="FIRMOGRAPH_API_TOKEN"):
        refuse_open_door("0.0.0.0", wide)
    refuse_open_door(
        "0.0.0.0", settings_of("backend", monkeypatch, PUBLISH_ADDRESS="0.0.0.0", FIRMOGRAPH_API_TOKEN="t")
    )


@pytest.mark.parametrize("name", STAYING)
def test_containers_are_fenced_in(name: str) -> None:
    service = raw()[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert {"pids_limit", "mem_limit", "stop_grace_period", "logging"} <= set(service)
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] == "CMD"
    assert "container_name" not in service  # it would stand in the way of --scale
    assert "privileged" not in service
    assert "build" in service or re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])


def test_stores_are_out_of_reach_and_lose_nothing() -> None:
    content = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    assert content["networks"]["data"]["internal"] is True
    for name in ("postgres", "redis"):
        assert content["services"][name]["networks"] == ["data"]
        assert content["services"][name]["volumes"][0].partition(":")[0] in content["volumes"]
    redis = " ".join(content["services"]["redis"]["command"])
    assert "--appendonly yes" in redis
    assert "--maxmemory-policy noeviction" in redis


def test_images_are_pinned_and_not_root() -> None:
    images = [service["image"] for service in raw().values() if "image" in service]
    for path in DOCKERFILES:
        text = path.read_text(encoding="utf-8")
        images += _FROM.findall(text)
        assert re.findall(r"^USER ([1-9]\d*):[1-9]\d*$", text, re.MULTILINE), path.name
        assert "HEALTHCHECK" in text
        assert all((ROOT / source).exists() for source in copied(text)), path.name
    assert [image for image in images if not _TAG.match(image)] == []


def copied(dockerfile: str) -> list[str]:
    lines = [
        line.split()[1:-1] for line in dockerfile.splitlines() if line.startswith("COPY ") and "--from" not in line
    ]
    return [source for sources in lines for source in sources]


def test_the_image_does_what_the_service_does() -> None:
    service = raw()["backend"]
    text = (ROOT / "deploy" / "backend.Dockerfile").read_text(encoding="utf-8")
    assert text.rstrip().endswith(f"CMD {str(service['command']).replace(chr(39), chr(34))}")
    probe = str(service["healthcheck"]["test"][-1]).replace('"', "'")
    assert probe in text


@pytest.mark.parametrize("name", OURS)
def test_commands_exist(name: str) -> None:
    program, *words = raw()[name]["command"]
    assert program == "firmograph"
    command: Any = typer.main.get_command(command_line)
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    command.make_parser(typer.Context(command)).parse_args(words)  # fails on an unknown option


@pytest.mark.parametrize("name", WITH_SETTINGS)
def test_every_setting_gets_through_and_no_other(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = set(read_services(COMPOSE, {})[name].environment)
    known = set(known_names())
    assert environment - known == set()
    assert known - environment - DECIDED == set(), "add it under x-settings in compose.yaml"
    settings = settings_of(name, monkeypatch)
    assert settings.explorium_api_key is None  # empty counts as unset
    assert settings.explorium_base_url == "https://api.explorium.ai"
    assert settings.resolved_database_url == "postgresql+psycopg://firmograph:firmograph@postgres:5432/firmograph"
    assert settings.redis_url == "redis://redis:6379/0"


def test_the_demo_asks_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = read_env_file(ROOT / "deploy" / "demo.env")
    sandbox = read_services(COMPOSE, variables)["sandbox"]
    settings = settings_of("worker", monkeypatch, **variables)
    assert settings.explorium_base_url == f"http://sandbox:{sandbox.port}"
    assert settings.explorium_api_key is not None
    assert str(settings.explorium_rate_limit) in sandbox.command
    assert "sandbox" not in read_services(COMPOSE, {})


def test_the_example_names_every_variable() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))
    used = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE.read_text(encoding="utf-8")))
    assert used - named == set()
    assert named - used - set(known_names()) == set()


def schema(tool: str) -> list[str]:
    return [tool, "--builtin-schema", "vendor.compose-spec", str(COMPOSE)]


def config(tool: str) -> list[str]:
    return [tool, "--file", str(COMPOSE), "config", "--quiet"]


def lint(tool: str) -> list[str]:
    return [tool, *map(str, DOCKERFILES)]


@pytest.mark.parametrize(
    ("tool", "call"), [("check-jsonschema", schema), ("docker-compose", config), ("hadolint", lint)], ids=lambda it: it
)
def test_tools_find_nothing(tool: str, call: Callable[[str], list[str]]) -> None:
    found = shutil.which(tool)
    if found is None:
        pytest.skip(f"{tool}: not installed here")
    done = subprocess.run(call(found), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
