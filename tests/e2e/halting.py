"""The real bot in a process of its own that stands still at a COMMIT: `python -m tests.e2e.halting before 1`.

It counts from SIGUSR1 on, which the file `armed` confirms, and from the first COMMIT of an act: the bot's own beat, which
may fall between, is none. The file `held` tells that it stands: before the database has done the COMMIT, or after it and
before anybody in the bot is told so. Nothing else about the bot is other than it is; Python itself lets the
statements be seen.
"""

import asyncio
import re
import signal
import sqlite3
import sys
import time
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any, NoReturn

from bot import app, logs
from bot.config import load_config

ARMED, HELD = "armed", "held"
# So long the first transaction waits for company, so that what is pressed at once shares a COMMIT.
GATHER_S = 0.4
# What is written down with each of the acts in scenes.py, in the words of bot/store/.
ACT = re.compile(r"INSERT INTO (case_actions|evidence)\b|UPDATE cases SET appeal_reason\b")


class Halt:
    """Where to stand still; `armed` says that it counts."""

    def __init__(self, when: str, nth: int, loop: asyncio.AbstractEventLoop) -> None:
        self._after = {"before": False, "after": True}[when]
        self._left = nth
        self._loop = loop
        self.armed = self._acted = False

    def seen(self, connection: sqlite3.Connection, statement: str) -> None:
        """A statement is about to be done, in the thread of this connection."""
        if not self.armed:
            return
        if statement == "BEGIN IMMEDIATE" and not self._acted:
            time.sleep(GATHER_S)
        elif ACT.search(statement):
            self._acted = True
        elif statement == "COMMIT" and self._acted:
            self._left -= 1
            if self._left:
                return
            if not self._after:
                stand_still()
            # The loop gets to this before it gets to what comes of the COMMIT.
            self._loop.call_soon_threadsafe(stand_still_after, connection)


def stand_still_after(connection: sqlite3.Connection) -> NoReturn:
    while connection.in_transaction:
        time.sleep(0.001)
    stand_still()


def stand_still() -> NoReturn:
    Path(HELD).touch()
    while True:
        Event().wait()


async def _run(when: str, nth: int) -> None:
    config, stop, loop = load_config(), asyncio.Event(), asyncio.get_running_loop()
    halt = Halt(when, nth, loop)

    def audit(event: str, args: tuple[Any, ...]) -> None:
        if event == "sqlite3.connect/handle":
            # It is not ready yet, and is known in its own thread only; the next that happens there is that it is.
            sys.setprofile(partial(watch, args[0]))

    def watch(connection: sqlite3.Connection, *_: object) -> None:
        sys.setprofile(None)
        connection.set_trace_callback(partial(halt.seen, connection))

    def arm() -> None:
        halt.armed = True
        Path(ARMED).touch()

    sys.addaudithook(audit)
    logs.set_up(level=config.log_level, style=config.log_format, secrets=())
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGUSR1, arm)
    await app.run(config, stop=stop)


if __name__ == "__main__":
    asyncio.run(_run(sys.argv[1], int(sys.argv[2])))
