"""Which errors of the database are cured by doing the same again at once, and which by waiting."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError

# serialization_failure, deadlock_detected: PostgreSQL undid one of two units of work that were in each other's way.
_UNDONE = frozenset({"40001", "40P01"})


def was_undone(error: DBAPIError) -> bool:
    """Whether the unit of work was undone for another's sake: nothing of it is left, and it may begin again."""
    return getattr(error.orig, "sqlstate", None) in _UNDONE


def may_pass(error: DBAPIError) -> bool:
    """Whether the database may take the same later: it is away, busy, full, read-only or being restarted."""
    return isinstance(error, OperationalError | InterfaceError | InternalError) or error.connection_invalidated
