"""Overrides: values that a person sets, checked field by field, winning over every provider."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from firmograph.clock import moment_text
from firmograph.core.fields import BANDS, LIST_FIELDS, Field, FieldValue, band_named
from firmograph.errors import UserError
from firmograph.providers.blank import blank_to_none
from firmograph.providers.places import country_code

_LONGEST_TEXT = 2_000
_LONGEST_DESCRIPTION = 20_000
_MOST_ITEMS = 500
_FIRST_YEAR = 500  # the oldest companies still at work are of the sixth century
_URL_FIELDS = frozenset({Field.WEBSITE, Field.LOGO_URL, Field.LINKEDIN_URL})


class InvalidOverride(UserError):
    """A value that its field can't have; the text names the field and says what it can."""

    status = 422
    type = "invalid-override"


def changed_overrides(present: Mapping[str, Any], changes: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """The overrides after these changes: a value sets its field, `None` takes its override away.

    Raises `InvalidOverride`; nothing is changed then.
    """
    changed = dict(present)
    for name, value in changes.items():
        field = _field(name)
        if value is None:
            changed.pop(field.value, None)
        else:
            changed[field.value] = {"value": checked_value(field, value, now=now), "set_at": moment_text(now)}
    return changed


def checked_value(field: Field, value: Any, *, now: datetime) -> FieldValue:
    """The value as its field holds it. Raises `InvalidOverride`."""
    if field in LIST_FIELDS:
        return _texts(field, value)
    check = _CHECKS.get(field)
    if check is not None:
        return check(field, value, now)
    return _text(field, value)


def _field(name: str) -> Field:
    try:
        return Field(name)
    except ValueError:
        raise InvalidOverride(f"There is no field '{name}'. Known: {', '.join(Field)}.") from None


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidOverride(f"{field}: give text, or null to take the override away.")
    text = value.strip()
    longest = _LONGEST_DESCRIPTION if field is Field.DESCRIPTION else _LONGEST_TEXT
    if len(text) > longest:
        raise InvalidOverride(f"{field}: {len(text)} characters are too many, {longest} is the limit.")
    if blank_to_none(text) is None:
        raise InvalidOverride(f"{field}: '{text}' says nothing. To take the override away, give null.")
    return text


def _texts(field: Field, value: Any) -> list[str]:
    if not isinstance(value, list) or not value or len(value) > _MOST_ITEMS:
        raise InvalidOverride(f"{field}: give a list of 1 to {_MOST_ITEMS} texts, or null to take the override away.")
    return list(dict.fromkeys(_text(field, item) for item in value))


def _band(field: Field, value: Any, _now: datetime) -> str:
    if not isinstance(value, str) or band_named(field, value.strip()) is None:
        raise InvalidOverride(f"{field}: give one of {', '.join(band.name for band in BANDS[field])}.")
    return value.strip()


def _year(field: Field, value: Any, now: datetime) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not _FIRST_YEAR <= value <= now.year:
        raise InvalidOverride(f"{field}: give a year from {_FIRST_YEAR} to {now.year} as a number.")
    return value


def _country(field: Field, value: Any, _now: datetime) -> str:
    code = value.strip().upper() if isinstance(value, str) else ""
    if len(code) != len("XX") or country_code(code) != code:
        raise InvalidOverride(f"{field}: give a country's two letters as in ISO 3166-1, such as DE.")
    return code


def _url(field: Field, value: Any, _now: datetime) -> str:
    text = _text(field, value)
    try:
        parts = urlsplit(text)
        is_url = parts.scheme in {"http", "https"} and bool(parts.hostname) and not any(c.isspace() for c in text)
    except ValueError:
        is_url = False
    if not is_url:
        raise InvalidOverride(f"{field}: give a whole address that begins with https:// or http://.")
    return text


def _email(field: Field, value: Any, _now: datetime) -> str:
    text = _text(field, value)
    local, at, domain = text.rpartition("@")
    if not (local and at and "." in domain.strip(".")) or any(letter.isspace() for letter in text):
        raise InvalidOverride(f"{field}: give one e-mail address.")
    return text


_CHECKS: dict[Field, Callable[[Field, Any, datetime], FieldValue]] = {
    Field.EMPLOYEE_RANGE: _band,
    Field.REVENUE_RANGE: _band,
    Field.FOUNDED_YEAR: _year,
    Field.COUNTRY_CODE: _country,
    Field.EMAIL: _email,
    **dict.fromkeys(_URL_FIELDS, _url),
}
