"""Facts about a PostgreSQL server that many processes share, for `doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import text

from firmograph.db.engine import Database

_FACTS = text(
    """
    SELECT current_setting('server_version') AS version,
           current_setting('server_version_num')::int AS number,
           current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS most,
           (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS taken,
           current_setting('statement_timeout') AS statement_timeout,
           current_setting('lock_timeout') AS lock_timeout,
           current_setting('idle_in_transaction_session_timeout') AS idle_timeout,
           clock_timestamp() AS told
    """
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerFacts:
    """What a server says of itself, timeouts as it shows them; its clock is `ahead_s` seconds ahead of ours.

    `number` is the version as PostgreSQL counts, 150018 for 15.18.
    """

    version: str
    number: int
    connections: int
    connections_left: int
    timeouts: dict[str, str]
    ahead_s: float


def examine(database: Database) -> ServerFacts:
    """Ask the server. Raises `DatabaseFailure`. Only for PostgreSQL."""
    with database.read() as connection:
        asked = datetime.now(UTC)
        row = connection.execute(_FACTS).one()
        answered = datetime.now(UTC)
    return ServerFacts(
        version=row.version,
        number=row.number,
        connections=row.most,
        connections_left=max(0, row.most - row.taken),
        timeouts={"statement": row.statement_timeout, "lock": row.lock_timeout, "idle": row.idle_timeout},
        ahead_s=(row.told - (asked + (answered - asked) / 2)).total_seconds(),
    )
