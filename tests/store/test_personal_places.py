"""A person's place outside of servers has their id: with their data it goes from wherever it stood."""

from dataclasses import replace

import pytest

from bot.jobs import Reach
from bot.outside import FORGOTTEN, home_of
from bot.store import jobs, personal
from tests.store.support import JOB, REQUEST

pytestmark = pytest.mark.asyncio

MIA, JULES = 1_191_850_025_655_730_176, 1_192_832_165_507_760_128
DIRECT = 1_200_000_000_000_000_000


async def asked(tx, interaction_id, user_id):
    request = replace(
        REQUEST,
        interaction_id=interaction_id,
        guild_id=home_of(user_id),
        user_id=user_id,
        channel_id=DIRECT,
        place_id=DIRECT,
        reach=Reach.DIRECT,
    )
    await jobs.insert(tx, request, [replace(JOB, interaction_id=interaction_id)])
    for topic, key in (("all", ""), ("member", str(user_id)), ("channel", str(DIRECT))):
        await tx.execute(
            "INSERT INTO usage_days VALUES ($1, '2026-11-20', $2, $3, 2, 0, 0, 0, 80000)", home_of(user_id), topic, key
        )
    await tx.execute("INSERT INTO usage_times VALUES ($1, '2026-11-20', 'waiting', 3, 2)", home_of(user_id))


async def dump(db):
    tables = ("requests", "usage_days", "usage_times")
    return str([tuple(row) for table in tables for row in await db.fetch(f"SELECT * FROM {table}")])


async def test_with_a_persons_data_their_place_is_forgotten_and_its_figures_are_everybodys(db):
    async with db.transaction() as tx:
        await asked(tx, 1, MIA)
        await asked(tx, 2, JULES)
        await personal.forget(tx, MIA, now_ms=1)
    kept = await dump(db)
    assert str(MIA) not in kept
    assert kept.count(str(DIRECT)) == 3
    assert str(JULES) in kept
    async with db.transaction() as tx:
        await personal.forget(tx, JULES, now_ms=1)
    kept = await dump(db)
    assert str(JULES) not in kept
    assert str(DIRECT) not in kept
    figures = "SELECT topic, key, images, spent_microcredits FROM usage_days WHERE guild_id = $1 ORDER BY topic"
    rows = await db.fetch(figures, FORGOTTEN)
    assert [tuple(row) for row in rows] == [("all", "", 4, 160_000), ("member", "0", 4, 160_000)]
    times = await db.fetch("SELECT jobs FROM usage_times WHERE guild_id = $1", FORGOTTEN)
    assert [row["jobs"] for row in times] == [4]


async def test_forgetting_twice_changes_nothing(db):
    async with db.transaction() as tx:
        await asked(tx, 1, MIA)
        await personal.forget(tx, MIA, now_ms=1)
    before = await dump(db)
    async with db.transaction() as tx:
        await personal.forget(tx, MIA, now_ms=1)
    assert await dump(db) == before


async def test_what_the_bot_can_do_where_a_request_was_made_is_remembered(db):
    async with db.transaction() as tx:
        await asked(tx, 1, MIA)
    found = await jobs.request(db, 1)
    assert found[0].reach is Reach.DIRECT
    assert found[0].guild_id == home_of(MIA)
