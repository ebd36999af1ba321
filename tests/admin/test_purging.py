"""What is older than it may be is forgotten by itself; what is still of use stays."""

import asyncio
from dataclasses import replace

import pytest

from bot.admin.operator import TOP_UP
from bot.admin.purging import BATCH, REPLY_MS, SWEEP_S, UNCLAIMED_MS, Retention
from bot.config import Config
from bot.errors import StoreError
from bot.jobs import Delivery, Shown, State
from bot.limits import guild_owner
from bot.settings import BUDGET, ENABLED, TIME_ZONE
from bot.store import bars, guilds, jobs, media, notices, purging, settings
from bot.store.audit import audit
from bot.store.bars import Bar, BarKind
from bot.store.settings import Change, add_change
from tests.admin.privacy_support import MIAS, RETENTION, Home, Image
from tests.admin.support import DAY_MS, NOON_MS
from tests.store.support import PRICE, REQUEST

pytestmark = pytest.mark.asyncio

OLD_MS = NOON_MS - 31 * DAY_MS
YEAR_MS = NOON_MS - 366 * DAY_MS


@pytest.fixture
def home(db, clock, tmp_path):
    return Home(db, clock, tmp_path / "images")


async def options(home, interaction_id):
    request, _ = await jobs.request(home.db, interaction_id)
    return request.values


async def test_the_words_of_old_requests_are_forgotten_and_their_figures_stay(home, db):
    await home.asked(1, at_ms=NOON_MS - RETENTION.prompts_days * DAY_MS - 1)
    await home.asked(2, at_ms=NOON_MS - RETENTION.prompts_days * DAY_MS)
    assert (await home.purge.sweep())["requests"] == 1
    assert await options(home, 1) == {"prompt": ""}
    assert (await options(home, 2))["prompt"] == "my secret garden"
    request, _ = await jobs.request(db, 1)
    (job,) = await jobs.jobs_of(db, 1)
    assert (request.user_id, request.role_ids) == (9, ())
    assert (dict(job.payload), job.cost_microcredits or job.price_microcredits) == ({"prompt": ""}, PRICE)
    assert await home.used(guild_owner(7), "m:2026-11") == 2 * PRICE
    assert await audit(db) == []
    assert (await home.purge.sweep())["requests"] == 0


@pytest.mark.parametrize("known", [{"state": State.RUNNING}, {"shown": Shown.OPEN}, {"counted": False}])
async def test_the_words_of_what_is_still_of_use_stay_however_old(home, known):
    await home.asked(1, at_ms=OLD_MS, **known)
    await home.purge.sweep()
    assert (await options(home, 1))["prompt"] == "my secret garden"


async def test_any_number_of_old_requests_is_forgotten_in_one_sweep(home, clock):
    class Awake:
        now_ms = clock.now_ms

        async def sleep(self, seconds):
            await asyncio.sleep(0)

    home.purge._clock = Awake()
    async with home.db.transaction() as tx:
        for number in range(1, BATCH + 4):
            await jobs.insert(tx, replace(REQUEST, interaction_id=number, created_ms=OLD_MS), [])
            await jobs.save_delivery(tx, number, Delivery(shown=Shown.DELIVERED))
    found = await home.purge.sweep()
    assert (found["requests"], found["replies"]) == (BATCH + 3, BATCH + 3)


async def replies(db):
    return [
        row["interaction_id"]
        for row in await db.fetch("SELECT interaction_id FROM requests WHERE reply <> '' ORDER BY 1")
    ]


async def test_the_address_of_a_reply_is_erased_once_discord_takes_it_no_more(home, db):
    await home.asked(1, at_ms=NOON_MS - REPLY_MS - 1)
    await home.asked(2, at_ms=NOON_MS - REPLY_MS)
    await home.asked(3, at_ms=NOON_MS - REPLY_MS - 1, state=State.RUNNING)
    assert (await home.purge.sweep())["replies"] == 1
    # Of the third the bot has not seen the message: the address tells where it stands.
    assert await replies(db) == [2, 3]


async def test_old_notices_are_deleted_and_those_that_nobody_got_yet_are_not(home, db):
    told_ms = NOON_MS - RETENTION.notices_days * DAY_MS
    async with db.transaction() as tx:
        for once in ("old", "recent", "open"):
            await notices.add(tx, guild_id=7, message_id="notice.budget", params={}, once=once, at_ms=1)
        await notices.end(tx, 1, at_ms=told_ms - 1)
        await notices.end(tx, 2, at_ms=told_ms)
    assert (await home.purge.sweep())["notices"] == 1
    assert not await notices.told(db, "old")
    assert await notices.told(db, "recent")
    assert [each.notice_id for each in await notices.open_ones(db, limit=5)] == [3]


async def changed(db, subject, *, new, at_ms, guild_id=7):
    async with db.transaction() as tx:
        await add_change(tx, Change(guild_id=guild_id, subject=subject, old=None, new=new, user_id=1, at_ms=at_ms))


