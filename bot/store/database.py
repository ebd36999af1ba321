"""The port: what the store asks of a database engine, whichever it is.

SQL is written once for SQLite and PostgreSQL: `$1` parameters, `ON CONFLICT … DO UPDATE`, `RETURNING`, whole numbers
and text. Every method raises StoreError or one of its kinds; a message never holds a bound value.
"""

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol


class Row(Protocol):
    """One row of an answer; columns are read by name."""

    def __getitem__(self, name: str, /) -> Any: ...

    def keys(self) -> Iterable[str]: ...


class Reader(Protocol):
    """Whoever answers questions: a transaction, or the database itself."""

    async def fetch(self, sql: str, *args: Any) -> list[Row]:
        """Return every row of a statement; within a transaction it may write (`RETURNING`)."""
        ...


class Transaction(Reader, Protocol):
    """One block of statements that happens as a whole or not at all. Of no use once its block has ended."""

    async def execute(self, sql: str, *args: Any) -> int:
        """Run a writing statement and return how many rows it touched."""
        ...


class Database(Reader, Protocol):
    """A database. `fetch` sees what is committed, and never waits for a writer."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Open a block that is durable once it has ended without an error, and leaves no trace otherwise.

        Await nothing but the transaction within the block: every other block waits for it. A task cancelled within
        the block is rolled back. A task cancelled after the last line of the block, while the commit is under way,
        does not stop it: the caller is gone, and what it wrote stands or falls with that commit.
        """
        ...

    async def check(self) -> list[str]:
        """Ask the engine to look its files over; return what it found wrong, one line each."""
        ...

    async def close(self) -> None:
        """Let the blocks that were asked for end, then close; everything after raises StoreError."""
        ...
