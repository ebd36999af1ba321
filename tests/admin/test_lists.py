"""The servers that the bot knows, and who is barred, as the database keeps them."""

import pytest

from bot.store import bars, guilds
from bot.store.bars import Bar, BarKind

pytestmark = pytest.mark.asyncio


async def seen(db, guild_id=7, name="Aquarium", at_ms=1):
    async with db.transaction() as tx:
        return await guilds.seen(tx, guild_id=guild_id, name=name, at_ms=at_ms)


async def welcomed(db):
    async with db.transaction() as tx:
        return await guilds.welcomed(tx, guild_id=7, at_ms=2)


async def left(db, guild_id=7):
    async with db.transaction() as tx:
        await guilds.left(tx, guild_id=guild_id, at_ms=3)


async def test_a_server_is_new_once_and_again_when_it_comes_back(db):
    assert await seen(db)
    assert not await seen(db)
    await left(db)
    await left(db)
    assert await seen(db, at_ms=9)
    (row,) = await db.fetch("SELECT joined_ms, left_ms FROM guilds")
    assert (row["joined_ms"], row["left_ms"]) == (9, None)


async def test_a_server_is_welcomed_once_each_time_that_it_comes(db):
    assert not await welcomed(db)
    await seen(db)
    assert [await welcomed(db), await welcomed(db)] == [True, False]
    await left(db)
    await seen(db)
    assert await welcomed(db)


async def test_a_server_has_the_name_that_it_had_last(db):
    await seen(db)
    await seen(db, name="Ocean")
    await left(db)
    assert await guilds.names(db, [7, 8]) == {7: "Ocean"}
    assert await guilds.names(db, []) == {}


async def test_servers_are_found_by_a_part_of_the_name_or_by_the_beginning_of_the_id(db):
    for guild_id, name in ((71, "Größe"), (72, "Aquarium"), (81, "aqua %_")):
        await seen(db, guild_id=guild_id, name=name)
    await left(db, 72)

    async def found(words, limit=9):
        return list(await guilds.matching(db, words, limit=limit))

    assert await found("AQUA") == [81, 72]
    assert await found("GRÖSSE") == [71]
    assert await found("%") == [81]
    assert await found(" 7") == [71, 72]
    assert await found("") == [71, 81, 72]
    assert await found("", limit=1) == [71]


def a_bar(kind, barred_id, reason="spam", at_ms=1):
    return Bar(kind=kind, id=barred_id, reason=reason, user_id=5, at_ms=at_ms)


async def test_members_and_servers_are_barred_apart_and_a_members_own_bar_counts_first(db):
    async with db.transaction() as tx:
        await bars.bar(tx, a_bar(BarKind.USER, 9))
        await bars.bar(tx, a_bar(BarKind.GUILD, 7))
    assert (await bars.barred(db, user_id=9, guild_id=7)).kind is BarKind.USER
    assert (await bars.barred(db, user_id=1, guild_id=7)).kind is BarKind.GUILD
    assert await bars.barred(db, user_id=7, guild_id=9) is None


async def test_a_bar_has_its_latest_reason_and_is_lifted_once(db):
    async with db.transaction() as tx:
        await bars.bar(tx, a_bar(BarKind.USER, 9))
        await bars.bar(tx, a_bar(BarKind.USER, 9, reason="worse", at_ms=2))
        await bars.bar(tx, a_bar(BarKind.USER, 8, at_ms=1))
    assert [(each.id, each.reason) for each in await bars.all_bars(db)] == [(9, "worse"), (8, "spam")]
    async with db.transaction() as tx:
        assert (await bars.unbar(tx, BarKind.USER, 9)).reason == "worse"
        assert await bars.unbar(tx, BarKind.USER, 9) is None
    assert await bars.barred(db, user_id=9, guild_id=9) is None
