"""One drainer at a time, by file or by the database."""

from __future__ import annotations

import os
import subprocess
import sys

from firmograph.app import App

from .driving import wait_until

HOLD = """
import sys, time
from pathlib import Path
from firmograph.db.engine import Database
from firmograph.jobs.drainer_lock import make_lock
lock = make_lock(Database(sys.argv[1]), Path(sys.argv[2]))
print(lock.try_acquire(command="other"), flush=True)
time.sleep(60)
"""


def test_one_at_a_time_and_free_at_a_death(app: App) -> None:
    url, folder = app.settings.resolved_database_url, str(app.settings.data_dir)
    with subprocess.Popen([sys.executable, "-c", HOLD, url, folder], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == "True"
        mine = app.lock()
        assert not mine.try_acquire(command="mine")
        holder = mine.holder()
        assert (holder["pid"], holder["command"]) == (other.pid, "other")
        other.kill()
    wait_until(lambda: mine.try_acquire(command="mine"))
    assert mine.holder()["pid"] == os.getpid()
    mine.release()
    again = app.lock()
    assert again.try_acquire(command="again")
    again.release()
