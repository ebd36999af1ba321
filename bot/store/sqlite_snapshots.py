"""A SQLite file that is only read, one moment at a time, also while the bot writes to it in another process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.store.database import Row
from bot.store.migrations import check_schema
from bot.store.schema import MIGRATIONS
from bot.store.sqlite_connection import Connect, Connection, bound, connect_to_read, damage, set_up_reader, translated

SNAPSHOTS_AT_ONCE = 4  # each reads in a thread of its own


async def open_snapshots(path: Path, *, connect: Connect = connect_to_read) -> "SqliteSnapshots":
    """Open the database file for reading only; no lock is taken, and nobody who writes is kept waiting.

    Raises StoreError where there is no such file, or where an older version of the bot wrote it, and SchemaTooNew if a
    newer one did.
    """
    snapshots = SqliteSnapshots(path, connect=connect)
    async with snapshots.snapshot() as moment:
        await check_schema(moment, MIGRATIONS)
    return snapshots


class Moment:
    """The database as it was when this was opened: a Reader."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def fetch(self, sql: str, *args: Any) -> list[Row]:
        return list(await translated(self._connection.execute_fetchall(sql, bound(args))))

    async def check(self) -> list[str]:
        return await damage(self)


class SqliteSnapshots:
    """Opens moments, each on a connection of its own: a long report holds up nobody else's questions."""

    def __init__(self, path: Path, *, connect: Connect) -> None:
        self._path = path
        self._connect = connect
        self._turns = asyncio.Semaphore(SNAPSHOTS_AT_ONCE)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Moment]:
        async with self._turns:
            connection = await translated(self._connect(self._path))
            try:
                await set_up_reader(connection)
                await translated(connection.execute("BEGIN", {}))
                yield Moment(connection)
            finally:
                await translated(connection.close())
