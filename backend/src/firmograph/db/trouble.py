"""What a database's error means to a person: full, read-only, out of reach, too slow."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy.exc import DBAPIError


class Trouble(StrEnum):
    """What keeps a database from being used. Time or a person may cure each; nothing was half written."""

    FULL = "full"
    READ_ONLY = "read-only"
    CUT = "too slow"
    BUSY = "busy"
    CROWDED = "out of connections"
    DAMAGED = "damaged"
    OUT_OF_REACH = "out of reach"


ADVICE = {
    Trouble.FULL: "Its disk is full: free some space. What was written so far is kept.",
    Trouble.READ_ONLY: "It takes no writes: make its file, its disk or the server writable again.",
    Trouble.CUT: "A statement took longer than it may; FIRMOGRAPH_STATEMENT_TIMEOUT sets how long that is.",
    Trouble.BUSY: "Another transaction holds what is needed: try again in a moment.",
    Trouble.CROWDED: "The server lets no more in: lower FIRMOGRAPH_DATABASE_POOL, or raise its max_connections.",
    Trouble.DAMAGED: "It is damaged, or no database of ours: restore it, or move it out of the way.",
    Trouble.OUT_OF_REACH: "Check the address, and that the server runs.",
}

_BY_SQLSTATE = {
    "53100": Trouble.FULL,
    "25006": Trouble.READ_ONLY,
    "57014": Trouble.CUT,
    "55P03": Trouble.BUSY,
    "40P01": Trouble.BUSY,
    "40001": Trouble.BUSY,
    "53300": Trouble.CROWDED,
}
# A file may only grow so far (a quota, say) is an I/O error to SQLite.
_BY_SQLITE_NAME = (
    ("SQLITE_FULL", Trouble.FULL),
    ("SQLITE_IOERR_WRITE", Trouble.FULL),
    ("SQLITE_READONLY", Trouble.READ_ONLY),
    ("SQLITE_BUSY", Trouble.BUSY),
    ("SQLITE_LOCKED", Trouble.BUSY),
    ("SQLITE_CORRUPT", Trouble.DAMAGED),
    ("SQLITE_NOTADB", Trouble.DAMAGED),
)


def trouble_of(error: DBAPIError) -> Trouble | None:
    """The trouble behind an error; `None` for one that is a fault of ours."""
    state = getattr(error.orig, "sqlstate", None)
    if state in _BY_SQLSTATE:
        return _BY_SQLSTATE[state]
    name = getattr(error.orig, "sqlite_errorname", "")
    for start, trouble in _BY_SQLITE_NAME:
        if name.startswith(start):
            return trouble
    is_gone = error.connection_invalidated or (
        not name and state is None and type(error).__name__ == "OperationalError"
    )
    return Trouble.OUT_OF_REACH if is_gone or str(state or "").startswith(("08", "57P")) else None


def first_line(error: DBAPIError) -> str:
    """What the database said, in a line, without the statement."""
    said = str(error.orig or error).strip().splitlines()
    return said[0] if said else type(error).__name__
