"""The SQLite engine: one writer, and one COMMIT (one wait for the disk) for all who are waiting.

A block of statements is a turn. The writer, a task of its own, opens a transaction, gives one turn after the other a
SAVEPOINT in it, and commits once for all of them; only then is anybody told that it succeeded. BEGIN, SAVEPOINT,
RELEASE, ROLLBACK and COMMIT run in the writer alone, so that cancelling a caller never leaves the connection in the
middle of a step. The writer lives as long as somebody waits, and needs no timer.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from bot.errors import StoreError
from bot.store.database import Row
from bot.store.migrations import migrate
from bot.store.schema import MIGRATIONS
from bot.store.sqlite_connection import (
    Connect,
    Connection,
    bound,
    connect_in_thread,
    damage,
    make_private,
    set_up_reader,
    set_up_writer,
    translated,
)

BATCH_MAX = 64  # turns that share a COMMIT; bounds how long the first of them waits

_T = TypeVar("_T")


async def open_sqlite(path: Path, *, connect: Connect = connect_in_thread) -> "Sqlite":
    """Open the database file, made anew if there is none, and bring its schema up to date.

    A folder and a file made here are for their owner only. Raises StoreError where the file cannot be used, and
    SchemaTooNew if a newer version of the bot wrote it.
    """
    make_private(path)
    async with AsyncExitStack() as opened:
        writer = await translated(connect(path))
        opened.push_async_callback(writer.close)
        await set_up_writer(writer)
        reader = await translated(connect(path))
        opened.push_async_callback(reader.close)
        await set_up_reader(reader)
        opened.pop_all()
    database = Sqlite(writer=writer, reader=reader)
    try:
        await migrate(database, MIGRATIONS)
    except BaseException:
        await database.close()
        raise
    return database


class Turn:
    """One block's share of a batch, and the Transaction that its statements go through.

    `begun` and `committed` tell the caller; an error is handed over as their result, because nobody may be left to
    collect an exception. `ended` tells the writer whether to keep what the block did.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        loop = asyncio.get_running_loop()
        self.task = asyncio.current_task()
        self.begun: asyncio.Future[StoreError | None] = loop.create_future()
        self.ended: asyncio.Future[bool] = loop.create_future()
        self.committed: asyncio.Future[StoreError | None] = loop.create_future()
        self.failure: StoreError | None = None

    async def fetch(self, sql: str, *args: Any) -> list[Row]:
        self._check_open()
        return list(await self._watched(self._connection.execute_fetchall(sql, bound(args))))

    async def execute(self, sql: str, *args: Any) -> int:
        self._check_open()
        return (await self._watched(self._connection.execute(sql, bound(args)))).rowcount

    def _check_open(self) -> None:
        _raise(self.failure)  # a statement now would stand outside any transaction
        if self.ended.done():
            raise StoreError("this transaction is over")

    async def _watched(self, call: Awaitable[_T]) -> _T:
        try:
            return await translated(call)
        except StoreError as error:
            if not self._connection.in_transaction:  # SQLite rolled the whole batch back by itself
                self.failure = error
            raise

    def begin(self) -> None:
        if not self.begun.done():
            self.begun.set_result(None)

    def end(self, *, keep: bool) -> None:
        if not self.ended.done():
            self.ended.set_result(keep)

    def tell(self, outcome: StoreError | None) -> None:
        """Tell the caller how it came out, if it still listens."""
        self.failure = outcome
        for told in (self.begun, self.committed):
            if not told.done():
                told.set_result(outcome)


class Sqlite:
    """A Database in a SQLite file; at most `batch_max` blocks share a COMMIT.

    Questions go over a connection of their own, which WAL never makes wait.
    """

    def __init__(self, *, writer: Connection, reader: Connection, batch_max: int = BATCH_MAX) -> None:
        self._connection = writer
        self._reader = reader
        self._batch_max = batch_max
        self._waiting: deque[Turn] = deque()
        self._current: Turn | None = None
        self._writer: asyncio.Task[None] | None = None
        self._closed = False
        self._closing: asyncio.Task[None] | None = None

    async def fetch(self, sql: str, *args: Any) -> list[Row]:
        return list(await translated(self._reader.execute_fetchall(sql, bound(args))))

    async def check(self) -> list[str]:
        return await damage(self)

    async def close(self) -> None:
        self._closed = True
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(), name="store-close")
        await asyncio.shield(self._closing)  # half closed, a thread would keep the process alive

    async def _close(self) -> None:
        if self._writer is not None:
            await asyncio.wait([self._writer])
        try:
            await translated(self._reader.close())
        finally:
            await translated(self._connection.close())

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Turn]:
        turn = self._ask()
        try:
            _raise(await turn.begun)
            yield turn
        except BaseException:
            turn.end(keep=False)
            raise
        turn.end(keep=True)
        _raise(await turn.committed)

    def _ask(self) -> Turn:
        if self._closed:
            raise StoreError("the database is closed")
        turn = Turn(self._connection)
        current = self._current
        if current is not None and current.task is turn.task and not current.ended.done():
            raise RuntimeError("a transaction within a transaction would wait for itself")
        self._waiting.append(turn)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write(), name="store-writer")
            self._writer.add_done_callback(self._writer_ended)
        return turn

    def _writer_ended(self, writer: asyncio.Task[None]) -> None:
        """Let nobody wait for a writer that was cancelled, as all tasks are when the loop ends."""
        if self._writer is writer:
            self._refuse_waiting(StoreError("the database was stopped"))

    async def _write(self) -> None:
        while self._waiting:
            await self._write_batch()

    def _refuse_waiting(self, error: StoreError) -> None:
        while self._waiting:
            self._waiting.popleft().tell(error)

    async def _write_batch(self) -> None:
        """Begin, give turns, commit, tell; an error is told to every turn of the batch."""
        batch: list[Turn] = []
        outcome: StoreError | None = StoreError("the database was stopped")
        try:
            await self._begin()
            while self._waiting and len(batch) < self._batch_max:
                batch.append(self._waiting.popleft())
                await self._give(batch[-1])
            await self._statement("COMMIT" if any(turn.ended.result() for turn in batch) else "ROLLBACK")
            outcome = None
        except StoreError as error:
            await self._roll_back()
            outcome = error
        finally:
            for turn in batch:
                turn.tell(outcome)

    async def _begin(self) -> None:
        try:
            await self._roll_back()  # what a stopped writer may have left open
            await self._statement("BEGIN IMMEDIATE")
        except StoreError as error:
            self._refuse_waiting(error)  # they all waited for it; in a row, each would wait out the lock again
            raise

    async def _give(self, turn: Turn) -> None:
        await self._statement("SAVEPOINT turn")
        self._current = turn
        turn.begin()
        try:
            keep = await turn.ended
        finally:
            self._current = None
        try:
            if not keep:
                await self._statement("ROLLBACK TO turn")
            await self._statement("RELEASE turn")
        except StoreError as error:
            raise turn.failure or error from None  # the savepoint is gone because of what befell the turn

    async def _roll_back(self) -> None:
        if self._connection.in_transaction:  # after SQLITE_FULL and its like there is none, and ROLLBACK would fail
            await self._statement("ROLLBACK")

    async def _statement(self, sql: str) -> None:
        await translated(self._connection.execute(sql, {}))


def _raise(error: StoreError | None) -> None:
    """Raise the error anew: the same object raised in many tasks would gather all their tracebacks."""
    if error is not None:
        raise type(error)(*error.args)