async def test_of_old_changes_the_last_of_each_subject_and_every_time_zone_stay(home, db):
    for number, zone in enumerate(("Asia/Tokyo", "Europe/Berlin", "UTC")):
        await changed(db, TIME_ZONE.name, new=zone, at_ms=YEAR_MS + number)
    for new in (1, 2, 3):
        await changed(db, "enabled", new=new, at_ms=YEAR_MS)
    await changed(db, "enabled", new=4, at_ms=YEAR_MS, guild_id=8)
    await changed(db, "member_allowance", new=5, at_ms=YEAR_MS)
    await changed(db, "member_allowance", new=6, at_ms=NOON_MS)
    assert (await home.purge.sweep())["changes"] == 3
    rows = await db.fetch("SELECT guild_id, subject, new FROM changes WHERE subject <> 'time_zone' ORDER BY change_id")
    assert [tuple(row) for row in rows] == [(7, "enabled", "3"), (8, "enabled", "4"), (7, "member_allowance", "6")]
    assert [each.zone for each in await settings.zones(db, 7)] == ["Asia/Tokyo", "Europe/Berlin", "UTC"]


async def left(home, *, days):
    """A server with settings, word rules and a bar, which the bot left so many days ago."""
    async with home.db.transaction() as tx:
        await guilds.seen(tx, guild_id=7, name="Aquarium", at_ms=1)
        await guilds.left(tx, guild_id=7, at_ms=NOON_MS - days * DAY_MS - 1)
        await settings.store(tx, 7, ENABLED.name, True, at_ms=1)
        await settings.store(tx, 7, BUDGET.name, {"kind": "blocked"}, at_ms=1)
        await settings.store(tx, 8, ENABLED.name, True, at_ms=1)
        await tx.execute("INSERT INTO word_rules (guild_id, pattern, verdict) VALUES (7, 'cat', 'block')")
        await bars.bar(tx, Bar(kind=BarKind.GUILD, id=7, reason="spam", user_id=1, at_ms=5))
        await notices.add(tx, guild_id=7, message_id="notice.budget", params={}, once="x", at_ms=1)
    for subject in (ENABLED.name, BUDGET.name, TOP_UP):
        await changed(home.db, subject, new=1, at_ms=NOON_MS)


async def patterns(db):
    return [row["pattern"] for row in await db.fetch("SELECT pattern FROM word_rules")]


async def test_a_server_that_was_left_long_ago_loses_its_settings_and_what_holds_it_back_stays(home, db):
    await home.asked(1, state=State.FAILED)
    await left(home, days=RETENTION.left_servers_days)
    assert (await home.purge.sweep())["servers"] == 1
    assert await guilds.known(db, 7) is None
    assert await settings.load(db, 7, 8) == {7: {BUDGET.name: {"kind": "blocked"}}, 8: {ENABLED.name: True}}
    assert await patterns(db) == []
    assert [each.subject for each in await settings.changes(db, 7, limit=9)] == [TOP_UP, BUDGET.name]
    assert not await notices.told(db, "x")
    assert (await bars.barred(db, user_id=1, guild_id=7)).reason == "spam"
    assert (await db.fetch("SELECT owner FROM accounts WHERE owner = $1", guild_owner(7))) != []
    assert (await home.purge.sweep())["servers"] == 0


@pytest.mark.parametrize(("days", "is_back"), [(RETENTION.left_servers_days - 1, False), (90, True)])
async def test_a_server_that_the_bot_left_lately_or_is_in_again_keeps_its_settings(home, db, days, is_back):
    await left(home, days=days)
    if is_back:
        async with db.transaction() as tx:
            await guilds.seen(tx, guild_id=7, name="Aquarium", at_ms=NOON_MS)
    await home.purge.sweep()
    assert (await settings.load(db, 7))[7].keys() == {ENABLED.name, BUDGET.name}
    assert await patterns(db) == ["cat"]


async def test_a_server_that_comes_back_in_the_very_moment_is_not_forgotten(home, db):
    await left(home, days=90)
    async with db.transaction() as tx:
        await guilds.seen(tx, guild_id=7, name="Aquarium", at_ms=NOON_MS)
        assert not await purging.forget_server(tx, 7, before_ms=NOON_MS, kept=(TOP_UP,))
    assert await patterns(db) == ["cat"]


async def test_an_image_that_is_nobodys_is_deleted_but_not_one_on_its_way(home, db):
    for data, stored_ms in ((b"a copy", NOON_MS - UNCLAIMED_MS - 1), (b"on its way", NOON_MS - UNCLAIMED_MS)):
        kept = home.vault.put(data, "png")
        async with db.transaction() as tx:
            await media.insert(tx, Image(), sha256=kept.sha256, at_ms=stored_ms)
    await home.asked(1)
    assert (await home.purge.sweep())["images"] == 1
    assert [home.has(data) for data in (b"a copy", b"on its way", MIAS)] == [False, True, True]


async def test_it_sweeps_at_once_and_each_hour_and_a_database_that_fails_stops_nothing(home, clock):
    class Broken:
        def transaction(self):
            raise StoreError("the disk is full")

    home.purge._db = Broken()
    running = asyncio.create_task(home.purge.run())
    await clock.slept.wait()
    assert clock.sleeps_s == [SWEEP_S]
    running.cancel()


async def test_how_long_each_kind_is_kept_is_the_operators_choice():
    config = Config(
        _env_file=None,
        discord_token="x",
        segmind_api_key="x",
        prompts_retention_days=2,
        images_retention_days=3,
        notices_retention_days=32,
        changes_retention_days=5,
        cases_retention_days=7,
        left_servers_retention_days=6,
    )
    assert Retention.of(config) == Retention(
        prompts_days=2, images_days=3, notices_days=32, changes_days=5, cases_days=7, left_servers_days=6
    )
