"""Filters by field as a query names them: one parameter for each field that holds a single value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, create_model
from pydantic import Field as Parameter

from firmograph.core.fields import BAND_FIELDS, INTEGER_FIELDS, Field
from firmograph.runs.record_filter import SCALAR_FIELDS

# Their values hold no comma, so that one may stand between two of them.
_COMMAS = frozenset({*BAND_FIELDS, *INTEGER_FIELDS, Field.COUNTRY_CODE})


def split_list(values: list[str]) -> tuple[str, ...]:
    """A list from a query: repeated values and commas mean the same."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def _parameter(field: Field) -> Any:
    how = "repeated or with commas" if field in _COMMAS else "may be repeated"
    case = ", in any case" if field is Field.INDUSTRY else ""
    return (list[str], Parameter(default=[], description=f"Exactly this {field.value}{case}; {how}."))


class _FieldsWanted(BaseModel):
    def values(self) -> dict[Field, tuple[str, ...]]:
        """The wanted values of each field that was named."""
        found = {}
        for field in SCALAR_FIELDS:
            given: list[str] = getattr(self, field.value)
            values = split_list(given) if field in _COMMAS else tuple(value for value in given if value)
            if values:
                found[field] = values
        return found


if TYPE_CHECKING:
    FieldsWanted = _FieldsWanted
else:
    FieldsWanted = create_model(
        "FieldsWanted", __base__=_FieldsWanted, **{field.value: _parameter(field) for field in SCALAR_FIELDS}
    )
