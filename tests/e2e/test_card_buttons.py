"""Buttons of cards in the real bot: pressed on the card that they stand on, before and after the bot was started anew."""

import asyncio

import pytest

from bot.sandbox.discord.components import walk
from tests.e2e.asks import quick_outside
from tests.e2e.rig import booted, written_down

pytestmark = pytest.mark.asyncio

WAIT_S = 60.0


async def becomes(true):
    """Wait until something holds, which the bot does in its own time."""
    async with asyncio.timeout(WAIT_S):
        while not true():  # noqa: ASYNC110 - what is waited for lies in other people's objects
            await asyncio.sleep(0.02)


def ids(message):
    return [each["custom_id"] for _, each in walk(message.body.components) if "custom_id" in each]


def done(there):
    """The cards with images that everybody sees, whose buttons are there."""
    seen = (each for each in there.messages() if each.visible_to(None) and each.body.attachments)
    return [message for message in seen if any(":again:" in each for each in ids(message))]


async def press(there, message, does, user="mia"):
    """Somebody presses the first button that does this; returns the record once it was acknowledged."""
    custom_id = next(each for each in ids(message) if f":{does}:" in each)
    pressed = await there.discord.press(message, custom_id, user_id=there.discord.world.user_named(user).id)
    return await pressed.acknowledged()


async def told(there, message, does, user="mia"):
    return (await (await press(there, message, does, user)).answered()).body.text


async def test_a_card_is_made_anew_changed_and_deleted_by_its_buttons_also_after_a_restart(tmp_path):
    async with quick_outside(tmp_path) as there, asyncio.timeout(4 * WAIT_S):
        async with booted(there):
            await there.use(prompt="a blue garden")
            await becomes(lambda: len(done(there)) == 1)
            (card,) = done(there)
            await press(there, card, "again", "jules")
            await becomes(lambda: len(done(there)) == 2)
        async with booted(there):
            await press(there, card, "redo", "jules")
            await becomes(lambda: len(done(there)) == 3)
            opened = await press(there, card, "edit")
            await there.discord.submit_modal(opened, {"prompt": "a green garden"})
            await becomes(lambda: len(done(there)) == 4)
            assert "a green garden" in done(there)[-1].body.text
            assert f"/{there.general.id}/{card.id})" in done(there)[-1].body.text, (
                "the way back to the card it was made from"
            )
            assert "a blue garden" in await told(there, card, "details", "jules")
            assert "⭐" in await told(there, card, "favourite")
            assert "direct message" in await told(there, card, "send")
            question = await (await press(there, card, "delete")).answered()
            await press(there, question.message, "delete_yes")
            await becomes(lambda: not card.body.attachments)
            assert ids(card) == []
            assert len(done(there)) == 3


async def test_a_private_card_is_shared_with_its_images_and_its_buttons(tmp_path):
    async with quick_outside(tmp_path) as there, asyncio.timeout(3 * WAIT_S), booted(there):
        used = await there.use(prompt="a blue garden", private=True)
        await becomes(lambda: used.message is not None and any(":share:" in each for each in ids(used.message)))
        assert done(there) == []
        await written_down(there)
        await press(there, used.message, "share")
        await becomes(lambda: len(done(there)) == 1)
        (card,) = done(there)
        assert "a blue garden" in card.body.text
        assert not any(":share:" in each for each in ids(card))
        await press(there, card, "again", "jules")
        await becomes(lambda: len(done(there)) == 2)
