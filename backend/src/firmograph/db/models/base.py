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


def _type_of(field: Field) -> type[Integer] | type[JSON] | type[Text]:
    if field in BAND_FIELDS or field in INTEGER_FIELDS:
        return Integer
    return JSON if field in LIST_FIELDS else Text
