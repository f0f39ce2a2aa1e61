"""The gate of a run on PostgreSQL: many ask and answer behind it at once, or one alone moves the whole run.

Whoever claims targets or writes answers shares the gate; whoever touches targets that others may hold (cancel, the
sweeper, the end of a run) has it alone. So those never wait for each other's rows in different orders. SQLite has one
writer at a time and needs no gate. A gate is passed first in a unit of work, and lets go at its end.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from sqlalchemy import BigInteger, Connection, bindparam, func, select, true

# Behind the gate rows are found by their keys, a few hundred of a large table. The planner knows nothing yet of a list
# that was imported a moment ago, and would read the whole run for them; nor need it plan anew for every few hundred.
_BY_KEYS = {
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_seqscan": "off",
    "plan_cache_mode": "force_generic_plan",
}
_SET_UP = [func.set_config(name, value, true()) for name, value in _BY_KEYS.items()]  # for this transaction
_SHARED = select(func.pg_advisory_xact_lock_shared(bindparam("gate", type_=BigInteger)), *_SET_UP)
_ALONE = select(func.pg_advisory_xact_lock(bindparam("gate", type_=BigInteger)))


def share(connection: Connection, run_id: str) -> None:
    """Ask for targets of a run, or answer them, beside others who do so."""
    if connection.dialect.name == "postgresql":
        connection.execute(_SHARED, {"gate": _number(run_id)})


def hold(connection: Connection, run_ids: Iterable[str]) -> None:
    """Be alone with these runs: units of work under way end first, later ones wait."""
    if connection.dialect.name == "postgresql":
        for run_id in sorted(set(run_ids)):  # in one order, so that two never wait for each other
            connection.execute(_ALONE, {"gate": _number(run_id)})


def _number(run_id: str) -> int:
    """A run's id as the number of an advisory lock."""
    return int.from_bytes(blake2b(run_id.encode(), digest_size=8).digest(), signed=True)
