"""Ctrl-C and SIGTERM: the first asks to stop cleanly, the second ends at once."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stop_requests() -> Iterator[threading.Event]:
    """Within, the first signal sets the event; the second ends the process, as a kill would, with code 130."""
    stop = threading.Event()

    def handle(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            sys.stderr.write("\n")
            os._exit(INTERRUPTED)  # what is stored is stored; the system frees the drainer's lock
        stop.set()

    before = {number: signal.signal(number, handle) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def treat_termination_as_interrupt() -> None:
    """Let SIGTERM unwind the process as Ctrl-C does, so that temporary files and locks go."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, handle)
