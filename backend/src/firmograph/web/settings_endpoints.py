"""The settings this server runs with, over HTTP: their names, values and where each was set. Secrets stay here."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field, SecretStr
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from firmograph import __version__
from firmograph.config import Settings, known_names, where_set
from firmograph.web.serving import ServingDep

router = APIRouter(tags=["settings"])

_HIDDEN = "***"


class SettingOut(BaseModel):
    """One setting. A secret's value is never sent, only whether there is one."""

    name: str
    value: str | int | float | bool | None
    is_set: bool = Field(description="It has a value of its own, or by default.")
    is_secret: bool
    where: str = Field(description="`environment`, the name of a `.env` file, or `default`.")


class SettingsOut(BaseModel):
    """How this server was started. To change a setting, set it where it is set, and start the server again."""

    version: str
    database: str = Field(description="`sqlite` or `postgresql`.")
    is_token_needed: bool
    items: list[SettingOut]


@router.get("/settings", response_model=SettingsOut)
def get_settings(serving: ServingDep) -> dict[str, Any]:
    """The settings, without secrets."""
    settings = serving.app.settings
    return {
        "version": __version__,
        "database": "sqlite" if settings.is_sqlite else "postgresql",
        "is_token_needed": settings.api_token is not None,
        "items": [_setting(settings, name, field) for name, field in known_names().items()],
    }


def _setting(settings: Settings, name: str, field: str) -> dict[str, Any]:
    value = getattr(settings, field)
    is_secret = isinstance(value, SecretStr) or "SecretStr" in str(Settings.model_fields[field].annotation)
    shown: Any = None
    if isinstance(value, bool | int | float):
        shown = value
    elif value is not None and not is_secret:
        shown = without_password(str(value)) if "://" in str(value) else str(value)
    return {
        "name": name,
        "value": shown,
        "is_set": value is not None,
        "is_secret": is_secret,
        "where": where_set(name),
    }


def without_password(address: str) -> str:
    """An address as it may be shown."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):  # an address we can't read may hold one anywhere
        return _HIDDEN
    query = {name: "hidden" if "pass" in name.lower() else value for name, value in url.query.items()}
    return url.set(query=query).render_as_string(hide_password=True)
