"""Workers say that they live, are found dead when they fall silent, and leave."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta

from firmograph import __version__
from firmograph.app import App
from firmograph.jobs import presence

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MOMENT = timedelta(milliseconds=1)


def someone(providers: tuple[str, ...] = ("open_facts",)) -> presence.Presence:
    return presence.introduce(presence.new_worker_id(), providers)


def test_a_worker_is_there_from_its_first_word_with_what_it_said_last(app: App) -> None:
    worker, doing = someone(("open_facts", "explorium")), {"kind": "drain", "run_id": "r1", "since": "now"}
    with app.database.write() as connection:
        presence.say_alive(connection, worker, now=NOW, doing=doing, trouble="Redis is out of reach")
        presence.say_alive(connection, worker, now=NOW + timedelta(seconds=5))
        (found,) = presence.list_workers(connection, now=NOW + timedelta(seconds=6))
    assert (found.id, found.pid, found.providers) == (worker.worker_id, os.getpid(), ("open_facts", "explorium"))
    assert (found.started_at, found.seen_at) == (NOW, NOW + timedelta(seconds=5))
    assert (found.doing, found.trouble, found.version) == (None, None, __version__)


def test_what_a_worker_does_and_what_troubles_it_can_be_read(app: App) -> None:
    doing = {"kind": "drain", "run_id": "r1", "since": "2026-11-24T12:00:00Z"}
    with app.database.write() as connection:
        presence.say_alive(connection, someone(), now=NOW, doing=doing, trouble="x" * 5000)
        (found,) = presence.list_workers(connection, now=NOW)
    assert found.doing == doing
    assert found.trouble == "x" * 2000
    assert found.to_json()["seen_at"] == "2026-11-24T12:00:00Z"


def test_one_that_is_silent_for_thirty_seconds_is_dead(app: App) -> None:
    silent, lively = someone(), someone()
    with app.database.write() as connection:
        presence.say_alive(connection, silent, now=NOW)
        assert presence.find_dead(connection, now=NOW + presence.DEAD_AFTER - MOMENT) == []
        assert presence.is_any_alive(connection, now=NOW + presence.DEAD_AFTER - MOMENT)
        assert not presence.is_any_alive(connection, now=NOW + presence.DEAD_AFTER)
        presence.say_alive(connection, lively, now=NOW + MOMENT)
        assert presence.find_dead(connection, now=NOW + presence.DEAD_AFTER) == [silent.worker_id]
        alive = {
            worker.id: worker.is_alive for worker in presence.list_workers(connection, now=NOW + presence.DEAD_AFTER)
        }
    assert alive == {silent.worker_id: False, lively.worker_id: True}


def test_the_forgotten_are_gone_and_come_back_when_they_speak(app: App) -> None:
    first, second = someone(), someone()
    with app.database.write() as connection:
        for worker in (first, second):
            presence.say_alive(connection, worker, now=NOW)
        presence.forget(connection, [])
        presence.forget(connection, [first.worker_id])
        assert [worker.id for worker in presence.list_workers(connection, now=NOW)] == [second.worker_id]
        presence.say_alive(connection, first, now=NOW + MOMENT)
        presence.leave(connection, second.worker_id)
        presence.leave(connection, second.worker_id)
        assert [worker.id for worker in presence.list_workers(connection, now=NOW)] == [first.worker_id]


def test_ids_name_the_process_and_differ() -> None:
    ids = {presence.new_worker_id() for _ in range(50)}
    assert len(ids) == 50
    assert all(re.fullmatch(rf".+:{os.getpid()}:[0-9a-f]{{6}}", worker_id) for worker_id in ids)
