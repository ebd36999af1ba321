"""Sharing a private card: by its owner alone, where the place allows it, as a reply of its own."""

import asyncio
import json

import pytest

from bot.jobs import Shown
from bot.levels import Level
from bot.ports import CardAct
from bot.sandbox.discord.interactions import CallbackType
from bot.settings import ALLOWED_CHANNELS, SAFETY_LEVEL
from bot.store import jobs as job_store
from tests.cogs.card_stage import at_table
from tests.cogs.stage import until

pytestmark = pytest.mark.asyncio

IMAGEN_3 = {"prompt": "a house", "aspect_ratio": "1:1", "person_generation": "ALLOW_ADULT"}
LOOSE = {**IMAGEN_3, "safety_filter_level": "BLOCK_ONLY_HIGH"}


async def unshared(table, number):
    """Whether nothing was done."""
    return (await table.request(number)).private and table.tracker.reopened == []


async def test_a_private_card_is_shared_as_the_reply_to_the_press(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card(private=True)
        pressed = await table.press(message, number, CardAct.SHARE)
        await until(lambda: table.tracker.reopened == [number])
        request, delivery = await job_store.request(table.db, number)
    assert pressed.callback_type is CallbackType.DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE
    assert not pressed.ephemeral
    assert not request.private
    assert json.loads(request.reply)["token"] == pressed.token
    assert (delivery.shown, delivery.message_id) == (Shown.OPEN, None)
    assert request.channel_id == pressed.channel_id


async def test_after_a_restart_it_is_shared_all_the_same(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card(private=True)
        await table.restart()
        await table.press(message, number, CardAct.SHARE)
        await until(lambda: table.tracker.reopened == [number])


@pytest.mark.parametrize("user", ["mia", "jules"])
async def test_what_everybody_sees_is_not_shared_again(tmp_path, user):
    async with at_table(tmp_path) as table:
        number, message = await table.card(user="mia")
        told = await table.told(message, number, CardAct.SHARE, user=user)
        assert table.tracker.reopened == []
    assert told == table.say(user, "share.public" if user == "mia" else "button.not_own")


async def test_a_press_that_discord_tells_of_twice_shares_once(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card(private=True)
        table.local.duplicate_next = 1
        await table.press(message, number, CardAct.SHARE)
        await until(lambda: table.tracker.reopened)
        assert not (await table.request(number)).private


async def test_where_no_images_may_be_made_none_is_shared(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card(private=True)
        elsewhere = (table.place("images"),)
        await table.rulebook.change(table.guild.id, ALLOWED_CHANNELS, lambda _: elsewhere, user_id=1)
        pressed = await (await table.press(message, number, CardAct.SHARE)).answered()
        assert await unshared(table, number)
    channels = f"<#{elsewhere[0]}>"
    assert pressed.ephemeral
    assert pressed.body.text == table.say("mia", "refusal.channel_not_allowed", channels=channels)


async def test_who_is_paused_shares_nothing(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card(private=True)
        await table.pause("mia")
        assert await table.told(message, number, CardAct.SHARE) == table.say("mia", "refusal.paused")
        assert await unshared(table, number)


async def test_images_that_were_made_under_looser_rules_are_not_shared(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card(private=True, model="imagen-3", sent=LOOSE)
        await table.rulebook.change(table.guild.id, SAFETY_LEVEL, lambda _: Level.GUARDED, user_id=1)
        told = await table.told(message, number, CardAct.SHARE)
        assert await unshared(table, number)
    level = table.say("mia", "level.guarded")
    assert told == table.say("mia", "share.too_loose", level=level)


async def test_a_card_that_is_not_finished_has_nothing_to_share(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card(private=True)
        async with table.db.transaction() as tx:
            await tx.execute("UPDATE requests SET shown = 'open' WHERE interaction_id = $1", number)
        pressed = await table.press(message, number, CardAct.SHARE)
        await until(lambda: pressed.followups)
        await until(lambda: pressed.original.deleted_ms is not None)
        assert await unshared(table, number)
        (note,) = pressed.followups
    assert note.ephemeral_to == table.id_of("mia")
    assert note.body.text == table.say("mia", "share.nothing")


async def test_who_presses_twice_gets_one_card_and_the_word_about_the_other_alone(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card(private=True)
        table.album.together = asyncio.Barrier(2)
        first = await table.press(message, number, CardAct.SHARE)
        second = await table.press(message, number, CardAct.SHARE)
        await until(lambda: first.followups or second.followups)
        late, early = (first, second) if first.followups else (second, first)
        (note,) = late.followups
        await until(lambda: late.original.deleted_ms is not None)
        assert table.tracker.reopened == [number]
    assert early.original.deleted_ms is None
    assert note.ephemeral_to == table.id_of("mia")
    assert note.body.text == table.say("mia", "share.nothing")


async def test_what_was_made_where_minors_are_kept_out_is_not_shared_where_they_are(tmp_path):
    async with at_table(tmp_path) as table:
        number, message = await table.card(private=True)
        async with table.db.transaction() as tx:
            await tx.execute("UPDATE requests SET age_restricted = TRUE WHERE interaction_id = $1", number)
        pressed = await table.press(message, number, CardAct.SHARE)
        assert (await pressed.answered()).body.text == table.say("mia", "show.age")
        assert pressed.ephemeral
        assert await unshared(table, number)
