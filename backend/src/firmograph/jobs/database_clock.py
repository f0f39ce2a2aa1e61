"""The database's time, for every process that shares it: leases must not depend on whose clock is wrong."""

from __future__ import annotations

from sqlalchemy import func, select

from firmograph.clock import Clock, FollowingClock
from firmograph.db.engine import Database


def following_clock(database: Database, own: Clock | None = None) -> FollowingClock:
    """A clock that tells a PostgreSQL database's time."""
    clock = FollowingClock(own)
    follow(clock, database)
    return clock


def follow(clock: FollowingClock, database: Database) -> None:
    """Set a clock by the database's once more."""
    with database.read() as connection:
        asked = clock.own_now()
        told = connection.execute(select(func.clock_timestamp())).scalar_one()
        clock.follow(told, asked=asked, answered=clock.own_now())
