"""Settings: read once at the edge, from the environment and `.env` files; everything else takes values."""

from __future__ import annotations

import os
import re
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from platformdirs import user_data_dir
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, SettingsConfigDict

from firmograph.errors import SettingsError

PREFIX = "FIRMOGRAPH_"
# Real environment over `backend/.env` over the root's `.env`; later files win over earlier ones.
DOTENV_FILES = (".env", "backend/.env")
_ADDRESS = re.compile(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}")
_BASE_PATH = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
_IN_BACKEND = ("../.env", ".env")


class Settings(BaseSettings):
    """Everything that can be set from outside, by the names of docs/reference/settings.md."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True, env_ignore_empty=True)

    database_url: str | None = Field(None, validation_alias="DATABASE_URL")
    redis_url: str | None = Field(None, validation_alias="REDIS_URL")
    database_pool: int = Field(10, ge=4, le=1000, validation_alias="FIRMOGRAPH_DATABASE_POOL")
    statement_timeout: float = Field(60, ge=0, le=86_400, validation_alias="FIRMOGRAPH_STATEMENT_TIMEOUT")

    explorium_api_key: SecretStr | None = Field(None, validation_alias="EXPLORIUM_API_KEY")
    explorium_base_url: str = Field("https://api.explorium.ai", validation_alias="EXPLORIUM_BASE_URL")
    explorium_api_version: Literal["v1", "v2"] = Field("v2", validation_alias="EXPLORIUM_API_VERSION")
    explorium_rate_limit: int = Field(200, ge=1, validation_alias="EXPLORIUM_RATE_LIMIT")
    explorium_rate_unit: Literal["entities", "requests"] = Field("entities", validation_alias="EXPLORIUM_RATE_UNIT")

    explorium_match_credits: float = Field(0, ge=0, validation_alias="EXPLORIUM_MATCH_CREDITS")
    explorium_firmographics_credits: float = Field(1, ge=0, validation_alias="EXPLORIUM_FIRMOGRAPHICS_CREDITS")

    data_dir: Path = Field(
        default_factory=lambda: Path(user_data_dir("firmograph", appauthor=False)),
        validation_alias="FIRMOGRAPH_DATA_DIR",
    )
    api_token: SecretStr | None = Field(None, validation_alias="FIRMOGRAPH_API_TOKEN")
    base_path: str = Field("", validation_alias="FIRMOGRAPH_BASE_PATH")
    published_on: str | None = Field(None, validation_alias="FIRMOGRAPH_PUBLISHED_ON")
    concurrency: int = Field(16, ge=1, le=256, validation_alias="FIRMOGRAPH_CONCURRENCY")
    max_age_days: float = Field(90, ge=0, validation_alias="FIRMOGRAPH_MAX_AGE_DAYS")
    miss_max_age_days: float = Field(7, ge=0, validation_alias="FIRMOGRAPH_MISS_MAX_AGE_DAYS")
    keep_exports_days: float = Field(2, ge=0, validation_alias="FIRMOGRAPH_KEEP_EXPORTS_DAYS")
    max_upload_mb: int = Field(1024, ge=1, validation_alias="FIRMOGRAPH_MAX_UPLOAD_MB")
    log_level: Literal["debug", "info", "warning", "error"] = Field("warning", validation_alias="FIRMOGRAPH_LOG_LEVEL")
    log_format: Literal["console", "json"] = Field("console", validation_alias="FIRMOGRAPH_LOG_FORMAT")
    metrics_port: int | None = Field(None, ge=1, le=65535, validation_alias="FIRMOGRAPH_METRICS_PORT")
    metrics_host: str = Field("127.0.0.1", validation_alias="FIRMOGRAPH_METRICS_HOST")

    @field_validator("explorium_base_url")
    @classmethod
    def _bare_base_url(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/")

    @field_validator("base_path")
    @classmethod
    def _bare_base_path(cls, value: str) -> str:
        path = value.rstrip("/")
        if path and not _BASE_PATH.fullmatch(path):
            raise ValueError("must be a path such as /firmograph: letters, digits and . _ ~ - between its slashes")
        return path

    @field_validator("published_on")
    @classmethod
    def _addresses(cls, value: str | None) -> str | None:
        if value is not None and not all(_ADDRESS.fullmatch(part.strip()) for part in value.split(",")):
            raise ValueError("must be addresses with ports, such as 127.0.0.1:8000, with commas between them")
        return value

    @property
    def is_published_on_loopback(self) -> bool:
        """Whether we are told where we are published, and no other machine can reach us there."""
        if self.published_on is None:
            return False
        names = [part.strip().rpartition(":")[0].strip("[]") for part in self.published_on.split(",")]
        return all(is_loopback(name) for name in names)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that may not be shown: keys, tokens, and the passwords within addresses."""
        known = [secret.get_secret_value() for secret in (self.explorium_api_key, self.api_token) if secret is not None]
        found = (password_in(url) for url in (self.database_url, self.redis_url))
        return (*known, *(password for password in found if password))

    @property
    def resolved_database_url(self) -> str:
        """The database's address with the driver chosen by us; the SQLite file in the data directory by default."""
        if self.database_url is None:
            return f"sqlite:///{self.data_dir / 'firmograph.db'}"
        return with_driver(self.database_url)

    @property
    def is_sqlite(self) -> bool:
        return self.resolved_database_url.startswith("sqlite")


