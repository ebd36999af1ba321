"""What stands in the bot's database, read beside it."""

import asyncio
import contextlib
import sqlite3

# What the bot writes by itself while nobody does anything.
OWN_TABLES = frozenset({"meta", "latencies", "sqlite_stat1"})
WRITTEN_S = 30.0


class Books:
    """A file that the bot writes to."""

    def __init__(self, database):
        self.database = database
        self._reader, self._version, self._known = None, None, {}

    def close(self):
        if self._reader is not None:
            self._reader.close()

    def rows(self, *tables):
        """Every row of these tables as text, where none is named of all but the bot's own notes; read anew only where something was written."""
        if self._reader is None:
            self._reader = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        (version,) = self._reader.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._version, self._known = version, {}
        if tables not in self._known:
            self._known[tables] = frozenset(
                f"{name}: {row}"
                for name in tables or self._tables()
                for row in self._reader.execute(f"SELECT * FROM {name}")
            )
        return self._known[tables]

    def _tables(self):
        found = self._reader.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")
        return [name for (name,) in found if name not in OWN_TABLES]

    async def differs(self, before, table):
        """Whether anything is written within a moment in a table that had these rows."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(WRITTEN_S):
                while self.rows(table) == before:  # noqa: ASYNC110 - a file tells nobody
                    await asyncio.sleep(0.01)
        return self.rows(table) != before

    def card_of(self, request_id):
        """The channel and message of a request's card."""
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as db:
            asked = "SELECT message_channel_id, message_id FROM requests WHERE interaction_id = ?"
            return db.execute(asked, (request_id,)).fetchone()

    async def rests(self):
        """Wait until nothing is written any more."""
        last, same = None, 0
        async with asyncio.timeout(60):
            while same < 4:
                await asyncio.sleep(0.05)
                now = self.rows()
                same = same + 1 if now == last else 0
                last = now
