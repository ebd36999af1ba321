"""A database for machines that try thousands of lives: one connection in memory, on which nothing ever waits.

It keeps the promises of the port (a block happens as a whole or not at all) with SQLite's own savepoints, and leaves out
what is for many callers at once: the writer, its turns and the shared COMMIT, which tests/store and crowd.py are about.
Each life stands in one transaction that is never committed, so that the next one finds its statements prepared.
"""

import sqlite3
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from bot.store.migrations import migrate
from bot.store.schema import MIGRATIONS
from bot.store.sqlite_connection import bound, damage

STATEMENTS_MAX = 512  # more than the store has; a statement that drops out is prepared again


def at_once(work: Coroutine[Any, Any, Any]) -> Any:
    """What comes of work that has nothing to wait for, without an event loop."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    work.close()
    raise AssertionError("it waits for something")


class PlainBooks:
    """A Database, and the Transaction of its blocks. `planted` is SQL that puts a bug into it; `raw` is the connection."""

    def __init__(self, planted: str = "") -> None:
        self.raw = sqlite3.connect(":memory:", isolation_level=None, cached_statements=STATEMENTS_MAX)
        self.raw.row_factory = sqlite3.Row
        self.raw.execute("PRAGMA foreign_keys = ON")
        self.raw.execute("PRAGMA recursive_triggers = ON")
        self._open = False
        at_once(migrate(self, MIGRATIONS))
        self.raw.execute(planted)

    def begin_life(self) -> None:
        self.raw.execute("BEGIN")

    def end_life(self) -> None:
        """Take back all that happened in it."""
        self.raw.execute("ROLLBACK")
        self._open = False

    async def fetch(self, sql: str, *args: Any) -> list[sqlite3.Row]:
        return self.raw.execute(sql, bound(args)).fetchall()

    async def execute(self, sql: str, *args: Any) -> int:
        return self.raw.execute(sql, bound(args)).rowcount

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["PlainBooks"]:
        assert not self._open, "a transaction within a transaction would wait for itself"
        self._open = True
        self.raw.execute("SAVEPOINT block")
        try:
            yield self
        except BaseException:
            self.raw.execute("ROLLBACK TO block")
            raise
        finally:
            self.raw.execute("RELEASE block")
            self._open = False

    async def check(self) -> list[str]:
        return await damage(self)

    def close(self) -> None:
        self.raw.close()
