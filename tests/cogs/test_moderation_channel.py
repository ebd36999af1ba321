"""The panel says where moderators are told, and why nobody is."""

import pytest

from bot.settings import LOG_CHANNEL, MODERATION_CHANNEL
from tests.cogs.panel_stage import at_desk
from tests.cogs.stage import TEXTS

pytestmark = pytest.mark.asyncio

NOWHERE = TEXTS("en", "panel.nowhere")


def closed(desk, channel):
    return TEXTS("en", "panel.closed", channel=f"<#{desk.channel(channel)}>")


async def page_of(desk):
    return (await desk.open("log", user="mona", command="safety")).body.text


async def test_without_any_channel_the_panel_says_that_nobody_is_told(tmp_path):
    async with at_desk(tmp_path) as desk:
        assert NOWHERE in await page_of(desk)


async def test_the_log_channel_does_not_take_the_place_of_a_moderation_channel(tmp_path):
    async with at_desk(tmp_path) as desk:
        await desk.set(LOG_CHANNEL, desk.channel("mod-log"))
        assert NOWHERE in await page_of(desk)


async def test_a_channel_in_which_the_bot_cannot_post_is_said_to_be_one(tmp_path):
    async with at_desk(tmp_path) as desk:
        # The channel of administrators is hidden from the bot.
        await desk.set(MODERATION_CHANNEL, desk.channel("staff"))
        shown = await page_of(desk)
        assert closed(desk, "staff") in shown
        assert NOWHERE not in shown


async def test_a_log_channel_that_is_closed_does_not_matter_where_there_is_another(tmp_path):
    async with at_desk(tmp_path) as desk:
        await desk.set(LOG_CHANNEL, desk.channel("staff"))
        await desk.set(MODERATION_CHANNEL, desk.channel("mod-log"))
        assert "I cannot post" not in await page_of(desk)
        assert closed(desk, "staff") in (await desk.open(user="olga")).body.text
