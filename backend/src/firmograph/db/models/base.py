"""The metadata all tables hang on, and the columns that targets and companies share: one per field."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Integer, MetaData, Text

from firmograph.core.fields import BAND_FIELDS, INTEGER_FIELDS, LIST_FIELDS, Field

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def field_columns() -> list[Column[object]]:
    """A typed column per field: bands as their ordinals, lists as JSON, the rest as text or whole numbers."""
    return [Column(field.value, _type_of(field), nullable=True) for field in Field]


def _type_of(field: Field) -> Integer | JSON | Text:
    if field in BAND_FIELDS or field in INTEGER_FIELDS:
        return Integer()
    # Absent is NULL here too, and not JSON's null, which would count as a value.
    return JSON(none_as_null=True) if field in LIST_FIELDS else Text()
