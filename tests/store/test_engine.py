"""The SQLite engine: all or nothing, one COMMIT for many, and errors that tell the truth."""

import asyncio
import logging
import os
import sqlite3
import stat
from pathlib import Path

import pytest

from bot.errors import StoreError, StoreFull, StoreLocked
from bot.store.database import Database, Transaction
from bot.store.sqlite import BATCH_MAX, Sqlite, open_sqlite
from tests.inline_sqlite import InlineConnector

pytestmark = pytest.mark.asyncio


async def note(tx: Transaction, key: str, value: str = "x") -> None:
    await tx.execute("INSERT INTO meta (key, value) VALUES ($1, $2)", key, value)


async def write(db: Database, *keys: str, value: str = "x") -> None:
    async with db.transaction() as tx:
        for key in keys:
            await note(tx, key, value)


async def written(db: Database) -> set[str]:
    return {row["key"] for row in await db.fetch("SELECT key FROM meta")}


async def outcomes(*blocks: object) -> list[object]:
    return [
        type(result) if isinstance(result, Exception) else result
        for result in await asyncio.gather(*blocks, return_exceptions=True)
    ]


async def test_a_block_is_written_as_a_whole(either: Sqlite):
    await write(either, "a", "b")
    assert await written(either) == {"a", "b"}


async def test_a_block_that_raises_leaves_no_trace(either: Sqlite):
    async def fail() -> None:
        async with either.transaction() as tx:
            await note(tx, "a")
            raise KeyError

    assert await outcomes(fail()) == [KeyError]
    assert await written(either) == set()


async def test_a_failing_block_rolls_back_itself_alone(either: Sqlite):
    blocks = [write(either, f"good{number}") for number in range(5)]
    blocks.insert(2, write(either, "bad", "bad"))
    assert await outcomes(*blocks) == [None, None, StoreError, None, None, None]
    assert await written(either) == {f"good{number}" for number in range(5)}


async def test_a_block_may_go_on_after_a_statement_that_was_refused(either: Sqlite):
    async with either.transaction() as tx:
        await note(tx, "a")
        with pytest.raises(StoreError, match="UNIQUE"):
            await note(tx, "a")
        await note(tx, "b")
    assert await written(either) == {"a", "b"}


async def test_execute_counts_rows_and_fetch_may_write(either: Sqlite):
    await write(either, "a", "b", "c")
    async with either.transaction() as tx:
        assert await tx.execute("UPDATE meta SET value = $2 WHERE key <> $1", "a", "y") == 2
        assert await tx.execute("DELETE FROM meta WHERE key = $1", "nobody") == 0
        rows = await tx.fetch("INSERT INTO meta (key, value) VALUES ($1, $1) RETURNING key, value", "d")
        assert [dict(zip(row.keys(), (row["key"], row["value"]), strict=True)) for row in rows] == [
            {"key": "d", "value": "d"}
        ]


async def test_nobody_sees_a_block_before_it_is_committed(either: Sqlite):
    async with either.transaction() as tx:
        await note(tx, "a")
        assert await written(either) == set()
        assert [row["key"] for row in await tx.fetch("SELECT key FROM meta")] == ["a"]
    assert await written(either) == {"a"}


async def test_outside_a_transaction_nothing_can_be_written(either: Sqlite):
    with pytest.raises(StoreError, match="readonly"):
        await either.fetch("DELETE FROM meta RETURNING key")


async def test_blocks_that_wait_together_share_one_commit(db: Sqlite, connector: InlineConnector):
    connector.writer.statements.clear()
    await asyncio.gather(*(write(db, f"{number}") for number in range(BATCH_MAX)))
    assert connector.writer.statements.count("COMMIT") == 1
    assert len(await written(db)) == BATCH_MAX


async def test_a_batch_is_bounded(db: Sqlite, connector: InlineConnector):
    connector.writer.statements.clear()
    await asyncio.gather(*(write(db, f"{number}") for number in range(3 * BATCH_MAX + 1)))
    assert connector.writer.statements.count("COMMIT") == 4


async def test_a_batch_in_which_nothing_is_kept_asks_nothing_of_the_disk(db: Sqlite, connector: InlineConnector):
    connector.writer.statements.clear()
    await write(db, "a")
    await outcomes(*(write(db, "a") for _ in range(5)))
    assert connector.writer.statements.count("COMMIT") == 1


async def test_nobody_is_told_of_success_before_the_commit(db: Sqlite, connector: InlineConnector):
    commits = []

    async def write_and_look(key: str) -> None:
        await write(db, key)
        commits.append(connector.writer.statements.count("COMMIT"))

    connector.writer.statements.clear()
    await asyncio.gather(*(write_and_look(f"{number}") for number in range(10)))
    assert commits == [1] * 10


async def test_when_the_commit_fails_everyone_in_the_batch_is_told(either: Sqlite):
    async with either.transaction() as tx:
        await tx.execute("CREATE TABLE child (key TEXT REFERENCES meta (key) DEFERRABLE INITIALLY DEFERRED)")

    async def orphan() -> None:
        async with either.transaction() as tx:
            await tx.execute("INSERT INTO child VALUES ('nobody')")

    assert await outcomes(write(either, "a"), orphan(), write(either, "b")) == [StoreError] * 3
    assert await written(either) == set()
    await write(either, "c")
    assert await written(either) == {"c"}


