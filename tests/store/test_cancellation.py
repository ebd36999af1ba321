"""Cancelling a task at any moment undoes its block or leaves it whole, and disturbs nobody else."""

import asyncio
from collections.abc import Coroutine, Generator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.errors import StoreError
from bot.store.sqlite import Sqlite, open_sqlite
from tests.databases import open_fresh
from tests.inline_sqlite import InlineConnector

pytestmark = pytest.mark.asyncio


class CancelledAt:
    """Awaits a coroutine and cancels the task that does so when it waits for the `at`-th time (from 0)."""

    def __init__(self, coroutine: Coroutine[Any, Any, None], at: int) -> None:
        self._coroutine = coroutine
        self._at = at
        self.reached = False

    def __await__(self) -> Generator[Any, None, None]:
        inner = self._coroutine.__await__()
        resume = partial(next, inner)
        for step in count():
            try:
                waited_for = resume()
            except StopIteration:
                return
            if step == self._at:
                self.reached = True
                asyncio.current_task().cancel()
            try:
                yield waited_for
                resume = partial(next, inner)
            except asyncio.CancelledError as error:
                resume = partial(inner.throw, error)


async def write_pair(db: Sqlite, name: str) -> None:
    async with db.transaction() as tx:
        await tx.execute("INSERT INTO meta (key, value) VALUES ($1, 'first')", f"{name}/1")
        await tx.fetch("SELECT COUNT(*) FROM meta")
        await tx.execute("INSERT INTO meta (key, value) VALUES ($1, 'second')", f"{name}/2")


async def pairs(db: Sqlite) -> set[str]:
    """Whose pairs are there; half a pair is an error."""
    keys = {row["key"] for row in await db.fetch("SELECT key FROM meta")}
    names = {key.split("/")[0] for key in keys}
    assert keys == {f"{name}/{half}" for name in names for half in (1, 2)}
    return names


async def settled(db: Sqlite) -> None:
    """The store works on as if nothing had happened."""
    await write_pair(db, "after")
    assert not db._connection.in_transaction
    assert db._waiting == type(db._waiting)()


async def sweep_one(db: Sqlite, at: int) -> bool:
    """Cancel the middle one of three at its step `at`; False when it has fewer steps."""
    victim = CancelledAt(write_pair(db, "victim"), at)

    async def run_victim() -> None:
        await victim

    tasks = [asyncio.create_task(run) for run in (write_pair(db, "a"), run_victim(), write_pair(db, "b"))]
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert results[0] is None
    assert results[2] is None
    await settled(db)
    names = await pairs(db)
    assert names >= {"a", "b", "after"}
    if not victim.reached:
        assert results[1] is None
        assert "victim" in names
    else:
        assert isinstance(results[1], asyncio.CancelledError)
    async with db.transaction() as tx:
        await tx.execute("DELETE FROM meta")
    return victim.reached


async def test_at_every_await_of_the_block(either: Sqlite):
    swept = 0
    while await sweep_one(either, swept):
        swept += 1
    # Inline a statement never waits, so there are two awaits: for the turn, and for the commit.
    assert swept >= 2


async def test_at_every_pass_of_the_loop(path: Path):
    """Cancelled from outside after so many passes: also between an answer and the moment its task hears of it."""
    for passes in range(60):
        db = await open_fresh(path.with_name(f"{passes}.sqlite3"), connect=InlineConnector())
        tasks = [asyncio.create_task(write_pair(db, name)) for name in ("a", "victim", "b")]
        for _ in range(passes):
            await asyncio.sleep(0)
        was_over = tasks[1].done()
        tasks[1].cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert results[0] is None
        assert results[2] is None
        await settled(db)
        assert await pairs(db) >= {"a", "b", "after"} | ({"victim"} if results[1] is None else set())
        await db.close()
        if was_over:
            return
    raise AssertionError("the victim never ended by itself")


async def test_before_its_turn_nothing_is_written(db: Sqlite):
    tasks = [asyncio.create_task(write_pair(db, name)) for name in ("a", "victim")]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.wait(tasks)
    assert await pairs(db) == {"a"}


async def test_everyone_at_once(either: Sqlite):
    for passes in range(12):
        tasks = [asyncio.create_task(write_pair(either, f"{passes}-{number}")) for number in range(20)]
        for _ in range(passes):
            await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await pairs(either)
    await settled(either)


async def test_the_writer_itself(db: Sqlite):
    """Only the end of the loop does that: nobody waits for ever, and the next writer starts clean."""
    for passes in range(10):
        tasks = [asyncio.create_task(write_pair(db, f"{passes}-{number}")) for number in range(3)]
        for _ in range(passes):
            await asyncio.sleep(0)
        if db._writer is not None:
            db._writer.cancel()
        late = asyncio.create_task(write_pair(db, f"{passes}-late"))
        results = await asyncio.wait_for(asyncio.gather(*tasks, late, return_exceptions=True), timeout=30)
        assert {type(result) for result in results} <= {type(None), StoreError}
        told = {f"{passes}-{name}" for name, result in zip((0, 1, 2, "late"), results, strict=True) if result is None}
        assert {name for name in await pairs(db) if name.startswith(f"{passes}-")} == told
    await settled(db)


async def test_while_opening(path: Path):
    """Nothing keeps the file, or a thread, once the opening was given up."""
    for at in count():
        opening = CancelledAt(_open_and_close(path), at)
        [result] = await asyncio.gather(_await(opening), return_exceptions=True)
        if not opening.reached:
            assert result is None
            break
        assert isinstance(result, asyncio.CancelledError)
        await _open_and_close(path)
    assert at > 10


async def _await(awaitable: CancelledAt) -> None:
    await awaitable


async def _open_and_close(path: Path) -> None:
    await (await open_sqlite(path)).close()
