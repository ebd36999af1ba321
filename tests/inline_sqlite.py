"""A connection for the SQLite engine that runs each call at once, in the caller's thread.

With it a simulated event loop sees every step of the engine, and a crash can be simulated at any of them.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


class InlineConnection:
    """What the engine uses of an aiosqlite connection. `raw` is the connection itself; `statements` is what it ran."""

    def __init__(self, path: Path | str, *, uri: bool = False) -> None:
        self.raw = sqlite3.connect(path, isolation_level=None, uri=uri)
        self.raw.row_factory = sqlite3.Row
        self.statements: list[str] = []

    @property
    def in_transaction(self) -> bool:
        return self.raw.in_transaction

    async def execute(self, sql: str, parameters: Mapping[str, Any], /) -> sqlite3.Cursor:
        self.statements.append(sql)
        return self.raw.execute(sql, parameters)

    async def execute_fetchall(self, sql: str, parameters: Mapping[str, Any], /) -> Iterable[sqlite3.Row]:
        self.statements.append(sql)
        return self.raw.execute(sql, parameters).fetchall()

    async def close(self) -> None:
        self.raw.close()


class InlineConnector:
    """Hands inline connections to `open_sqlite` and keeps hold of them."""

    def __init__(self) -> None:
        self.connections: list[InlineConnection] = []

    async def __call__(self, path: Path) -> InlineConnection:
        self.connections.append(InlineConnection(path))
        return self.connections[-1]

    @property
    def writer(self) -> InlineConnection:
        return self.connections[0]

    def crash(self) -> None:
        """Drop every connection as a dying process does: what was not committed is gone."""
        for connection in self.connections:
            connection.raw.close()
