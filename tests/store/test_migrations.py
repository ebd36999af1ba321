"""Every earlier schema becomes today's; what is not ours to touch is refused."""

import sqlite3
from pathlib import Path

import pytest

from bot.errors import SchemaTooNew, StoreError
from bot.store.migrations import Migration, migrate
from bot.store.schema import MIGRATIONS
from bot.store.sqlite import Sqlite, open_sqlite
from tests.inline_sqlite import InlineConnector

pytestmark = pytest.mark.asyncio

FIRST = Migration(plain=("CREATE TABLE things (name TEXT)",))
SECOND = Migration(plain=("ALTER TABLE things ADD COLUMN size BIGINT", "INSERT INTO things VALUES ('old', 3)"))
BROKEN = Migration(plain=("CREATE TABLE more (name TEXT)", "CREATE TABLE things (name TEXT)"))


async def empty(path: Path) -> Sqlite:
    """A database in which nothing was ever migrated."""
    path.parent.mkdir(exist_ok=True)
    connect = InlineConnector()
    return Sqlite(writer=await connect(path), reader=await connect(path))


async def schema(db: Sqlite) -> list[tuple[str, str]]:
    rows = await db.fetch("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
    return [(row["name"], row["sql"]) for row in rows]


@pytest.mark.parametrize("earlier", range(len(MIGRATIONS)))
async def test_every_earlier_schema_becomes_todays(path: Path, tmp_path: Path, earlier: int):
    old = await empty(path)
    await migrate(old, MIGRATIONS[:earlier])
    await old.close()
    upgraded = await open_sqlite(path)
    fresh = await open_sqlite(tmp_path / "fresh.sqlite3")
    assert await schema(upgraded) == await schema(fresh)
    await upgraded.close()
    await fresh.close()


async def test_what_was_stored_survives_an_upgrade(path: Path):
    db = await empty(path)
    await migrate(db, [FIRST])
    async with db.transaction() as tx:
        await tx.execute("INSERT INTO things VALUES ('kept')")
    await migrate(db, [FIRST, SECOND])
    await migrate(db, [FIRST, SECOND])
    rows = await db.fetch("SELECT name, size FROM things ORDER BY name")
    assert [tuple(row) for row in rows] == [("kept", None), ("old", 3)]
    await db.close()


async def test_a_migration_that_fails_leaves_the_schema_before_it(path: Path):
    db = await empty(path)
    await migrate(db, [FIRST])
    before = await schema(db)
    with pytest.raises(StoreError, match="already exists"):
        await migrate(db, [FIRST, BROKEN])
    assert await schema(db) == before
    await migrate(db, [FIRST, SECOND])
    await db.close()


async def test_a_newer_schema_is_refused_and_left_alone(db: Sqlite, path: Path):
    raw = sqlite3.connect(path)
    raw.execute("INSERT INTO migrations VALUES (?, 'of the future')", (len(MIGRATIONS) + 1,))
    raw.commit()
    raw.close()
    before = await schema(db)
    with pytest.raises(SchemaTooNew, match=f"schema {len(MIGRATIONS) + 1}"):
        await open_sqlite(path)
    assert await schema(db) == before


async def test_a_migration_edited_after_it_was_applied_is_refused(path: Path):
    db = await empty(path)
    await migrate(db, [FIRST, SECOND])
    edited = Migration(plain=("CREATE TABLE things (name VARCHAR)",))
    with pytest.raises(StoreError, match=r"migration 1 .* edited"):
        await migrate(db, [edited, SECOND])
    await db.close()


async def test_blanks_in_a_migration_may_change(path: Path):
    db = await empty(path)
    await migrate(db, [FIRST])
    await migrate(db, [Migration(plain=("CREATE TABLE\n    things (name TEXT)\n",))])
    await db.close()


async def test_opening_again_changes_nothing(db: Sqlite, path: Path):
    before = await schema(db)
    again = await open_sqlite(path)
    assert await schema(again) == before
    await again.close()
