"""Copies of cards: remembered once, behind until somebody says otherwise, and forgotten with their request's owner."""

from dataclasses import replace

import pytest
import pytest_asyncio

from bot.jobs import Remover
from bot.store import copies, retouching
from bot.store.copies import Copy
from bot.tracker.collecting import names_image_of
from tests.databases import open_fresh
from tests.store.support import JOB, accept, grant

pytestmark = pytest.mark.asyncio

COPY = Copy(message_id=50, channel_id=8, guild_id=7, interaction_id=1)


@pytest_asyncio.fixture
async def db(tmp_path):
    opened = await open_fresh(tmp_path / "imagen.sqlite3")
    await grant(opened)
    yield opened
    await opened.close()


async def kept(db, *added):
    async with db.transaction() as tx:
        for copy in added:
            await copies.add(tx, copy)


async def due(db, *, now_ms=1_000):
    return await copies.due(db, now_ms=now_ms, limit=10)


async def test_the_same_message_twice_is_one_copy(db):
    await accept(db)
    await kept(db, COPY, COPY)
    assert await copies.of_request(db, 1) == [COPY]
    assert await due(db) == []


async def test_removing_the_images_puts_every_copy_behind_and_no_others(db):
    for number in (1, 2):
        await accept(db, number)
    await kept(db, COPY, replace(COPY, message_id=51), replace(COPY, message_id=52, interaction_id=2))
    async with db.transaction() as tx:
        await tx.execute("UPDATE requests SET private = FALSE")
        await retouching.remove(tx, 1, by=Remover.OWNER, at_ms=5)
    assert [each.message_id for each in await due(db)] == [50, 51]


async def test_what_falls_behind_anew_while_it_is_mended_stays_behind(db):
    await accept(db)
    await kept(db, COPY)
    async with db.transaction() as tx:
        await copies.fall_behind(tx, 1)
    (mended,) = await due(db)
    async with db.transaction() as tx:
        await copies.fall_behind(tx, 1)
        await copies.put_off(tx, mended, tries=0, due_ms=None)
    (again,) = await due(db)
    async with db.transaction() as tx:
        await copies.put_off(tx, again, tries=3, due_ms=2_000)
    assert await due(db) == []
    assert [each.tries for each in await due(db, now_ms=2_000)] == [3]


async def test_a_file_is_told_apart_from_those_of_images_with_longer_numbers():
    first, tenth = replace(JOB, interaction_id=36), replace(JOB, interaction_id=36, number=9)
    for name, job in (("imagen-10-1.png", first), ("imagen-10-1-small.jpg", first), ("imagen-10-10.png", tenth)):
        assert names_image_of(name, job)
    assert not names_image_of("imagen-10-10.png", first)
    assert not names_image_of("imagen-100-1.png", first)
