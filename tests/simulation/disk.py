"""The database's connections in a simulation: inline, counted, and closed as a dying process closes them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.inline_sqlite import InlineConnection, InlineConnector


class Connection(InlineConnection):
    """Nothing here survives the process, so nothing need reach the platter; `commits` counts what was written down."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.raw.execute("PRAGMA wal_autocheckpoint = 50")
        self.commits = 0

    async def execute(self, sql: str, parameters: Mapping[str, Any], /) -> Any:
        if sql == "PRAGMA synchronous = FULL":
            sql = "PRAGMA synchronous = OFF"
        self.commits += sql == "COMMIT"
        return self.raw.execute(sql, parameters)


class AtRest(InlineConnection):
    """A database that nobody writes to: its log was taken in when the last connection closed, so none is looked for."""

    def __init__(self, path: Path) -> None:
        if path.with_name(f"{path.name}-wal").exists():
            raise AssertionError("somebody is still connected")
        super().__init__(f"{path.absolute().as_uri()}?immutable=1", uri=True)


class Connector(InlineConnector):
    async def __call__(self, path: Path) -> InlineConnection:
        self.connections.append(Connection(path))
        return self.connections[-1]

    @property
    def commits(self) -> int:
        return sum(connection.commits for connection in self.connections)