def is_loopback(name: str) -> bool:
    """Whether only this machine can reach that host name or address."""
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def with_driver(database_url: str) -> str:
    """A database's address as written in the wild, with the driver chosen by us."""
    scheme, _, rest = database_url.partition("://")
    if scheme in {"postgres", "postgresql", "postgresql+psycopg2", "postgresql+asyncpg", "postgresql+psycopg"}:
        return f"postgresql+psycopg://{rest}"
    return database_url


def password_in(url: str | None) -> str | None:
    """The password within an address, if there is one."""
    try:
        password = urlsplit(url or "").password
    except ValueError:
        return None
    return None if password is None else unquote(password)


def known_names() -> dict[str, str]:
    """Every environment variable the settings know, with its field."""
    names: dict[str, str] = {}
    for field_name, info in Settings.model_fields.items():
        alias = info.validation_alias
        choices = alias.choices if isinstance(alias, AliasChoices) else [alias]
        names.update({str(choice): field_name for choice in choices})
    return names


def load_settings(*, read_dotenv: bool = True, **overrides: Any) -> Settings:
    """Settings from the environment, `.env` files below the current folder, and `overrides` by field name.

    Raises `SettingsError`, one line naming the variable, for a value without meaning, an unknown `FIRMOGRAPH_` name,
    or a combination that can't work.
    """
    _refuse_unknown_names()
    try:
        settings = Settings(_env_file=_dotenv_files() if read_dotenv else None, **overrides)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "a setting"
        raise SettingsError(f"{name}: {first['msg'].removeprefix('Value error, ')}") from None
    _refuse_half_set(settings)
    return settings


def where_set(name: str) -> str:
    """Where a setting comes from: `environment`, a `.env` file's path, or `default`."""
    if os.environ.get(name):
        return "environment"
    for path in reversed(_dotenv_files()):
        if DotEnvSettingsSource(Settings, env_file=path).env_vars.get(name.lower()):
            return path
    return "default"


def _dotenv_files() -> tuple[str, ...]:
    """The same two files whether we run in the root or, as `uvicorn app.main:app` does, in `backend/`."""
    return _IN_BACKEND if Path.cwd().name == "backend" else DOTENV_FILES


def _refuse_unknown_names() -> None:
    known = known_names()
    for name in os.environ:
        if name.startswith(PREFIX) and name not in known:
            listed = ", ".join(sorted(known_name for known_name in known if known_name.startswith(PREFIX)))
            raise SettingsError(f"{name} is not a setting of Firmograph. Known: {listed}.")


def _refuse_half_set(settings: Settings) -> None:
    if settings.explorium_api_key is not None and not settings.explorium_api_key.get_secret_value().strip():
        raise SettingsError("EXPLORIUM_API_KEY is set but blank: give it the key or unset it.")
    if settings.redis_url and settings.is_sqlite:
        raise SettingsError(
            "REDIS_URL is set, but the database is SQLite, which one process alone may work on: set DATABASE_URL to a "
            "PostgreSQL database too, or unset REDIS_URL."
        )
    if not settings.is_sqlite and not settings.resolved_database_url.startswith("postgresql+psycopg://"):
        raise SettingsError("DATABASE_URL must start with postgresql:// or sqlite:///.")