async def fill_up(db: Sqlite) -> None:
    """Leave the file room for very little more."""
    [pages] = await db._connection.execute_fetchall("PRAGMA page_count", {})
    await db._connection.execute(f"PRAGMA max_page_count = {pages[0] + 3}", {})


async def make_room(db: Sqlite) -> None:
    await db._connection.execute("PRAGMA max_page_count = 1000000", {})


async def test_a_full_disk_fails_the_batch_and_works_again_with_room(either: Sqlite):
    await fill_up(either)
    results = await outcomes(write(either, "a"), write(either, "big", value="x" * 100_000), write(either, "c"))
    assert results == [StoreFull, StoreFull, None]
    assert await written(either) == {"c"}
    await make_room(either)
    await write(either, "big", value="x" * 100_000)
    assert await written(either) == {"c", "big"}


async def test_a_block_cannot_go_on_after_the_engine_rolled_it_back(either: Sqlite):
    await fill_up(either)

    async def stubborn() -> None:
        async with either.transaction() as tx:
            with pytest.raises(StoreFull):
                await note(tx, "big", "x" * 100_000)
            with pytest.raises(StoreFull):
                await note(tx, "alone")

    assert await outcomes(stubborn(), write(either, "b")) == [StoreFull, None]
    assert await written(either) == {"b"}


async def test_while_another_process_writes_all_who_wait_are_told_and_reading_goes_on(either: Sqlite, path: Path):
    await write(either, "before")
    await either._connection.execute("PRAGMA busy_timeout = 50", {})
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert await outcomes(*(write(either, f"{number}") for number in range(100))) == [StoreLocked] * 100
    assert await written(either) == {"before"}
    other.execute("ROLLBACK")
    other.close()
    await write(either, "after")
    assert await written(either) == {"before", "after"}


async def test_closing_lets_everyone_finish_and_refuses_the_next(path: Path):
    db = await open_sqlite(path)
    tasks = [asyncio.create_task(write(db, f"{number}")) for number in range(5)]
    await asyncio.sleep(0)
    await db.close()
    await asyncio.gather(*tasks)
    for late in (write(db, "late"), db.fetch("SELECT 1")):
        with pytest.raises(StoreError):
            await late
    db = await open_sqlite(path)
    assert await written(db) == {f"{number}" for number in range(5)}
    await db.close()


async def test_a_transaction_within_a_transaction_is_refused_instead_of_waiting_for_ever(either: Sqlite):
    with pytest.raises(RuntimeError, match="within a transaction"):
        async with either.transaction():
            await write(either, "a")


async def test_after_a_block_that_failed_the_next_may_follow_at_once(either: Sqlite):
    assert await outcomes(write(either, "a", "a")) == [StoreError]
    with pytest.raises(StoreError):
        await write(either, "b", "b")
    await write(either, "c")
    assert await written(either) == {"c"}


async def test_a_transaction_is_of_no_use_after_its_block(either: Sqlite):
    async with either.transaction() as tx:
        pass
    with pytest.raises(StoreError, match="is over"):
        await note(tx, "a")


@pytest.mark.parametrize("value", ["secret \ud800", 2**70 + 12345, {"secret": 12345}])
async def test_errors_never_hold_a_bound_value(either: Sqlite, value: object):
    with pytest.raises(StoreError) as caught:
        await write(either, "a", value=value)
    error = caught.value
    assert error.__context__ is None
    assert "secret" not in repr(error)
    assert "12345" not in repr(error)


async def test_the_driver_never_logs_bound_values(path: Path, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    db = await open_sqlite(path)
    await write(db, "a secret")
    await db.close()
    assert "secret" not in caplog.text


async def test_folder_and_files_are_for_their_owner_only(made: Sqlite, path: Path):
    await write(made, "a")
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}


async def test_the_settings_of_a_connection_are_those_that_survive_a_power_cut(made: Sqlite):
    async with made.transaction() as tx:
        assert [(await tx.fetch(f"PRAGMA {name}"))[0][name] for name in ("synchronous", "foreign_keys")] == [2, 1]
        assert (await tx.fetch("PRAGMA journal_mode"))[0]["journal_mode"] == "wal"
        assert (await tx.fetch("PRAGMA recursive_triggers"))[0]["recursive_triggers"] == 1


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path):
    path = tmp_path / "holiday.png"
    path.write_bytes(b"\x89PNG" * 1000)
    with pytest.raises(StoreError, match="not a database"):
        await open_sqlite(path)


async def test_a_place_that_cannot_hold_a_database_is_refused(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot open"):
        await open_sqlite(tmp_path / "file" / "imagen.sqlite3")


@pytest.mark.parametrize("pages_from_end", [1, 2, 3, 10])
async def test_check_tells_what_the_engine_finds_wrong(path: Path, pages_from_end: int):
    db = await open_sqlite(path)
    assert await db.check() == []
    await write(db, *(f"{number:01000}" for number in range(100)))
    await db.close()
    with path.open("r+b") as file:
        file.seek(-pages_from_end * 4096, os.SEEK_END)
        file.write(b"\xff" * 4096)
    db = await open_sqlite(path)
    assert await db.check() != []
    await db.close()
