"""Moderation in the real bot: from a blocked prompt over an appeal to an image, from a report to its removal."""

import asyncio

import pytest

from bot.admin.rulebook import Rulebook
from bot.clock import SystemClock
from bot.sandbox.discord.components import walk
from bot.settings import MODERATION_CHANNEL
from bot.store.sqlite import open_sqlite
from tests.e2e.asks import quick_outside
from tests.e2e.rig import booted, tell_all
from tests.e2e.test_words import add

pytestmark = pytest.mark.asyncio

WAIT_S = 60.0


async def becomes(true):
    """Wait until something holds, which the bot does in its own time."""
    async with asyncio.timeout(WAIT_S):
        while not true():  # noqa: ASYNC110 - what is waited for lies in other people's objects
            await asyncio.sleep(0.02)


def ids(message):
    return [each["custom_id"] for _, each in walk(message.body.components) if "custom_id" in each]


async def press(there, message, does, user):
    """Somebody presses the only button that does this; returns the record once it was answered, or a form opened."""
    (custom_id,) = (each for each in ids(message) if f":{does}:" in each)
    pressed = await there.discord.press(message, custom_id, user_id=there.discord.world.user_named(user).id)
    return await pressed.until(lambda record: record.body is not None or record.modal is not None)


async def test_an_appeal_that_a_moderator_approves_lets_the_prompt_be_made(tmp_path):
    async with quick_outside(tmp_path) as there:
        staff = await with_log(there)
        async with booted(there), asyncio.timeout(3 * WAIT_S):
            await add(there, "slur", "block")
            refused = await (await there.use(prompt="a slur")).answered()
            opened = await press(there, refused.message, "appeal", "mia")
            sent = await (await there.discord.submit_modal(opened, {"reason": "it is a song"})).answered()
            assert "with the moderators" in sent.body.text
            await becomes(lambda: any("it is a song" in each.body.text for each in cards(there, staff)))
            (card,) = (each for each in cards(there, staff) if "it is a song" in each.body.text)
            await press(there, card, "approve", "mona")
            await becomes(lambda: not [each for each in ids(card) if ":approve:" in each])
            await there.use(prompt="a slur")
            await becomes(lambda: any(each.body.attachments for each in there.messages()))


async def test_a_reported_image_is_taken_away_and_the_card_in_the_log_says_by_whom(tmp_path):
    async with quick_outside(tmp_path) as there:
        staff = await with_log(there)
        jules = there.discord.world.user_named("jules")
        async with booted(there), asyncio.timeout(3 * WAIT_S):
            await there.use(prompt="a garden")
            await becomes(lambda: any(each.body.attachments for each in there.messages()))
            (image,) = (each for each in there.messages() if each.body.attachments)
            opened = await there.discord.invoke_on_message(image, user_id=jules.id, command="Report image")
            await opened.until(lambda record: record.modal is not None)
            await (await there.discord.submit_modal(opened, {"reason": "that is my garden"})).answered()
            await becomes(lambda: any("that is my garden" in each.body.text for each in cards(there, staff)))
            (card,) = (each for each in cards(there, staff) if "that is my garden" in each.body.text)
            await press(there, card, "delete", "mona")
            await becomes(lambda: not image.body.attachments)
            assert "a garden" not in image.body.text
            mona = there.discord.world.user_named("mona").id
            await becomes(lambda: f"<@{mona}>" in card.body.text)
            shown = await press(there, card, "evidence", "mona")
            assert shown.body.attachments


async def with_log(there):
    """A server that has a channel for its moderators; returns the channel's id."""
    staff = there.guild.channel_named("images").id
    db = await open_sqlite(there.database)
    book = Rulebook(db=db, defaults={}, clock=SystemClock())
    await book.change(there.guild.id, MODERATION_CHANNEL, lambda _: staff, user_id=1)
    await db.close()
    await tell_all(there)
    return staff


def cards(there, staff):
    return there.discord.messages(staff)
